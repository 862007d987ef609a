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
    judged.definition->validate(request.properties, request.credentials, violations);
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
