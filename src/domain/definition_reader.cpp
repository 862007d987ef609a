#include "domain/definition_reader.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <boost/json/value.hpp>

#include "base/strict_json.hpp"
#include "domain/definition_checks.hpp"
#include "domain/definition_parts.hpp"
#include "domain/validation.hpp"

namespace akko {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 5> kCategories = {"relational", "lakehouse", "warehouse", "nosql",
                                                         "streaming"};

tl::unexpected<Error> bad(std::string_view origin, std::string_view place, std::string_view reason) {
  return fail(ErrorCode::invalid_argument, "bad_definition",
              std::string(origin) + ": " + std::string(place) + ": " + std::string(reason));
}

Result<json::value> parse_file(std::string_view text, std::string_view origin) {
  auto document = parse_strict_json(text);
  if (!document) return bad(origin, "/", document.error().message);
  return std::move(*document);
}

template <std::size_t size>
void check_word(const JsonNode& root, std::string_view member, std::string_view text,
                const std::array<std::string_view, size>& words) {
  if (std::find(words.begin(), words.end(), text) != words.end()) return;
  root.member(member).wrong("must be " + enumerated({words.begin(), words.end()}));
}

template <typename Part>
void append(std::vector<Part>& all, const std::vector<Part>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

Result<DefinitionFragment> DefinitionReader::fragment(std::string_view text, std::string_view origin) {
  AKKO_TRY(const auto document, parse_file(text, origin));
  JsonProblem problem;
  const JsonNode root(&document, "", problem);
  root.only({"$schema", "fragment", "fields", "properties", "refused", "diagnosis", "hints"});
  DefinitionFragment fragment{root.text("fragment"), read_fields(root),    read_properties(root),
                              read_refused(root),    read_diagnosis(root), read_hints(root)};
  check_identifier(root.optional_member("fragment"), fragment.name);
  if (problem.found()) return bad(origin, problem.place, problem.reason);
  return fragment;
}

Result<ConnectorDefinition> DefinitionReader::definition(std::string_view text, std::string_view origin,
                                                         const DefinitionFragments& fragments) {
  AKKO_TRY(const auto document, parse_file(text, origin));
  JsonProblem problem;
  const JsonNode root(&document, "", problem);
  ConnectorDefinition definition;
  read_head(root, definition);
  definition.fields_ = read_fields(root);
  definition.properties_ = read_properties(root);
  definition.refused_ = read_refused(root);
  definition.endpoints_ = read_endpoints(root);
  definition.probe_ = read_probe(root);
  definition.diagnosis_ = read_diagnosis(root);
  definition.hints_ = read_hints(root);
  include(root, fragments, definition);
  place_credentials(root, definition);
  mark_options(definition);
  guard_files(root, definition);
  read_check(root, definition);
  const DefinitionChecks checks(root, definition);
  checks.check_parts();
  if (!problem.found()) {  // what follows is judged by the definition's own rules
    read_dry_run(root, definition);
    checks.check_defaults();
    read_warm_up(root, definition);
  }
  if (problem.found()) return bad(origin, problem.place, problem.reason);
  translate(definition, Language::english, {});
  return definition;
}

void DefinitionReader::read_head(const JsonNode& root, ConnectorDefinition& definition) {
  root.only({"$schema",
             "id",
             "trino_connector",
             "title",
             "category",
             "summary",
             "documentation",
             "openmetadata_service",
             "jvm_flags",
             "include",
             "fields",
             "constants",
             "properties",
             "refused",
             "endpoints",
             "user",
             "database",
             "check",
             "dry_run",
             "warm_up",
             "probe",
             "diagnosis",
             "hints"});
  definition.id_ = root.text("id");
  check_identifier(root.optional_member("id"), definition.id_);
  definition.trino_connector_ = root.text("trino_connector");
  check_identifier(root.optional_member("trino_connector"), definition.trino_connector_);
  definition.title_ = root.text("title");
  definition.category_ = root.text("category");
  check_word(root, "category", definition.category_, kCategories);
  definition.summary_ = root.text("summary");
  definition.documentation_ = root.text("documentation");
  if (definition.documentation_.substr(0, 8) != "https://")
    root.member("documentation").wrong("must be an https URL");
  definition.openmetadata_service_ = root.text("openmetadata_service");
  definition.jvm_flags_ = root.texts("jvm_flags");
  for (const auto nodes = root.members("constants"); const auto& [name, value] : nodes) {
    const auto mark = name.find('?');  // of a parameter of a URL
    if (mark == std::string::npos) {
      definition.constants_[name] = value.as_scalar();
    } else {
      definition.constant_parameters_[name.substr(0, mark)].push_back(
          {name.substr(mark + 1), value.as_scalar()});
    }
  }
  definition.user_field_ = root.optional_text("user");
  definition.database_field_ = root.optional_text("database");
}

void DefinitionReader::include(const JsonNode& root, const DefinitionFragments& fragments,
                               ConnectorDefinition& definition) {
  for (const auto& name : root.texts("include")) {
    const auto fragment = fragments.find(name);
    if (fragment == fragments.end()) {
      root.member("include").wrong("there is no fragment " + name);
      continue;
    }
    append(definition.fields_, fragment->second.fields);
    append(definition.properties_, fragment->second.properties);
    append(definition.refused_, fragment->second.refused);
    append(definition.diagnosis_, fragment->second.diagnosis);
    definition.hints_.insert(fragment->second.hints.begin(), fragment->second.hints.end());
  }
}

void DefinitionReader::place_credentials(const JsonNode& root, ConnectorDefinition& definition) {
  for (auto& property : definition.properties_) {
    if (!property.url) continue;
    for (auto& [parameter, place] : property.url->credential_parameters) {
      const auto* target = definition.find(place);
      if (target == nullptr) {
        root.member("properties").wrong("credential_parameters names the unknown property " + place);
      } else {
        place = (target->secret ? "credentials." : "properties.") + place;
      }
    }
  }
}

// A field that no property carries: it goes nowhere, sets nothing and stands in no template.
void DefinitionReader::mark_options(ConnectorDefinition& definition) {
  std::set<std::string> in_templates;
  for (const auto& property : definition.properties_) {
    for (const auto& one : property.templates) {
      const auto fields = one.text.fields();
      in_templates.insert(fields.begin(), fields.end());
      for (const auto& [key, values] : one.when) in_templates.insert(key);
    }
  }
  for (auto& field : definition.fields_) {
    field.is_option = !field.to && !field.has_sets() && !in_templates.contains(field.key);
  }
}

// Nothing may get into a file that Trino reads but what a template yields or the field that fills it allows.
void DefinitionReader::guard_files(const JsonNode& root, ConnectorDefinition& definition) {
  for (auto& property : definition.properties_) {
    const auto field =
        std::find_if(definition.fields_.begin(), definition.fields_.end(),
                     [&](const FieldDefinition& one) { return one.to && *one.to == Address{property.name}; });
    const bool filled = field != definition.fields_.end();
    const bool is_file = property.kind == PropertyKind::secret_file;
    property.lines = is_file || (filled && field->has_lines());
    if (is_file && property.templates.empty() && !(filled && (field->pattern || field->json)))
      root.member("properties")
          .wrong(property.name + " needs templates, or a field with a pattern that fills it");
  }
}

void DefinitionReader::read_check(const JsonNode& root, ConnectorDefinition& definition) {
  const auto node = root.member("check");
  node.only({"deadline_seconds", "trial_first"});
  definition.trial_first_ = node.flag("trial_first", false);
  const auto seconds = node.number("deadline_seconds").value_or(0);
  if (seconds < 1 || seconds > 60) node.member("deadline_seconds").wrong("must be 1 to 60");
  definition.deadline_ = std::chrono::seconds(seconds);
}

void DefinitionReader::read_dry_run(const JsonNode& root, ConnectorDefinition& definition) {
  const auto node = root.optional_member("dry_run");
  node.only({"properties", "parameters", "append"});
  for (const auto nodes = node.members("properties"); const auto& [name, value] : nodes) {
    const auto text = value.as_scalar();
    const auto* property = definition.find(name);
    std::vector<FieldViolation> violations;
    if (property == nullptr || property->secret) {
      value.wrong("is not a property that can be set here");
    } else if (definition.check_given(*property, text, name, violations); !violations.empty()) {
      value.wrong(violations.front().message);
    }
    definition.dry_run_[name] = text;
  }
  for (const auto urls = node.members("parameters"); const auto& [url, members] : urls) {
    const auto* property = definition.find(url);
    if (property == nullptr || !property->url) members.wrong("is not a property of kind url");
    for (const auto nodes = node.member("parameters").members(url); const auto& [name, value] : nodes) {
      const bool allowed = property != nullptr && property->url &&
                           judge_parameter(*property->url, name) == ParameterVerdict::allowed;
      if (!allowed) {
        value.wrong("is not an allowed parameter of this URL");
      } else if (!stands_for_itself(value.as_scalar(), property->url->syntax)) {
        value.wrong("must need no encoding");
      }
      definition.dry_run_parameters_[url].push_back({name, value.as_scalar()});
    }
  }
  for (const auto nodes = node.members("append"); const auto& [name, value] : nodes) {
    const auto* property = definition.find(name);
    if (property == nullptr || property->kind != PropertyKind::secret_file)
      value.wrong("is not a property of kind secret_file");
    definition.dry_run_appendix_[name] = value.as_text();
  }
}

void DefinitionReader::read_warm_up(const JsonNode& root, ConnectorDefinition& definition) {
  RawValues given;
  for (const auto nodes = root.members("warm_up"); const auto& [name, value] : nodes) {
    const auto* property = definition.find(name);
    if (property != nullptr && property->secret) {
      given.secrets[name] = Secret(value.as_scalar());
    } else {
      given.properties[name] = value.as_scalar();
    }
  }
  std::vector<FieldViolation> violations;
  definition.validate(given, {}, violations);
  for (const auto& violation : violations) {
    const bool missing_secret = violation.code == "required" && violation.field.rfind("credentials.", 0) == 0;
    if (!missing_secret) root.member("warm_up").wrong(violation.field + " " + violation.message);
  }
  definition.warm_up_ = definition.complete(given, ConnectorDefinition::Purpose::dry_run);
}

}  // namespace akko
