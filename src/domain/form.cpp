#include "domain/form.hpp"

#include <algorithm>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/strict_json.hpp"
#include "domain/validation.hpp"

namespace akko {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxMapEntries = 64;
constexpr std::size_t kMaxMapValue = 1024;

ValueCheck check_json_member(const std::string& name, const json::value& value, const JsonRules& rules) {
  const auto known = std::find_if(rules.members.begin(), rules.members.end(),
                                  [&](const auto& member) { return member.name == name; });
  const bool other = std::find(rules.others.begin(), rules.others.end(), name) != rules.others.end();
  if (known == rules.members.end() && !other)
    return ValueProblem{"pattern", "must not hold the member " + shown(name)};
  if (!value.is_string()) return ValueProblem{"pattern", "must hold a text as " + shown(name)};
  if (other || known->values.empty()) return std::nullopt;
  const auto& text = value.get_string();
  if (!check_choice({text.data(), text.size()}, known->values)) return std::nullopt;
  return ValueProblem{"pattern", "must hold " + enumerated(known->values) + " as " + name};
}

ValueCheck check_json(std::string_view text, const JsonRules& rules) {
  const auto document = parse_strict_json(text);
  if (!document || !document->is_object())
    return ValueProblem{"pattern", "must be a JSON object, no member twice"};
  const auto& object = document->get_object();
  for (const auto& member : object) {
    const std::string name(member.key().data(), member.key().size());
    if (auto problem = check_json_member(name, member.value(), rules)) return problem;
  }
  for (const auto& member : rules.members) {
    if (!member.optional && !object.contains(member.name))
      return ValueProblem{"pattern", "must hold the member " + member.name};
  }
  return std::nullopt;
}

std::vector<std::string> values_of(const std::vector<FieldChoice>& choices) {
  std::vector<std::string> values;
  for (const auto& choice : choices) values.push_back(choice.value);
  return values;
}

ValueCheck check_kind(const FieldDefinition& field, std::string_view value) {
  switch (field.kind) {
    case FieldKind::integer:
      return check_integer(value, field.minimum, field.maximum);
    case FieldKind::boolean:
      return check_boolean(value);
    case FieldKind::duration:
      return check_duration(value);
    case FieldKind::enumeration:
      return check_choice(value, values_of(field.choices));
    case FieldKind::text:
    case FieldKind::textarea:
    case FieldKind::secret:
    case FieldKind::secret_area:
    case FieldKind::file:
    case FieldKind::map:
      break;
  }
  if (field.pattern && !field.pattern->matches_whole(value))
    return ValueProblem{"pattern", field.pattern_help};
  return std::nullopt;
}

void check_map(const std::map<std::string, std::string>& entries, const std::string& name,
               std::vector<FieldViolation>& violations) {
  if (entries.size() > kMaxMapEntries) {
    violations.push_back(
        {name, "too_many", "must hold at most " + std::to_string(kMaxMapEntries) + " members"});
    return;
  }
  for (const auto& [key, value] : entries) {
    auto problem = check_characters(key);
    if (!problem) problem = check_length(value, kMaxMapValue);
    if (!problem) problem = check_characters(value);
    if (problem) violations.push_back({name + "." + shown(key), problem->code, problem->message});
  }
}

std::string condition_text(const Conditions& conditions, const Form& form) {
  std::string out;
  for (const auto& [key, values] : conditions) {
    const auto* field = form.find(key);
    out +=
        (out.empty() ? "" : " and ") + (field == nullptr ? key : field->label) + " is " + enumerated(values);
  }
  return out;
}

}  // namespace

bool FieldDefinition::has_sets() const {
  return std::any_of(choices.begin(), choices.end(),
                     [](const FieldChoice& choice) { return !choice.sets.empty(); });
}

std::optional<std::string_view> FieldValues::find(std::string_view key) const {
  if (const auto text = texts.find(std::string(key)); text != texts.end()) return text->second;
  if (const auto secret = secrets.find(std::string(key)); secret != secrets.end())
    return secret->second.reveal();
  return std::nullopt;
}

std::string FieldValues::text(std::string_view key) const {
  const auto found = texts.find(std::string(key));
  return found == texts.end() ? "" : found->second;
}

bool FieldValues::holds(const Conditions& conditions) const {
  return std::all_of(conditions.begin(), conditions.end(), [&](const auto& condition) {
    const auto value = find(condition.first);
    return value &&
           std::find(condition.second.begin(), condition.second.end(), *value) != condition.second.end();
  });
}

const FieldDefinition* Form::find(std::string_view key) const {
  const auto found = std::find_if(fields_.begin(), fields_.end(),
                                  [&](const FieldDefinition& field) { return field.key == key; });
  return found == fields_.end() ? nullptr : &*found;
}

const PropertyDefinition* Form::find_property(std::string_view name) const {
  const auto found = std::find_if(properties_.begin(), properties_.end(),
                                  [&](const PropertyDefinition& own) { return own.name == name; });
  return found == properties_.end() ? nullptr : &*found;
}

ValueCheck Form::check_value(const FieldDefinition& field, std::string_view value) {
  auto problem = check_length(value, field.max_length);  // first: the other checks read every byte
  if (!problem && value.size() < field.min_length)
    problem =
        ValueProblem{"too_short", "must be at least " + std::to_string(field.min_length) + " bytes long"};
  if (!problem) problem = field.has_lines() ? check_lines(value) : check_characters(value);
  if (!problem) problem = check_kind(field, value);
  if (!problem && field.json) problem = check_json(value, *field.json);
  return problem;
}

FieldValues Form::effective(const FieldValues& given) const {
  FieldValues out;
  for (const auto& field : fields_) {
    if (!out.holds(field.show_when)) continue;
    const auto& key = field.key;
    if (const auto text = given.texts.find(key); text != given.texts.end()) {
      out.texts[key] = text->second;
    } else if (const auto secret = given.secrets.find(key); secret != given.secrets.end()) {
      out.secrets[key] = secret->second;
    } else if (const auto map = given.maps.find(key); map != given.maps.end()) {
      out.maps[key] = map->second;
    } else if (field.default_value) {
      out.texts[key] = *field.default_value;
    }
  }
  return out;
}

void Form::check(const FieldValues& given, const NameOf& name_of,
                 std::vector<FieldViolation>& violations) const {
  const auto shown_values = effective(given);
  for (const auto& field : fields_) {
    const auto value = given.find(field.key);
    const auto map = given.maps.find(field.key);
    const bool present = value || map != given.maps.end();
    const bool visible = shown_values.holds(field.show_when);
    if (present && !visible) {
      violations.push_back(
          {name_of(field), "not_applicable", "applies only when " + condition_text(field.show_when, *this)});
    } else if (value) {
      if (const auto problem = check_value(field, *value))
        violations.push_back({name_of(field), problem->code, problem->message});
    } else if (present) {
      check_map(map->second, name_of(field), violations);
    } else if (visible && field.required) {
      violations.push_back({name_of(field), "required", "is required: " + field.help});
    }
  }
}

}  // namespace akko
