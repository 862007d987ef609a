#include "domain/connector.hpp"

#include <algorithm>

#include "domain/definition_reader.hpp"
#include "domain/sql.hpp"
#include "domain/validation.hpp"

namespace akko {
namespace {

constexpr std::string_view kSchemaSuffix = ".schema.json";
constexpr std::string_view kFragmentSuffix = ".fragment.json";

ValueCheck check_kind(const PropertyDefinition& definition, std::string_view value) {
  switch (definition.kind) {
    case PropertyKind::integer:
      return check_integer(value, definition.minimum, definition.maximum);
    case PropertyKind::boolean:
      return check_boolean(value);
    case PropertyKind::duration:
      return check_duration(value);
    case PropertyKind::enumeration:
      return check_choice(value, definition.choices);
    case PropertyKind::text:
    case PropertyKind::secret:
    case PropertyKind::jdbc_url:
      break;
  }
  if (definition.pattern && !definition.pattern->matches_whole(value)) {
    return ValueProblem{"pattern", definition.pattern_help};
  }
  return std::nullopt;
}

std::string field_of(std::string_view name, bool secret) {
  return (secret ? "credentials." : "properties.") + shown(name);
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

Result<ConnectorDefinition> ConnectorDefinition::parse(std::string_view json, std::string_view origin,
                                                       const DefinitionFragments& fragments) {
  return DefinitionReader::definition(json, origin, fragments);
}

const PropertyDefinition* ConnectorDefinition::find(std::string_view property) const {
  const auto found = std::find_if(properties_.begin(), properties_.end(),
                                  [&](const PropertyDefinition& own) { return own.name == property; });
  return found == properties_.end() ? nullptr : &*found;
}

const RefusedProperties* ConnectorDefinition::find_refused(std::string_view property) const {
  for (const auto& group : refused_) {
    const auto same = [&](const std::string& name) { return equal_ignoring_case(name, property); };
    if (std::any_of(group.names.begin(), group.names.end(), same)) return &group;
  }
  return nullptr;
}

void ConnectorDefinition::check_given(const PropertyDefinition& definition, std::string_view value,
                                      const std::string& field,
                                      std::vector<FieldViolation>& violations) const {
  auto problem = check_length(value, definition.max_length);  // first: the other checks read every byte
  if (!problem) problem = check_characters(value);
  if (!problem) problem = check_kind(definition, value);
  if (problem) {
    violations.push_back({field, problem->code, problem->message});
  } else if (definition.jdbc_url) {
    check_jdbc_url(value, *definition.jdbc_url, field, violations);
  }
}

// A name that is none of ours, in the words that help most.
void ConnectorDefinition::check_name(std::string_view name, bool among_secrets,
                                     std::vector<FieldViolation>& violations) const {
  const auto field = field_of(name, among_secrets);
  if (const auto problem = check_characters(name)) {
    violations.push_back({field, problem->code, "the name " + problem->message});
    return;
  }
  if (const auto* refused = find_refused(name)) {
    violations.push_back({field, "refused", "is refused: " + refused->reason});
    return;
  }
  std::vector<std::string_view> names;
  for (const auto& property : properties_) names.push_back(property.name);
  const auto meant = nearest(name, names);
  violations.push_back(
      {field, "unknown",
       "is not a property of " + title_ +
           (meant.empty() ? " that may be set here" : "; did you mean " + std::string(meant) + "?")});
}

void ConnectorDefinition::validate(const Properties& properties, const SecretValues& credentials,
                                   std::vector<FieldViolation>& violations) const {
  if (properties.size() > kMaxProperties) {
    violations.push_back(
        {"properties", "too_many", "must hold at most " + std::to_string(kMaxProperties) + " members"});
  }
  if (credentials.size() > kMaxSecrets) {
    violations.push_back(
        {"credentials", "too_many", "must hold at most " + std::to_string(kMaxSecrets) + " members"});
  }
  if (properties.size() > kMaxProperties || credentials.size() > kMaxSecrets) return;

  const auto check = [&](const std::string& name, std::string_view value, bool among_secrets) {
    const auto* definition = find(name);
    if (definition == nullptr) return check_name(name, among_secrets, violations);
    const bool secret = definition->kind == PropertyKind::secret;
    const auto field = field_of(name, among_secrets);
    if (secret != among_secrets) {
      const auto reason =
          secret ? "is a secret; it belongs into credentials." : "is no secret; it belongs into properties.";
      violations.push_back({field, "misplaced", reason + name});
      return;
    }
    check_given(*definition, value, field, violations);
  };
  for (const auto& [name, value] : properties) check(name, value, false);
  for (const auto& [name, secret] : credentials) check(name, secret.reveal(), true);

  for (const auto& definition : properties_) {
    const auto& name = definition.name;
    if (!definition.required || properties.contains(name) || credentials.contains(name)) continue;
    violations.push_back({field_of(name, definition.kind == PropertyKind::secret), "required",
                          "is required: " + definition.help});
  }
}

Properties ConnectorDefinition::trino_properties(const Properties& given, Purpose purpose) const {
  Properties out = given;
  if (purpose == Purpose::dry_run) out.insert(dry_run_.begin(), dry_run_.end());  // keeps what is there
  for (const auto& property : properties_) {
    if (property.default_value) out.try_emplace(property.name, *property.default_value);
  }
  const auto url_text = out.find(endpoint_url_);
  if (purpose == Purpose::registration || url_text == out.end()) return out;
  auto url = JdbcUrl::parse(url_text->second);
  if (!url) return out;
  for (const auto& parameter : dry_run_url_parameters_) {
    if (!url->has(parameter.name)) url->parameters.push_back(parameter);
  }
  url_text->second = url->text();
  return out;
}

std::string ConnectorDefinition::probe_statement(const CatalogName& name) const {
  static constexpr std::string_view kPlace = "{catalog}";
  auto statement = probe_.statement;
  const auto quoted = sql_identifier(name.text());
  for (auto at = statement.find(kPlace); at != std::string::npos;
       at = statement.find(kPlace, at + quoted.size())) {
    statement.replace(at, kPlace.size(), quoted);
  }
  return statement;
}

Endpoint ConnectorDefinition::endpoint(const Properties& given) const {
  Endpoint out;
  const auto value_of = [&](const std::string& name) {
    const auto found = given.find(name);
    return found == given.end() ? std::string() : found->second;
  };
  out.user = value_of(endpoint_user_);
  const auto* definition = find(endpoint_url_);
  const auto url = JdbcUrl::parse(value_of(endpoint_url_));
  if (definition == nullptr || !url) return out;
  const auto& host = url->hosts.front();
  out.host = host.name;
  out.port = std::to_string(host.port != 0 ? host.port : definition->jdbc_url->default_port);
  out.database = percent_decoded(url->database);
  return out;
}

void ConnectorRegistry::add(ConnectorDefinition definition) {
  auto owned = std::make_unique<const ConnectorDefinition>(std::move(definition));
  const auto at = std::lower_bound(all_.begin(), all_.end(), owned->id(),
                                   [](const auto& own, const std::string& id) { return own->id() < id; });
  if (at != all_.end() && (*at)->id() == owned->id()) {
    *at = std::move(owned);
  } else {
    all_.insert(at, std::move(owned));
  }
}

const ConnectorDefinition* ConnectorRegistry::find(std::string_view id) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& own) { return own->id() == id; });
  return found == all_.end() ? nullptr : found->get();
}

Result<ConnectorRegistry> load_connectors(
    const std::vector<std::pair<std::string_view, std::string_view>>& embedded,
    const std::vector<std::pair<std::string, std::string>>& from_directory) {
  auto files = embedded;
  files.insert(files.end(), from_directory.begin(), from_directory.end());
  DefinitionFragments fragments;
  for (const auto& [name, content] : files) {
    if (!ends_with(name, kFragmentSuffix)) continue;
    AKKO_TRY(auto fragment, DefinitionReader::fragment(content, name));
    fragments[fragment.name] = std::move(fragment);
  }
  ConnectorRegistry registry;
  for (const auto& [name, content] : files) {
    if (ends_with(name, kFragmentSuffix) || ends_with(name, kSchemaSuffix)) continue;
    AKKO_TRY(auto definition, ConnectorDefinition::parse(content, name, fragments));
    registry.add(std::move(definition));
  }
  return registry;
}

}  // namespace akko
