#include "domain/definition_parts.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "domain/definition_reader.hpp"
#include "domain/validation.hpp"

namespace akko {
namespace {

constexpr std::array kKinds = {PropertyKind::text,        PropertyKind::integer,  PropertyKind::boolean,
                               PropertyKind::enumeration, PropertyKind::duration, PropertyKind::secret,
                               PropertyKind::jdbc_url};
constexpr std::array kDatabases = {JdbcUrlRules::Database::required, JdbcUrlRules::Database::optional,
                                   JdbcUrlRules::Database::forbidden};

template <typename Enumeration, std::size_t size>
Enumeration read_enumeration(const JsonNode& root, std::string_view name,
                             const std::array<Enumeration, size>& all) {
  const auto text = root.text(name);
  std::vector<std::string> words;
  for (const auto one : all) {
    if (to_string(one) == text) return one;
    words.emplace_back(to_string(one));
  }
  root.member(name).wrong("must be " + enumerated(words));
  return all.front();
}

std::optional<Pattern> read_pattern(const JsonNode& node) {
  if (!node.present()) return std::nullopt;
  auto pattern = Pattern::compile(node.as_text());
  if (pattern) return *pattern;
  node.wrong(pattern.error().message);
  return std::nullopt;
}

// No name may stand in two of the lists: what is said of a parameter must be unambiguous.
void check_disjoint(const JsonNode& root, const JdbcUrlRules& rules) {
  std::vector<std::string> names = rules.parameters;
  for (const auto& limited : rules.limited_parameters) names.push_back(limited.name);
  for (const auto& [name, place] : rules.credential_parameters) names.push_back(name);
  for (const auto& group : rules.refused_parameters)
    names.insert(names.end(), group.names.begin(), group.names.end());
  for (auto one = names.begin(); one != names.end(); ++one) {
    const auto same = [&](const std::string& other) { return equal_ignoring_case(*one, other); };
    if (std::any_of(std::next(one), names.end(), same))
      root.wrong("the parameter " + *one + " stands in it twice");
  }
}

JdbcUrlRules read_jdbc_url(const JsonNode& root) {
  root.only({"subprotocol", "default_port", "database", "database_reason", "case_matters", "parameters",
             "limited_parameters", "credential_parameters", "refused_parameters"});
  JdbcUrlRules rules;
  rules.subprotocol = root.text("subprotocol");
  const auto port = root.number("default_port").value_or(0);
  if (port < 1 || port > std::numeric_limits<std::uint16_t>::max())
    root.member("default_port").wrong("must be 1 to 65535");
  rules.default_port = static_cast<std::uint16_t>(port);
  rules.database = read_enumeration(root, "database", kDatabases);
  rules.database_reason = root.optional_text("database_reason");
  rules.case_matters = root.flag("case_matters", true);
  rules.parameters = root.texts("parameters");
  for (const auto nodes = root.items("limited_parameters"); const auto& node : nodes) {
    node.only({"name", "values", "reason"});
    rules.limited_parameters.push_back({node.text("name"), node.texts("values"), node.text("reason")});
  }
  for (const auto nodes = root.members("credential_parameters"); const auto& [name, node] : nodes) {
    rules.credential_parameters.emplace_back(name, node.as_text());
  }
  for (const auto nodes = root.items("refused_parameters"); const auto& node : nodes) {
    node.only({"names", "reason"});
    rules.refused_parameters.push_back({node.texts("names"), node.text("reason")});
  }
  check_disjoint(root, rules);
  return rules;
}

// Members that mean something for one kind only must not stand with another.
void check_kind(const JsonNode& node, const PropertyDefinition& property) {
  const auto kind = property.kind;
  const bool secret = kind == PropertyKind::secret, url = kind == PropertyKind::jdbc_url;
  if (property.choices.empty() == (kind == PropertyKind::enumeration))
    node.wrong("choices go with kind enumeration");
  if (property.jdbc_url.has_value() != url) node.wrong("jdbc_url goes with kind jdbc_url");
  if ((property.minimum || property.maximum) && kind != PropertyKind::integer) {
    node.wrong("minimum and maximum go with kind integer");
  }
  if (property.pattern && kind != PropertyKind::text && !secret)
    node.wrong("pattern goes with kind text or secret");
  if (property.pattern.has_value() == property.pattern_help.empty()) node.wrong("pattern needs pattern_help");
  if (property.default_value && (secret || url || property.required)) {
    node.wrong("a default goes with a property that is neither required nor a secret nor a URL");
  }
}

PropertyDefinition read_property(const JsonNode& node) {
  static const auto name_pattern = Pattern::compile("[a-z][a-z0-9]*([._-][a-z0-9]+)*");
  node.only({"name", "label", "help", "kind", "required", "advanced", "default", "pattern", "pattern_help",
             "max_length", "minimum", "maximum", "choices", "jdbc_url"});
  PropertyDefinition property;
  property.name = node.text("name");
  if (name_pattern && !name_pattern->matches_whole(property.name))
    node.wrong("name is not a Trino property name");
  property.label = node.text("label");
  property.help = node.text("help");
  property.kind = read_enumeration(node, "kind", kKinds);
  property.required = node.flag("required", false);
  property.advanced = node.flag("advanced", false);
  if (const auto value = node.optional_member("default"); value.present())
    property.default_value = value.as_scalar();
  property.pattern = read_pattern(node.optional_member("pattern"));
  property.pattern_help = node.optional_text("pattern_help");
  const auto length = node.number("max_length").value_or(static_cast<std::int64_t>(property.max_length));
  if (length < 1 || length > 65536) node.wrong("max_length must be 1 to 65536");
  property.max_length = static_cast<std::size_t>(length);
  property.minimum = node.number("minimum");
  property.maximum = node.number("maximum");
  property.choices = node.texts("choices");
  if (const auto url = node.optional_member("jdbc_url"); url.present())
    property.jdbc_url = read_jdbc_url(url);
  check_kind(node, property);
  return property;
}

}  // namespace

std::string_view to_string(PropertyKind kind) {
  switch (kind) {
    case PropertyKind::text:
      return "text";
    case PropertyKind::integer:
      return "integer";
    case PropertyKind::boolean:
      return "boolean";
    case PropertyKind::enumeration:
      return "enumeration";
    case PropertyKind::duration:
      return "duration";
    case PropertyKind::secret:
      return "secret";
    case PropertyKind::jdbc_url:
      return "jdbc_url";
  }
  return "";
}

std::string_view to_string(JdbcUrlRules::Database database) {
  switch (database) {
    case JdbcUrlRules::Database::required:
      return "required";
    case JdbcUrlRules::Database::optional:
      return "optional";
    case JdbcUrlRules::Database::forbidden:
      return "forbidden";
  }
  return "";
}

std::vector<PropertyDefinition> read_properties(const JsonNode& root) {
  std::vector<PropertyDefinition> out;
  for (const auto nodes = root.items("properties"); const auto& node : nodes)
    out.push_back(read_property(node));
  return out;
}

std::vector<RefusedProperties> read_refused(const JsonNode& root) {
  std::vector<RefusedProperties> out;
  for (const auto nodes = root.items("refused"); const auto& node : nodes) {
    node.only({"names", "reason"});
    out.push_back({node.texts("names"), node.text("reason")});
  }
  return out;
}

std::vector<DiagnosisRule> read_diagnosis(const JsonNode& root) {
  std::vector<DiagnosisRule> out;
  for (const auto nodes = root.items("diagnosis"); const auto& node : nodes) {
    node.only({"code", "pattern", "message", "fix"});
    const auto code = node.text("code"), message = node.optional_text("message"),
               fix = node.optional_text("fix");
    const auto& codes = diagnosis_codes();
    if (std::find(codes.begin(), codes.end(), code) == codes.end())
      node.wrong("code is not a class of diagnosis");
    if (!placeholders_are_known(message) || !placeholders_are_known(fix))
      node.wrong("a placeholder is not known");
    if (auto pattern = read_pattern(node.member("pattern"))) out.push_back({code, *pattern, message, fix});
  }
  return out;
}

}  // namespace akko
