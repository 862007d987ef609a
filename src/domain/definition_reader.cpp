#include "domain/definition_reader.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <boost/json/value.hpp>

#include "base/strict_json.hpp"
#include "domain/definition_parts.hpp"
#include "domain/validation.hpp"

namespace akko {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 5> kCategories = {"relational", "lakehouse", "warehouse", "nosql",
                                                         "streaming"};
constexpr std::array<std::string_view, 3> kProves = {"metastore", "service", "data path"};

tl::unexpected<Error> bad(std::string_view origin, std::string_view place, std::string_view reason) {
  return fail(ErrorCode::invalid_argument, "bad_definition",
              std::string(origin) + ": " + std::string(place) + ": " + std::string(reason));
}

Result<json::value> parse_file(std::string_view text, std::string_view origin) {
  auto document = parse_strict_json(text);
  if (!document) return bad(origin, "/", document.error().message);
  return std::move(*document);
}

void check_identifier(const JsonNode& root, std::string_view member, std::string_view text) {
  static const auto pattern = Pattern::compile("[a-z][a-z0-9_]{0,39}");
  if (pattern && !pattern->matches_whole(text)) root.member(member).wrong("must match " + pattern->text());
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
  root.only({"$schema", "fragment", "properties", "refused", "diagnosis"});
  DefinitionFragment fragment{root.text("fragment"), read_properties(root), read_refused(root),
                              read_diagnosis(root)};
  check_identifier(root, "fragment", fragment.name);
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
  definition.properties_ = read_properties(root);
  definition.refused_ = read_refused(root);
  definition.diagnosis_ = read_diagnosis(root);
  include(root, fragments, definition);
  place_credentials(root, definition);
  read_endpoint(root, definition);
  read_dry_run(root, definition);
  check_names(root, definition);
  check_defaults(root, definition);
  if (!problem.found()) read_warm_up(root, definition);  // judged by the definition's own rules
  if (problem.found()) return bad(origin, problem.place, problem.reason);
  definition.public_json_ = publish(definition);
  return definition;
}

void DefinitionReader::read_head(const JsonNode& root, ConnectorDefinition& definition) {
  root.only({"$schema", "id", "trino_connector", "title", "category", "summary", "documentation", "include",
             "properties", "refused", "endpoint", "dry_run", "warm_up", "probe", "diagnosis"});
  definition.id_ = root.text("id");
  check_identifier(root, "id", definition.id_);
  definition.trino_connector_ = root.text("trino_connector");
  check_identifier(root, "trino_connector", definition.trino_connector_);
  definition.title_ = root.text("title");
  definition.category_ = root.text("category");
  check_word(root, "category", definition.category_, kCategories);
  definition.summary_ = root.text("summary");
  definition.documentation_ = root.text("documentation");
  if (definition.documentation_.substr(0, 8) != "https://")
    root.member("documentation").wrong("must be an https URL");

  const auto probe = root.member("probe");
  probe.only({"statement", "proves", "explanation"});
  definition.probe_ = {probe.text("statement"), probe.text("proves"), probe.text("explanation")};
  check_word(probe, "proves", definition.probe_.proves, kProves);
  if (definition.probe_.statement.find("{catalog}") == std::string::npos) {
    probe.member("statement").wrong("must hold {catalog}");
  }
}

void DefinitionReader::include(const JsonNode& root, const DefinitionFragments& fragments,
                               ConnectorDefinition& definition) {
  for (const auto& name : root.texts("include")) {
    const auto fragment = fragments.find(name);
    if (fragment == fragments.end()) {
      root.member("include").wrong("there is no fragment " + name);
      continue;
    }
    append(definition.properties_, fragment->second.properties);
    append(definition.refused_, fragment->second.refused);
    append(definition.diagnosis_, fragment->second.diagnosis);
  }
}

void DefinitionReader::place_credentials(const JsonNode& root, ConnectorDefinition& definition) {
  for (auto& property : definition.properties_) {
    if (!property.jdbc_url) continue;
    for (auto& [parameter, place] : property.jdbc_url->credential_parameters) {
      const auto* target = definition.find(place);
      if (target == nullptr) {
        root.member("properties").wrong("credential_parameters names the unknown property " + place);
      } else {
        place = (target->kind == PropertyKind::secret ? "credentials." : "properties.") + place;
      }
    }
  }
}

void DefinitionReader::read_endpoint(const JsonNode& root, ConnectorDefinition& definition) {
  const auto node = root.optional_member("endpoint");
  node.only({"jdbc_url", "user"});
  definition.endpoint_url_ = node.optional_text("jdbc_url");
  definition.endpoint_user_ = node.optional_text("user");
  const auto* url = definition.find(definition.endpoint_url_);
  if (!definition.endpoint_url_.empty() && (url == nullptr || !url->jdbc_url)) {
    node.member("jdbc_url").wrong("must name a property of kind jdbc_url");
  }
  const auto* user = definition.find(definition.endpoint_user_);
  if (!definition.endpoint_user_.empty() && (user == nullptr || user->kind == PropertyKind::secret)) {
    node.member("user").wrong("must name a property that is no secret");
  }
}

void DefinitionReader::read_dry_run(const JsonNode& root, ConnectorDefinition& definition) {
  const auto node = root.optional_member("dry_run");
  node.only({"properties", "url_parameters"});
  for (const auto nodes = node.members("properties"); const auto& [name, value] : nodes) {
    const auto text = value.as_scalar();
    const auto* property = definition.find(name);
    std::vector<FieldViolation> violations;
    if (property == nullptr || property->kind == PropertyKind::secret) {
      value.wrong("is not a property that can be set here");
    } else if (definition.check_given(*property, text, name, violations); !violations.empty()) {
      value.wrong(violations.front().message);
    }
    definition.dry_run_[name] = text;
  }
  const auto* url = definition.find(definition.endpoint_url_);
  for (const auto nodes = node.members("url_parameters"); const auto& [name, value] : nodes) {
    const bool allowed =
        url != nullptr && url->jdbc_url && judge_parameter(*url->jdbc_url, name) == ParameterVerdict::allowed;
    if (!allowed) value.wrong("is not an allowed parameter of the endpoint's URL");
    definition.dry_run_url_parameters_.push_back({name, value.as_scalar()});
  }
}

void DefinitionReader::check_names(const JsonNode& root, const ConnectorDefinition& definition) {
  std::set<std::string> seen;
  if (definition.properties_.empty()) root.member("properties").wrong("is required");
  for (const auto& property : definition.properties_) {
    if (!seen.insert(property.name).second)
      root.member("properties").wrong(property.name + " is defined twice");
  }
  for (const auto& group : definition.refused_) {
    for (const auto& name : group.names) {
      if (!seen.insert(name).second) root.member("refused").wrong(name + " is defined or refused elsewhere");
    }
  }
}

void DefinitionReader::check_defaults(const JsonNode& root, const ConnectorDefinition& definition) {
  for (const auto& property : definition.properties_) {
    std::vector<FieldViolation> violations;
    if (property.default_value)
      definition.check_given(property, *property.default_value, property.name, violations);
    if (violations.empty()) continue;
    root.member("properties").wrong("the default of " + property.name + " " + violations.front().message);
  }
}

void DefinitionReader::read_warm_up(const JsonNode& root, ConnectorDefinition& definition) {
  Properties given;
  for (const auto nodes = root.members("warm_up"); const auto& [name, value] : nodes)
    given[name] = value.as_scalar();
  std::vector<FieldViolation> violations;
  definition.validate(given, {}, violations);
  for (const auto& violation : violations) {
    const bool missing_secret = violation.code == "required" && violation.field.rfind("credentials.", 0) == 0;
    if (!missing_secret) root.member("warm_up").wrong(violation.field + " " + violation.message);
  }
  definition.warm_up_ = definition.trino_properties(given, ConnectorDefinition::Purpose::dry_run);
}

}  // namespace akko
