#include "domain/connector.hpp"

#include <algorithm>

#include "domain/definition_reader.hpp"
#include "domain/validation.hpp"

namespace akko {
namespace {

ValueCheck check_kind(const PropertyDefinition& definition, std::string_view value) {
  switch (definition.kind) {
    case PropertyKind::integer:
      return check_integer(value, definition.minimum, definition.maximum);
    case PropertyKind::boolean:
      return check_boolean(value);
    case PropertyKind::duration:
      return check_duration(value);
    case PropertyKind::data_size:
      return check_data_size(value);
    case PropertyKind::enumeration:
      return check_choice(value, definition.choices);
    case PropertyKind::text:
    case PropertyKind::secret:
    case PropertyKind::secret_file:
    case PropertyKind::url:
      break;
  }
  if (definition.pattern && !definition.pattern->matches_whole(value)) {
    return ValueProblem{"pattern", definition.pattern_help};
  }
  const auto yields = [&](const PropertyTemplate& one) { return one.text.match(value).has_value(); };
  const auto& templates = definition.templates;
  if (!templates.empty() && std::none_of(templates.begin(), templates.end(), yields)) {
    return ValueProblem{"template", "must have exactly the form that the fields of the form yield"};
  }
  return std::nullopt;
}

std::string field_of(std::string_view name, bool secret) {
  return (secret ? "credentials." : "properties.") + std::string(name);
}

}  // namespace

Result<ConnectorDefinition> ConnectorDefinition::parse(std::string_view json, std::string_view origin,
                                                       const DefinitionFragments& fragments) {
  return DefinitionReader::definition(json, origin, fragments);
}

const PropertyDefinition* ConnectorDefinition::find(std::string_view property) const {
  return form().find_property(property);
}

const RefusedProperties* ConnectorDefinition::find_refused(std::string_view property) const {
  for (const auto& group : refused_) {
    const auto same = [&](const std::string& name) { return equal_ignoring_case(name, property); };
    if (std::any_of(group.names.begin(), group.names.end(), same)) return &group;
  }
  return nullptr;
}

// The rules of the field that fills the property: they hold for raw values too.
ValueCheck ConnectorDefinition::check_by_field(const PropertyDefinition& definition,
                                               std::string_view value) const {
  for (const auto& field : fields_) {
    const bool fills =
        field.to && *field.to == Address{definition.name} && field.kind != FieldKind::enumeration;
    if (!fills) continue;
    if (auto problem = Form::check_value(field, value)) return problem;
  }
  for (const auto& one : definition.templates) {
    const auto values = one.text.match(value);
    if (!values) continue;
    for (const auto& [key, text] : *values) {
      if (auto problem = Form::check_value(*form().find(key), text)) return problem;
    }
    break;
  }
  return std::nullopt;
}

void ConnectorDefinition::check_given(const PropertyDefinition& definition, std::string_view value,
                                      const std::string& field,
                                      std::vector<FieldViolation>& violations) const {
  auto problem = check_length(value, definition.max_length);  // first: the other checks read every byte
  if (!problem) problem = definition.lines ? check_lines(value) : check_characters(value);
  if (!problem) problem = check_kind(definition, value);
  if (!problem) problem = check_by_field(definition, value);
  if (problem) {
    violations.push_back({field, problem->code, problem->message});
  } else if (definition.url) {
    check_url(value, *definition.url, field, violations);
  }
}

// The values that choices of the form give to a property, in their order.
std::vector<std::string> ConnectorDefinition::values_by_choice(std::string_view property) const {
  std::vector<std::string> values;
  for (const auto& field : fields_) {
    for (const auto& choice : field.choices) {
      for (const auto& [address, value] : choice.sets) {
        const bool ours = address.part == Address::Part::whole && address.property == property;
        if (ours && std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
      }
    }
  }
  return values;
}

// A property that is known only as a constant or by the choices that set it. False: it is neither.
bool ConnectorDefinition::check_set_only(const std::string& name, std::string_view value,
                                         const std::string& field,
                                         std::vector<FieldViolation>& violations) const {
  if (const auto constant = constants_.find(name); constant != constants_.end()) {
    if (value != constant->second)
      violations.push_back({field, "constant", "is always set to " + constant->second + "; leave it out"});
    return true;
  }
  const auto values = values_by_choice(name);
  if (values.empty()) return false;
  if (const auto problem = check_choice(value, values))
    violations.push_back({field, problem->code, problem->message});
  return true;
}

// A name that is none of ours, in the words that help most.
void ConnectorDefinition::check_name(std::string_view name, bool among_secrets,
                                     std::vector<FieldViolation>& violations) const {
  const auto field = field_of(shown(name), among_secrets);
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

void ConnectorDefinition::validate(const RawValues& raw, const Properties& options,
                                   std::vector<FieldViolation>& violations) const {
  const auto& [properties, credentials] = raw;
  if (properties.size() > kMaxProperties) {
    violations.push_back(
        {"properties", "too_many", "must hold at most " + std::to_string(kMaxProperties) + " members"});
  }
  if (credentials.size() > kMaxSecrets) {
    violations.push_back(
        {"credentials", "too_many", "must hold at most " + std::to_string(kMaxSecrets) + " members"});
  }
  if (properties.size() > kMaxProperties || credentials.size() > kMaxSecrets) return;

  const auto before = violations.size();
  const auto check = [&](const std::string& name, std::string_view value, bool among_secrets) {
    const auto* definition = find(name);
    const auto field = field_of(definition == nullptr ? shown(name) : name, among_secrets);
    if (definition == nullptr) {
      if (among_secrets || !check_set_only(name, value, field, violations))
        check_name(name, among_secrets, violations);
      return;
    }
    if (definition->secret != among_secrets) {
      const auto reason = definition->secret ? "is a secret; it belongs into credentials."
                                             : "is no secret; it belongs into properties.";
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
    violations.push_back({field_of(name, definition.secret), "required", "is required: " + definition.help});
  }
  if (violations.size() == before) check_form(raw, options, violations);
}

// Where the form writes a file that Trino needs to be safe, properties that no form could have yielded would
// go without it.
void ConnectorDefinition::require_form(std::vector<FieldViolation>& violations) const {
  const bool needed =
      std::any_of(properties_.begin(), properties_.end(), [](const PropertyDefinition& property) {
        return property.kind == PropertyKind::secret_file && !property.templates.empty();
      });
  if (needed)
    violations.push_back(
        {"properties", "not_applicable", "do not fit together in a way that the form knows; use its fields"});
}

// What only choices of the form set must be there because of the choice that it stands for.
void ConnectorDefinition::check_leftovers(const RawValues& raw, const FieldValues& values,
                                          std::vector<FieldViolation>& violations) const {
  std::vector<FieldViolation> unwritable;
  const auto written = form().write(form().effective(values), unwritable);
  for (const auto& [name, value] : raw.properties) {
    if (find(name) != nullptr || constants_.contains(name)) continue;
    const auto own = written.properties.find(name);
    if (own == written.properties.end() || own->second != value)
      violations.push_back(
          {field_of(name, false), "not_applicable", "does not go with the other properties"});
  }
}

// What the form would say of the same catalog, in the names of the properties.
void ConnectorDefinition::check_form(const RawValues& raw, const Properties& options,
                                     std::vector<FieldViolation>& violations) const {
  const auto values = form().read(raw, options);
  if (!values) return require_form(violations);
  check_leftovers(raw, *values, violations);
  const auto name_of = [&](const FieldDefinition& field) {
    if (field.is_option) return "fields." + field.key;
    std::string property = field.to ? field.to->property : "";
    for (const auto& own : properties_) {
      for (const auto& one : own.templates) {
        const auto fields = one.text.fields();
        if (std::find(fields.begin(), fields.end(), field.key) != fields.end()) property = own.name;
      }
    }
    const auto* own = find(property);
    return property.empty() ? "fields." + field.key : field_of(property, own != nullptr && own->secret);
  };
  form().check(*values, name_of, violations);
}

// Where some fields are wrong already: what else is wrong with the others, as far as one can tell.
void ConnectorDefinition::check_rest(FieldValues given, std::vector<FieldViolation>& violations) const {
  const auto told = violations;
  const auto is_told = [&](const std::string& field) {
    return std::any_of(told.begin(), told.end(),
                       [&](const auto& violation) { return violation.field == field; });
  };
  for (const auto& field : fields_) {
    if (!is_told("fields." + field.key)) continue;
    given.texts.erase(field.key);
    given.secrets.erase(field.key);
    given.maps.erase(field.key);
  }
  std::vector<FieldViolation> more;
  form().write(form().effective(given), more);
  for (auto& violation : more) {
    if (!is_told(violation.field)) violations.push_back(std::move(violation));
  }
}

// A property may be narrower than the field that fills it.
void ConnectorDefinition::check_written(const RawValues& written,
                                        std::vector<FieldViolation>& violations) const {
  for (const auto& field : fields_) {
    if (!field.to || field.to->part != Address::Part::whole) continue;
    const auto& name = field.to->property;
    if (find(name)->url) continue;  // checked when it was written
    const auto text = written.properties.find(name);
    const auto secret = written.secrets.find(name);
    const auto place = "fields." + field.key;
    if (text != written.properties.end()) check_given(*find(name), text->second, place, violations);
    if (secret != written.secrets.end()) check_given(*find(name), secret->second.reveal(), place, violations);
  }
}

RawValues ConnectorDefinition::from_form(const FieldValues& given, RawValues raw,
                                         std::vector<FieldViolation>& violations) const {
  const auto before = violations.size();
  form().check(given, [](const FieldDefinition& field) { return "fields." + field.key; }, violations);
  if (violations.size() > before) {
    check_rest(given, violations);
    return raw;
  }
  auto written = form().write(form().effective(given), violations);
  check_written(written, violations);
  const auto refuse_both = [&](const std::string& name, bool secret) {
    violations.push_back(
        {field_of(name, secret), "misplaced", "is filled by the fields of the form; leave it out"});
  };
  for (auto& [name, value] : written.properties) {
    if (!raw.properties.try_emplace(name, std::move(value)).second) refuse_both(name, false);
  }
  for (auto& [name, value] : written.secrets) {
    if (!raw.secrets.try_emplace(name, std::move(value)).second) refuse_both(name, true);
  }
  return raw;
}

RawValues ConnectorDefinition::complete(const RawValues& given, Purpose purpose) const {
  RawValues out = given;
  if (purpose == Purpose::dry_run)
    out.properties.insert(dry_run_.begin(), dry_run_.end());  // keeps what is there
  if (const auto values = form().read(given, {})) {
    std::vector<FieldViolation> unwritable;  // then only the defaults of the properties are added
    auto written = form().write(form().effective(*values), unwritable);
    if (unwritable.empty()) {
      out.properties.merge(written.properties);
      out.secrets.merge(written.secrets);
    }
  }
  out.properties.insert(constants_.begin(), constants_.end());
  for (const auto& property : properties_) {
    if (property.default_value) out.properties.try_emplace(property.name, *property.default_value);
  }
  if (purpose == Purpose::dry_run) append_dry_run(out);
  // Last: a dry run may want its own value of one that is no limit.
  append_parameters(constant_parameters_, out);
  return out;
}

// Parameters that are not in the URL yet.
void ConnectorDefinition::append_parameters(const Parameters& parameters, RawValues& raw) const {
  for (const auto& [name, more] : parameters) {
    const auto& syntax = find(name)->url->syntax;
    const auto extended = [&, &wanted = more](std::string_view text) {
      auto url = Url::parse(text, syntax);
      const auto before = url ? url->parameters.size() : 0;
      for (const auto& parameter : wanted) {
        if (url && url->find(parameter.name) == nullptr) url->parameters.push_back(parameter);
      }
      const bool changed = url && url->parameters.size() > before;
      return changed ? url->text(syntax) : std::string(text);
    };
    if (const auto text = raw.properties.find(name); text != raw.properties.end())
      text->second = extended(text->second);
    if (const auto secret = raw.secrets.find(name); secret != raw.secrets.end())
      secret->second = Secret(extended(secret->second.reveal()));
  }
}

// The shorter timeouts that go into a value: parameters of a URL, lines of a file.
void ConnectorDefinition::append_dry_run(RawValues& raw) const {
  append_parameters(dry_run_parameters_, raw);
  for (const auto& [name, lines] : dry_run_appendix_) {
    const auto secret = raw.secrets.find(name);
    if (secret != raw.secrets.end()) secret->second = Secret(std::string(secret->second.reveal()) + lines);
  }
}

std::optional<FieldValues> ConnectorDefinition::form_values(const RawValues& raw,
                                                            const Properties& options) const {
  const auto values = form().read(raw, options);
  if (!values) return std::nullopt;
  return form().effective(*values);
}

bool ConnectorDefinition::hides_fields() const {
  return std::any_of(properties_.begin(), properties_.end(), [](const PropertyDefinition& property) {
    return property.secret && (property.url || !property.templates.empty());
  });
}

const std::string& ConnectorDefinition::trino_connector(const RawValues& raw) const {
  const auto values = form_values(raw, {});
  if (!values) return trino_connector_;
  for (const auto& field : fields_) {
    for (const auto& choice : field.choices) {
      if (!choice.trino_connector.empty() && values->text(field.key) == choice.value)
        return choice.trino_connector;
    }
  }
  return trino_connector_;
}

std::vector<std::string> ConnectorDefinition::trino_connectors() const {
  std::vector<std::string> all{trino_connector_};
  for (const auto& field : fields_) {
    for (const auto& choice : field.choices) {
      if (!choice.trino_connector.empty()) all.push_back(choice.trino_connector);
    }
  }
  return all;
}

}  // namespace akko
