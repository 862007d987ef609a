// A definition as the API shows it.
#include <cstdlib>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "domain/definition_reader.hpp"
#include "domain/definition_words.hpp"

namespace akko {
namespace {

namespace json = boost::json;

template <typename Words>
json::array words_of(const Words& words) {
  json::array out;
  for (const auto& word : words) out.emplace_back(std::string(word));
  return out;
}

// Checked when it was read.
json::value whole_number(const std::string& text) {
  return std::int64_t{std::strtoll(text.c_str(), nullptr, 10)};
}

std::string address_text(const Address& address) {
  using Part = Address::Part;
  switch (address.part) {
    case Part::whole:
      return address.property;
    case Part::parameter:
      return address.property + '?' + address.parameter;
    case Part::other_parameters:
      return address.property + "?*";
    default:
      return address.property + '#' + std::string(word_of(address.part, kUrlParts));
  }
}

json::object published(const Conditions& conditions) {
  json::object out;
  for (const auto& [field, values] : conditions) out[field] = words_of(values);
  return out;
}

// Says the texts of a definition in one language.
struct Voice {
  const Translations& words;
  const std::string& operator()(const std::string& text) const { return translated(words, text); }
};

json::object published(const UrlRules& rules, const Voice& say) {
  const auto& syntax = rules.syntax;
  json::array forms;
  for (const auto& form : syntax.forms) {
    json::object one{{"name", form.name}, {"prefix", form.prefix}};
    if (form.default_port != 0) one["default_port"] = form.default_port;
    if (form.port_forbidden) one["port"] = "forbidden";
    forms.push_back(std::move(one));
  }
  json::array limited;
  for (const auto& one : rules.limited_parameters) limited.emplace_back(one.name);
  json::object refused;
  for (const auto& group : rules.refused_parameters) {
    for (const auto& name : group.names) refused[name] = say(group.reason);
  }
  json::object credentials;
  for (const auto& [parameter, place] : rules.credential_parameters) credentials[parameter] = place;
  return {{"forms", std::move(forms)},
          {"aliases", words_of(syntax.aliases)},
          {"hosts", std::string(word_of(syntax.hosts, kUrlHosts))},
          {"user_info", syntax.user_info},
          {"path", std::string(word_of(syntax.path, kUrlPaths))},
          {"style", syntax.semicolons ? "semicolon" : "query"},
          {"encoding", syntax.literal ? "literal" : "percent"},
          {"parameters", words_of(rules.parameters)},
          {"limited_parameters", std::move(limited)},
          {"credential_parameters", std::move(credentials)},
          {"refused_parameters", std::move(refused)}};
}

json::object published(const PropertyDefinition& property, const Voice& say) {
  json::object out{
      {"name", property.name},         {"label", say(property.label)},
      {"help", say(property.help)},    {"kind", std::string(word_of(property.kind, kPropertyKinds))},
      {"secret", property.secret},     {"required", property.required},
      {"advanced", property.advanced}, {"max_length", property.max_length}};
  if (const auto& text = property.default_value) {
    const bool number = property.kind == PropertyKind::integer, flag = property.kind == PropertyKind::boolean;
    out["default"] = flag ? json::value(*text == "true") : number ? whole_number(*text) : json::value(*text);
  }
  if (property.pattern) out["pattern"] = property.pattern->text();
  if (property.pattern) out["pattern_help"] = say(property.pattern_help);
  if (property.minimum) out["minimum"] = *property.minimum;
  if (property.maximum) out["maximum"] = *property.maximum;
  if (!property.choices.empty()) out["choices"] = words_of(property.choices);
  if (property.url) out["url"] = published(*property.url, say);
  return out;
}

json::object published(const FieldChoice& choice, const Voice& say) {
  json::object out{{"value", choice.value}, {"label", say(choice.label)}};
  if (!choice.help.empty()) out["help"] = say(choice.help);
  if (choice.sets.empty()) return out;
  json::object sets;
  for (const auto& [address, value] : choice.sets) sets[address_text(address)] = value;
  out["sets"] = std::move(sets);
  return out;
}

json::object published(const FieldDefinition& field, const Voice& say) {
  json::object out{{"key", field.key},
                   {"label", say(field.label)},
                   {"help", say(field.help)},
                   {"kind", std::string(word_of(field.kind, kFieldKinds))},
                   {"secret", field.is_secret()},
                   {"required", field.required},
                   {"advanced", field.advanced},
                   {"retarget", field.retarget},
                   {"min_length", field.min_length},
                   {"max_length", field.max_length}};
  if (const auto& text = field.default_value) {
    const bool number = field.kind == FieldKind::integer, flag = field.kind == FieldKind::boolean;
    out["default"] = flag ? json::value(*text == "true") : number ? whole_number(*text) : json::value(*text);
  }
  if (!field.example.empty()) out["example"] = field.example;
  if (!field.accept.empty()) out["accept"] = field.accept;
  if (field.pattern) out["pattern"] = field.pattern->text();
  if (field.pattern) out["pattern_help"] = say(field.pattern_help);
  if (field.minimum) out["minimum"] = *field.minimum;
  if (field.maximum) out["maximum"] = *field.maximum;
  if (!field.choices.empty()) {
    json::array choices;
    for (const auto& choice : field.choices) choices.push_back(published(choice, say));
    out["choices"] = std::move(choices);
  }
  if (!field.show_when.empty()) out["show_when"] = published(field.show_when);
  if (field.to) out["to"] = address_text(*field.to);
  return out;
}

json::object published(const Probe& probe, const Voice& say) {
  json::array statements;
  for (const auto& statement : probe.statements) {
    json::object one{{"step", std::string(to_string(statement.step))}, {"statement", statement.text}};
    if (!statement.table.empty()) one["table"] = statement.table;
    if (!statement.proves.empty()) one["proves"] = statement.proves;
    if (!statement.explanation.empty()) one["explanation"] = say(statement.explanation);
    statements.push_back(std::move(one));
  }
  return {{"statements", std::move(statements)},
          {"proves", probe.proves},
          {"explanation", say(probe.explanation)}};
}

}  // namespace

std::string DefinitionReader::publish(const ConnectorDefinition& definition, const Translations& words) {
  const Voice say{words};
  json::array fields, properties, refused, schemes;
  for (const auto& field : definition.fields_) fields.push_back(published(field, say));
  for (const auto& property : definition.properties_) {
    properties.push_back(published(property, say));
    if (!property.url) continue;
    for (const auto& form : property.url->syntax.forms) schemes.emplace_back(form.prefix);
    for (const auto& alias : property.url->syntax.aliases) schemes.emplace_back(alias);
  }
  for (const auto& group : definition.refused_) {
    refused.push_back(json::object{{"names", words_of(group.names)}, {"reason", say(group.reason)}});
  }
  json::object constants;
  for (const auto& [name, value] : definition.constants_) constants[name] = value;
  return json::serialize(
      json::object{{"id", definition.id_},
                   {"title", definition.title_},
                   {"category", definition.category_},
                   {"summary", say(definition.summary_)},
                   {"documentation", definition.documentation_},
                   {"trino_connector", definition.trino_connector_},
                   {"openmetadata_service", definition.openmetadata_service_},
                   {"jvm_flags", words_of(definition.jvm_flags_)},
                   {"url_schemes", std::move(schemes)},
                   {"fields", std::move(fields)},
                   {"constants", std::move(constants)},
                   {"properties", std::move(properties)},
                   {"refused", std::move(refused)},
                   {"check", json::object{{"deadline_seconds", definition.deadline_.count() / 1000}}},
                   {"probe", published(definition.probe_, say)}});
}

void DefinitionReader::translate(ConnectorDefinition& definition, Language language,
                                 const Translations& words) {
  definition.public_json_[language] = publish(definition, words);
}

}  // namespace akko
