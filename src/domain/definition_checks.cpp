#include "domain/definition_checks.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "domain/definition_parts.hpp"
#include "domain/validation.hpp"

namespace akko {
namespace {

// Whether every value that the limits allow is a port.
bool are_ports(std::optional<std::int64_t> minimum, std::optional<std::int64_t> maximum) {
  return minimum && maximum && *minimum >= 1 && *maximum <= std::numeric_limits<std::uint16_t>::max();
}

}  // namespace

void DefinitionChecks::check_parts() const {
  check_names();
  check_order();
  for (const auto& field : definition_.fields_) {
    check_target(field);
    check_choices(field);
    check_default(field);
  }
  check_templates();
  check_mentions();
  check_constants();
  check_endpoints();
}

// What is said of a name must be unambiguous.
void DefinitionChecks::check_names() const {
  std::set<std::string> seen;
  const auto properties = root_.member("properties");
  for (const auto& property : definition_.properties_) {
    if (!seen.insert(property.name).second) properties.wrong(property.name + " is defined twice");
  }
  for (const auto& [name, value] : definition_.constants_) {
    if (!seen.insert(name).second) root_.member("constants").wrong(name + " is a property, too");
  }
  for (const auto& group : definition_.refused_) {
    for (const auto& name : group.names) {
      const bool is_set = !definition_.values_by_choice(name).empty();
      if (is_set || !seen.insert(name).second)
        root_.member("refused").wrong(name + " is defined or refused elsewhere");
    }
  }
}

// A condition can only look back: whether a field is shown must be known when its turn comes.
void DefinitionChecks::check_order() const {
  std::set<std::string> seen;
  for (const auto& field : definition_.fields_) {
    for (const auto& [key, values] : field.show_when) {
      if (!seen.contains(key)) fields_.wrong("show_when of " + field.key + " names no earlier field: " + key);
    }
    if (!seen.insert(field.key).second) fields_.wrong(field.key + " is defined twice");
  }
}

void DefinitionChecks::check_target(const FieldDefinition& field) const {
  if (!field.to) return;
  check_address(*field.to);
  const auto* property = definition_.find(field.to->property);
  if (property == nullptr) {
    fields_.wrong(field.key + " goes to the unknown property " + field.to->property);
    return;
  }
  if (field.is_secret() != property->secret && field.to->part == Address::Part::whole)
    fields_.wrong(field.key + " and " + property->name + " must both be secret or neither");
  if (field.is_secret() && !property->secret)
    fields_.wrong(field.key + " is a secret and goes to " + property->name + ", which is none");
  const bool is_port = field.kind == FieldKind::integer && are_ports(field.minimum, field.maximum);
  if (field.to->part == Address::Part::port && !is_port)
    fields_.wrong(field.key + " goes to a port and must be an integer from 1 to 65535");
}

void DefinitionChecks::check_choices(const FieldDefinition& field) const {
  for (const auto& choice : field.choices) {
    if (field.to) check_form_name(*field.to, choice.value);
    for (const auto& [address, value] : choice.sets) {
      check_address(address);
      check_form_name(address, value);
      if (address.part == Address::Part::port && !parse_port(value))
        fields_.wrong(field.key + " sets a port that is none");
    }
  }
}

void DefinitionChecks::check_default(const FieldDefinition& field) const {
  if (!field.default_value) return;
  if (const auto problem = Form::check_value(field, *field.default_value))
    fields_.wrong("the default of " + field.key + " " + problem->message);
}

void DefinitionChecks::check_templates() const {
  const auto place = root_.member("properties");
  for (const auto& property : definition_.properties_) {
    for (const auto& one : property.templates) {
      check_conditions(place, one.when);
      for (const auto keys = one.text.fields(); const auto& key : keys) {
        if (!has_field(key)) place.wrong("a template names the unknown field " + key);
      }
    }
  }
}

// Fields that messages and the probe name.
void DefinitionChecks::check_mentions() const {
  for (const auto& key : {definition_.user_field_, definition_.database_field_}) {
    const auto* field = definition_.form().find(key);
    if (!key.empty() && (field == nullptr || field->is_secret()))
      root_.wrong(key + " is no field to name in messages");
  }
  for (const auto& statement : definition_.probe_.statements) {
    if (!statement.table.empty() && !has_field(statement.table))
      root_.member("probe").wrong("table names the unknown field " + statement.table);
  }
}

void DefinitionChecks::check_constants() const {
  for (const auto& [url, parameters] : definition_.constant_parameters_) {
    const auto* property = definition_.find(url);
    for (const auto& parameter : parameters) {
      const auto verdict = property != nullptr && property->url
                               ? judge_parameter(*property->url, parameter.name)
                               : ParameterVerdict::unknown;
      if (verdict != ParameterVerdict::limited && verdict != ParameterVerdict::allowed) {
        root_.member("constants").wrong(parameter.name + " is no parameter that a URL " + url + " may have");
      } else if (!stands_for_itself(parameter.value, property->url->syntax)) {
        root_.member("constants").wrong(parameter.name + " must need no encoding");
      }
    }
  }
}

void DefinitionChecks::check_endpoints() const {
  const auto place = root_.optional_member("endpoints");
  for (const auto& endpoint : definition_.endpoints_) {
    check_conditions(place, endpoint.when);
    if (endpoint.tls) check_conditions(place, endpoint.tls->when);
    if (endpoint.tls && endpoint.tls->verify) check_conditions(place, *endpoint.tls->verify);
    const auto* url = definition_.find(endpoint.url);
    if (!endpoint.url.empty() && (url == nullptr || !url->url))
      place.wrong(endpoint.url + " is not a property of kind url");
    for (const auto& name : {endpoint.hosts, endpoint.port}) {
      if (!name.empty() && definition_.find(name) == nullptr) place.wrong(name + " is not a property");
    }
    const auto* port = definition_.find(endpoint.port);
    if (port != nullptr && !(port->kind == PropertyKind::integer && are_ports(port->minimum, port->maximum)))
      place.wrong(endpoint.port + " must be an integer from 1 to 65535");
  }
}

void DefinitionChecks::check_defaults() const {
  for (const auto& property : definition_.properties_) {
    std::vector<FieldViolation> violations;
    if (property.default_value)
      definition_.check_given(property, *property.default_value, property.name, violations);
    if (violations.empty()) continue;
    root_.member("properties").wrong("the default of " + property.name + " " + violations.front().message);
  }
}

void DefinitionChecks::check_address(const Address& address) const {
  const auto* property = definition_.find(address.property);
  if (address.part != Address::Part::whole && (property == nullptr || !property->url))
    fields_.wrong(address.property + " is not a property of kind url");
}

// A value that goes to the form of a URL names one.
void DefinitionChecks::check_form_name(const Address& address, const std::string& name) const {
  const auto* property = definition_.find(address.property);
  if (address.part != Address::Part::form || property == nullptr || !property->url) return;
  const auto& forms = property->url->syntax.forms;
  const auto named = [&](const UrlSyntax::Form& form) { return form.name == name; };
  if (std::none_of(forms.begin(), forms.end(), named))
    fields_.wrong(name + " is no form of the URL " + property->name);
}

void DefinitionChecks::check_conditions(const JsonNode& place, const Conditions& conditions) const {
  for (const auto& [key, values] : conditions) {
    if (!has_field(key)) place.wrong("a condition names the unknown field " + key);
  }
}

}  // namespace akko
