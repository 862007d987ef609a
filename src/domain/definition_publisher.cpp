// A definition as the API shows it.
#include <cstdlib>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "domain/definition_reader.hpp"

namespace akko {
namespace {

namespace json = boost::json;

json::value typed(const PropertyDefinition& property, const std::string& text) {
  if (property.kind == PropertyKind::boolean) return text == "true";
  if (property.kind == PropertyKind::integer)
    return std::int64_t{std::strtoll(text.c_str(), nullptr, 10)};  // checked when it was read
  return json::value(text);
}

template <typename Words>
json::array words_of(const Words& words) {
  json::array out;
  for (const auto& word : words) out.emplace_back(std::string(word));
  return out;
}

json::object published(const JdbcUrlRules& rules) {
  return {{"subprotocol", rules.subprotocol},
          {"default_port", rules.default_port},
          {"database", std::string(to_string(rules.database))},
          {"parameters", words_of(rules.parameters)}};
}

json::object published(const PropertyDefinition& property) {
  json::object out{{"name", property.name},
                   {"label", property.label},
                   {"help", property.help},
                   {"kind", std::string(to_string(property.kind))},
                   {"secret", property.kind == PropertyKind::secret},
                   {"required", property.required},
                   {"advanced", property.advanced},
                   {"max_length", property.max_length}};
  if (property.default_value) out["default"] = typed(property, *property.default_value);
  if (property.pattern) out["pattern"] = property.pattern->text();
  if (property.pattern) out["pattern_help"] = property.pattern_help;
  if (property.minimum) out["minimum"] = *property.minimum;
  if (property.maximum) out["maximum"] = *property.maximum;
  if (!property.choices.empty()) out["choices"] = words_of(property.choices);
  if (property.jdbc_url) out["jdbc_url"] = published(*property.jdbc_url);
  return out;
}

}  // namespace

std::string DefinitionReader::publish(const ConnectorDefinition& definition) {
  json::array properties, refused;
  for (const auto& property : definition.properties_) properties.push_back(published(property));
  for (const auto& group : definition.refused_) {
    refused.push_back(json::object{{"names", words_of(group.names)}, {"reason", group.reason}});
  }
  return json::serialize(
      json::object{{"id", definition.id_},
                   {"title", definition.title_},
                   {"category", definition.category_},
                   {"summary", definition.summary_},
                   {"documentation", definition.documentation_},
                   {"trino_connector", definition.trino_connector_},
                   {"properties", std::move(properties)},
                   {"refused", std::move(refused)},
                   {"probe", json::object{{"statement", definition.probe_.statement},
                                          {"proves", definition.probe_.proves},
                                          {"explanation", definition.probe_.explanation}}}});
}

}  // namespace akko
