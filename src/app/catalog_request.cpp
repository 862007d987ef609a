#include "app/catalog_request.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "domain/validation.hpp"

namespace akko {
namespace {

constexpr std::size_t kMaxDescription = 1000;
constexpr std::size_t kMaxRoles = 64;
constexpr std::size_t kMaxRoleLength = 255;

void check_description(const std::string& description, std::vector<FieldViolation>& violations) {
  if (description.size() > kMaxDescription) {
    violations.push_back({"description", "too_long", "at most 1000 bytes"});
  } else if (const auto problem = check_characters(description)) {
    violations.push_back({"description", problem->code, problem->message});
  }
}

void check_roles(const std::vector<std::string>& roles, std::vector<FieldViolation>& violations) {
  if (roles.empty()) {
    violations.push_back(
        {"allow_roles", "required", "name at least one role: nobody could query this catalog"});
  }
  if (roles.size() > kMaxRoles) violations.push_back({"allow_roles", "too_many", "at most 64 roles"});
  for (std::size_t index = 0; index < roles.size() && index < kMaxRoles; ++index) {
    const auto field = "allow_roles[" + std::to_string(index) + "]";
    const auto& role = roles[index];
    if (role.empty() || role.size() > kMaxRoleLength) {
      violations.push_back({field, "pattern", "a role name has 1 to 255 bytes"});
    } else if (const auto problem = check_characters(role)) {
      violations.push_back({field, problem->code, problem->message});
    }
  }
}

std::vector<std::string> without_duplicates(const std::vector<std::string>& roles) {
  std::vector<std::string> kept;
  std::set<std::string_view> seen;
  for (const auto& role : roles) {
    if (seen.insert(role).second) kept.push_back(role);
  }
  return kept;
}

Error invalid_request(std::vector<FieldViolation> violations) {
  Error error;
  error.code = ErrorCode::invalid_argument;
  error.reason = "invalid_request";
  error.message = violations.size() == 1
                      ? violations.front().field + ": " + violations.front().message
                      : std::to_string(violations.size()) + " members of the request are wrong";
  error.violations = std::move(violations);
  return error;
}

// The values of the form by what its fields are; empty texts count as not given.
FieldValues sorted_values(const CatalogRequest& request, const ConnectorDefinition& definition,
                          std::vector<FieldViolation>& violations) {
  FieldValues values;
  const auto form = definition.form();
  const auto known = [&](const std::string& key, bool is_map) -> const FieldDefinition* {
    const auto* field = form.find(key);
    if (field == nullptr) {
      std::vector<std::string_view> keys;
      for (const auto& own : definition.fields()) keys.push_back(own.key);
      const auto meant = nearest(key, keys);
      violations.push_back({"fields." + shown(key), "unknown",
                            "is not a field of " + definition.title() +
                                (meant.empty() ? "" : "; did you mean " + std::string(meant) + "?")});
      return nullptr;
    }
    if ((field->kind == FieldKind::map) == is_map) return field;
    violations.push_back({"fields." + key, "type", is_map ? "must be a text" : "must be an object of texts"});
    return nullptr;
  };
  for (const auto& [key, value] : request.field_texts) {
    const auto* field = known(key, false);
    if (field == nullptr || value.empty()) continue;
    if (field->is_secret()) {
      values.secrets[key] = value;
    } else {
      values.texts[key] = std::string(value.reveal());
    }
  }
  for (const auto& [key, map] : request.field_maps) {
    if (known(key, true) != nullptr) values.maps[key] = map;
  }
  return values;
}

// Takes the values of fields that no property carries out of `values`.
Properties take_options(const ConnectorDefinition& definition, FieldValues& values) {
  Properties options;
  for (const auto& field : definition.fields()) {
    const auto found = values.texts.find(field.key);
    if (!field.is_option || found == values.texts.end()) continue;
    options.insert(values.texts.extract(found));
  }
  return options;
}

void judge_values(const CatalogRequest& request, JudgedRequest& judged,
                  std::vector<FieldViolation>& violations) {
  const auto& definition = *judged.definition;
  const auto before = violations.size();
  auto values = sorted_values(request, definition, violations);
  judged.raw = {request.properties, request.credentials};
  auto others = values;
  judged.options = take_options(definition, others);
  // With properties alone, the fields that no property carries may stand beside them.
  const bool whole_form = request.by_form && (!others.empty() || request.properties.empty());
  if (whole_form) judged.raw = definition.from_form(values, std::move(judged.raw), violations);
  if (violations.size() > before) return;
  definition.validate(judged.raw, judged.options, violations);
}

}  // namespace

Result<JudgedRequest> judge(const CatalogRequest& request, std::vector<FieldViolation> violations,
                            bool needs_name, const ConnectorRegistry& connectors,
                            const std::vector<std::string>& default_allow_roles) {
  JudgedRequest judged;
  const auto complained = [&](std::string_view field) {
    return std::any_of(violations.begin(), violations.end(), [&](const auto& v) { return v.field == field; });
  };
  if ((needs_name || !request.name.empty()) && !complained("name")) {
    auto name = CatalogName::parse(request.name);
    if (name) {
      judged.name = std::move(*name);
    } else {
      std::move(name.error().violations.begin(), name.error().violations.end(),
                std::back_inserter(violations));
    }
  }
  judged.definition = connectors.find(request.connector);
  if (judged.definition != nullptr) {
    judge_values(request, judged, violations);
  } else if (!complained("connector")) {
    violations.push_back(
        request.connector.empty()
            ? FieldViolation{"connector", "required",
                             "name a connector; GET /api/admin/connectors lists them"}
            : FieldViolation{"connector", "unknown",
                             "there is no such connector; GET /api/admin/connectors lists them"});
  }
  check_description(request.description, violations);
  if (!complained("allow_roles")) {
    const auto& roles = request.allow_roles ? *request.allow_roles : default_allow_roles;
    check_roles(roles, violations);
    judged.allow_roles = without_duplicates(roles);
  }
  if (!violations.empty()) return tl::make_unexpected(invalid_request(std::move(violations)));
  return judged;
}

}  // namespace akko
