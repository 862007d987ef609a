// The fields of a form and the probe, read from JSON.
#include <algorithm>
#include <array>

#include "domain/definition_parts.hpp"
#include "domain/definition_words.hpp"
#include "domain/validation.hpp"

namespace akko {
namespace {

constexpr std::array<std::string_view, 3> kProves = {"metastore", "service", "data path"};

// "connection-url", "connection-url#host", "connection-url?sslmode", "connection-url?*"
Address read_address(const JsonNode& node, std::string_view text) {
  const auto mark = text.find_first_of("#?");
  Address address{std::string(text.substr(0, mark))};
  if (mark == std::string_view::npos) return address;
  const auto rest = text.substr(mark + 1);
  if (rest.empty()) node.wrong("is not an address");
  if (text[mark] == '?') {
    address.part = rest == "*" ? Address::Part::other_parameters : Address::Part::parameter;
    if (rest != "*") address.parameter = rest;
    return address;
  }
  const auto* const found =
      std::find_if(kUrlParts.begin(), kUrlParts.end(), [&](const auto& word) { return word.second == rest; });
  if (found == kUrlParts.end()) {
    node.wrong("names an unknown part of a url");
  } else {
    address.part = found->first;
  }
  return address;
}

std::vector<FieldChoice> read_choices(const JsonNode& root) {
  std::vector<FieldChoice> out;
  for (const auto nodes = root.items("choices"); const auto& node : nodes) {
    node.only({"value", "label", "help", "sets", "trino_connector"});
    FieldChoice choice{node.text("value"),
                       node.text("label"),
                       node.optional_text("help"),
                       {},
                       node.optional_text("trino_connector")};
    check_identifier(node.optional_member("trino_connector"), choice.trino_connector);
    for (const auto sets = node.members("sets"); const auto& [address, value] : sets)
      choice.sets.emplace_back(read_address(value, address), value.as_scalar());
    out.push_back(std::move(choice));
  }
  const auto settles_nothing = [](const FieldChoice& choice) { return choice.sets.empty(); };
  const bool some_set = !std::all_of(out.begin(), out.end(), settles_nothing);
  if (some_set && std::count_if(out.begin(), out.end(), settles_nothing) > 1)
    root.member("choices").wrong("at most one may set nothing, or properties could not be read back");
  return out;
}

std::optional<JsonRules> read_json_rules(const JsonNode& node) {
  if (!node.present()) return std::nullopt;
  node.only({"members", "others"});
  JsonRules rules;
  for (const auto nodes = node.members("members"); const auto& [name, member] : nodes) {
    member.only({"values", "optional"});
    rules.members.push_back({name, member.texts("values"), member.flag("optional", false)});
  }
  rules.others = node.texts("others");
  return rules;
}

void check_kind(const JsonNode& node, const FieldDefinition& field) {
  const bool is_text = field.kind == FieldKind::text || field.kind == FieldKind::textarea ||
                       field.kind == FieldKind::secret || field.kind == FieldKind::secret_area ||
                       field.kind == FieldKind::file;
  if (field.choices.empty() == (field.kind == FieldKind::enumeration))
    node.wrong("choices go with kind enumeration");
  if ((field.minimum || field.maximum) && field.kind != FieldKind::integer)
    node.wrong("minimum and maximum go with kind integer");
  if (field.pattern && !is_text) node.wrong("pattern goes with kinds of text");
  if (field.pattern.has_value() == field.pattern_help.empty()) node.wrong("pattern needs pattern_help");
  if (field.default_value && (field.is_secret() || field.required || field.kind == FieldKind::map))
    node.wrong("a default goes with a field that is neither required nor a secret nor a map");
  if (field.json && field.kind != FieldKind::file) node.wrong("json goes with kind file");
  const bool rest = field.to && field.to->part == Address::Part::other_parameters;
  if (rest != (field.kind == FieldKind::map)) node.wrong("kind map goes to the parameters of a url, \"?*\"");
}

void read_limits(const JsonNode& node, FieldDefinition& field) {
  const auto least = node.number("min_length").value_or(0);
  const auto most = node.number("max_length").value_or(static_cast<std::int64_t>(field.max_length));
  if (least < 0 || most < 1 || least > most || most > kLongestValue)
    node.wrong("min_length and max_length must be 0 to 262144, the first one not greater");
  field.min_length = static_cast<std::size_t>(least);
  field.max_length = static_cast<std::size_t>(most);
  field.minimum = node.number("minimum");
  field.maximum = node.number("maximum");
}

FieldDefinition read_field(const JsonNode& node) {
  node.only({"key",     "label",     "help",         "kind",       "required",   "default", "example",
             "accept",  "pattern",   "pattern_help", "min_length", "max_length", "minimum", "maximum",
             "choices", "show_when", "retarget",     "advanced",   "to",         "json"});
  FieldDefinition field;
  field.key = node.text("key");
  check_identifier(node.optional_member("key"), field.key);
  field.label = node.text("label");
  field.help = node.text("help");
  field.kind = read_word(node.member("kind"), kFieldKinds);
  field.required = node.flag("required", false);
  field.advanced = node.flag("advanced", false);
  field.retarget = node.flag("retarget", false);
  if (const auto value = node.optional_member("default"); value.present())
    field.default_value = value.as_scalar();
  if (const auto value = node.optional_member("example"); value.present()) field.example = value.as_scalar();
  field.accept = node.optional_text("accept");
  field.pattern = read_pattern(node.optional_member("pattern"));
  field.pattern_help = node.optional_text("pattern_help");
  read_limits(node, field);
  field.choices = read_choices(node);
  field.show_when = read_conditions(node, "show_when");
  if (const auto to = node.optional_member("to"); to.present()) field.to = read_address(to, to.as_text());
  field.json = read_json_rules(node.optional_member("json"));
  check_kind(node, field);
  return field;
}

}  // namespace

std::vector<FieldDefinition> read_fields(const JsonNode& root) {
  std::vector<FieldDefinition> out;
  for (const auto nodes = root.items("fields"); const auto& node : nodes) out.push_back(read_field(node));
  return out;
}

Probe read_probe(const JsonNode& root) {
  const auto node = root.member("probe");
  node.only({"statements", "proves", "explanation"});
  Probe probe{{}, node.text("proves"), node.text("explanation")};
  const auto check_proves = [](const JsonNode& place, const std::string& text) {
    if (std::find(kProves.begin(), kProves.end(), text) == kProves.end())
      place.wrong("must be " + enumerated({kProves.begin(), kProves.end()}));
  };
  check_proves(node.optional_member("proves"), probe.proves);
  for (const auto nodes = node.items("statements"); const auto& one : nodes) {
    one.only({"step", "statement", "counts", "table", "default_schema", "proves", "explanation"});
    ProbeStatement statement{read_word(one.member("step"), kProbeSteps),
                             one.text("statement"),
                             one.optional_text("counts"),
                             one.optional_text("table"),
                             one.optional_text("default_schema"),
                             one.optional_text("proves"),
                             one.optional_text("explanation")};
    if (!statement.proves.empty()) check_proves(one.member("proves"), statement.proves);
    if (statement.text.find("{catalog}") == std::string::npos)
      one.member("statement").wrong("must hold {catalog}");
    if ((statement.text.find("{table}") == std::string::npos) != statement.table.empty())
      one.wrong("{table} in the statement and table go together");
    probe.statements.push_back(std::move(statement));
  }
  if (probe.statements.empty()) node.member("statements").wrong("is required");
  return probe;
}

}  // namespace akko
