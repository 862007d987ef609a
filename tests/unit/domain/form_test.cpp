// Forms of the product's own connectors: what is written reads back, whatever the fields hold.
#include "domain/form.hpp"

#include <map>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "connectors.hpp"

namespace akko {
namespace {

namespace json = boost::json;
using testing::ElementsAre;

std::string scalar_text(const json::value& value) {
  if (value.is_bool()) return value.get_bool() ? "true" : "false";
  if (value.is_int64()) return std::to_string(value.get_int64());
  return std::string(value.get_string());
}

// Values by field: those of the golden forms.
using Samples = std::map<std::string, std::vector<std::string>>;
Samples golden_samples(const std::string& connector) {
  Samples samples;
  for (const auto& entry : std::filesystem::directory_iterator(test::source("tests/golden/" + connector))) {
    if (entry.path().extension() != ".json") continue;
    const auto document = json::parse(test::read_file(entry.path())).as_object();
    const auto* form = document.if_contains("form");
    if (form == nullptr) continue;
    for (const auto& member : form->at("fields").as_object()) {
      if (!member.value().is_object())
        samples[std::string(member.key())].push_back(scalar_text(member.value()));
    }
  }
  return samples;
}

class Filler {
 public:
  explicit Filler(const ConnectorDefinition& definition)
      : definition_(definition), samples_(golden_samples(definition.id())) {}

  FieldValues next() {
    FieldValues given;
    for (const auto& field : definition_.fields()) {
      if (!definition_.form().effective(given).holds(field.show_when)) continue;
      if (field.kind == FieldKind::map) continue;
      if (!field.required && one_in(3)) continue;
      const auto value = value_for(field);
      if (!value) continue;
      if (field.is_secret()) {
        given.secrets[field.key] = Secret(*value);
      } else {
        given.texts[field.key] = *value;
      }
    }
    return given;
  }

 private:
  bool one_in(unsigned n) { return random_() % n == 0; }

  template <typename List>
  const auto& any_of(const List& list) {
    return list[random_() % list.size()];
  }

  std::optional<std::string> value_for(const FieldDefinition& field) {
    switch (field.kind) {
      case FieldKind::boolean:
        return one_in(2) ? "true" : "false";
      case FieldKind::enumeration:
        return any_of(field.choices).value;
      case FieldKind::integer: {
        const auto least = field.minimum.value_or(0);
        const auto span = static_cast<std::uint64_t>(field.maximum.value_or(least + 1000) - least) + 1;
        return std::to_string(least + static_cast<std::int64_t>(random_() % span));
      }
      case FieldKind::duration:
        return std::to_string(random_() % 100) + (one_in(2) ? "s" : "ms");
      default:
        break;
    }
    std::vector<std::string> known = samples_[field.key];
    if (!field.example.empty()) known.push_back(field.example);
    if (field.default_value) known.push_back(*field.default_value);
    if (!known.empty() && one_in(2)) return any_of(known);
    const auto wild = wild_text();
    if (!Form::check_value(field, wild)) return wild;
    if (known.empty()) return std::nullopt;
    return any_of(known);
  }

  std::string wild_text() {
    static const std::vector<std::string> pieces = {"a", "B", "7", " ", ".", "-", "_",  "/", "\\", "\"",
                                                    "'", "=", ":", ";", "#", "%", "&",  "?", "+",  "@",
                                                    ",", "{", "}", "$", "~", "é", "😀", "\n"};
    std::string out(1, static_cast<char>('a' + random_() % 26));
    for (auto left = random_() % 10; left > 0; --left) out += any_of(pieces);
    return out;
  }

  const ConnectorDefinition& definition_;
  Samples samples_;
  std::mt19937 random_{42};
};

Properties revealed(const SecretValues& secrets) {
  Properties out;
  for (const auto& [name, secret] : secrets) out.emplace(name, secret.reveal());
  return out;
}

// Without hosts and ports that get their default when they are written.
Properties told(const ConnectorDefinition& definition, const FieldValues& values, const FieldValues& given) {
  auto out = revealed(values.secrets);
  out.insert(values.texts.begin(), values.texts.end());
  for (const auto& field : definition.fields()) {
    if (!field.to) continue;
    if (field.to->part == Address::Part::host &&
        out.contains(field.key)) {  // IPv6 may stand in brackets or not
      auto& host = out[field.key];
      if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    }
    const bool may_grow = field.to->part == Address::Part::hosts ||
                          (field.to->part == Address::Part::port && !given.find(field.key));
    if (may_grow) out.erase(field.key);
  }
  return out;
}

Properties options_of(const ConnectorDefinition& definition, const FieldValues& values) {
  Properties options;
  for (const auto& field : definition.fields()) {
    if (field.is_option && values.texts.contains(field.key)) options[field.key] = values.texts.at(field.key);
  }
  return options;
}

class EveryForm : public testing::TestWithParam<std::string> {};

TEST_P(EveryForm, ReadsBackWhatItHasWritten) {
  const auto& definition = test::connector(GetParam());
  Filler filler(definition);
  int accepted = 0;
  std::map<std::string, int> refusals;
  for (int i = 0; i < 600; ++i) {
    const auto given = filler.next();
    std::vector<FieldViolation> violations;
    const auto raw = definition.from_form(given, {}, violations);
    for (const auto& violation : violations) ++refusals[violation.field + " " + violation.code];
    if (!violations.empty()) continue;
    ++accepted;
    const auto options = options_of(definition, given);
    definition.validate(raw, options, violations);
    ASSERT_TRUE(violations.empty()) << violations.front().field << ": " << violations.front().message;
    const auto back = definition.form_values(raw, options);
    ASSERT_TRUE(back);
    ASSERT_EQ(told(definition, *back, given), told(definition, definition.form().effective(given), given));
    const auto again = definition.from_form(*back, {}, violations);
    ASSERT_TRUE(violations.empty());
    ASSERT_EQ(again.properties, raw.properties);
    ASSERT_EQ(revealed(again.secrets), revealed(raw.secrets));
    // What Trino gets holds all of it, and to add the defaults once more changes nothing.
    const auto complete = definition.complete(raw, ConnectorDefinition::Purpose::registration);
    for (const auto& [name, value] : raw.properties) ASSERT_TRUE(complete.properties.contains(name)) << name;
    ASSERT_EQ(definition.complete(complete, ConnectorDefinition::Purpose::registration).properties,
              complete.properties);
  }
  std::string told_refusals;
  for (const auto& [refusal, count] : refusals)
    told_refusals += refusal + " x" + std::to_string(count) + "\n";
  EXPECT_GE(accepted, 60) << told_refusals;
}

std::vector<std::string> ids() {
  std::vector<std::string> out;
  for (const auto& definition : test::connectors().all()) out.push_back(definition->id());
  return out;
}

INSTANTIATE_TEST_SUITE_P(Connectors, EveryForm, testing::ValuesIn(ids()),
                         [](const auto& param) { return param.param; });

TEST(EveryFormOfTheProduct, IsTried) { EXPECT_EQ(ids().size(), 15U); }

// ---- the rules, on a small form

std::vector<FieldDefinition> small_fields() {
  FieldDefinition mode;
  mode.key = "mode";
  mode.label = "Mode";
  mode.kind = FieldKind::enumeration;
  mode.default_value = "plain";
  mode.choices = {{"plain", "", "", {}, ""}, {"keyed", "", "", {{{"x.mode"}, "KEY"}}, ""}};
  FieldDefinition key;
  key.key = "key";
  key.help = "The key.";
  key.kind = FieldKind::secret;
  key.required = true;
  key.min_length = 3;
  key.show_when = {{"mode", {"keyed"}}};
  key.to = Address{"x.key"};
  FieldDefinition notes;
  notes.key = "notes";
  notes.kind = FieldKind::textarea;
  notes.max_length = 20;
  notes.to = Address{"x.notes"};
  return {mode, key, notes};
}

class SmallForm : public testing::Test {
 protected:
  SmallForm() : fields_(small_fields()), properties_(2) {
    properties_[0].name = "x.key";
    properties_[0].kind = PropertyKind::secret;
    properties_[0].secret = true;
    properties_[1].name = "x.notes";
  }

  std::vector<std::string> wrong(const FieldValues& given) const {
    std::vector<FieldViolation> violations;
    form().check(given, [](const FieldDefinition& field) { return field.key; }, violations);
    std::vector<std::string> lines;
    for (const auto& violation : violations) lines.push_back(violation.field + " " + violation.code);
    return lines;
  }
  Form form() const { return {fields_, properties_}; }

  std::vector<FieldDefinition> fields_;
  std::vector<PropertyDefinition> properties_;
};

TEST_F(SmallForm, ShowsWhatTheConditionsSay) {
  FieldValues given;
  EXPECT_THAT(wrong(given), ElementsAre());
  given.texts["mode"] = "keyed";
  EXPECT_THAT(wrong(given), ElementsAre("key required"));
  given.secrets["key"] = Secret("ab");
  EXPECT_THAT(wrong(given), ElementsAre("key too_short"));
  given.secrets["key"] = Secret("a\nb");
  EXPECT_THAT(wrong(given), ElementsAre("key control_character"));
  given.secrets["key"] = Secret("abc");
  EXPECT_THAT(wrong(given), ElementsAre());
  given.texts["mode"] = "plain";
  EXPECT_THAT(wrong(given), ElementsAre("key not_applicable"));
  given.texts["mode"] = "other";
  EXPECT_THAT(wrong(given), ElementsAre("mode choice", "key not_applicable"));
}

TEST_F(SmallForm, ATextAreaHasLines) {
  FieldValues given;
  given.texts["notes"] = "a\tb\r\nc";
  EXPECT_THAT(wrong(given), ElementsAre());
  given.texts["notes"] = std::string("a\0b", 3);
  EXPECT_THAT(wrong(given), ElementsAre("notes control_character"));
  given.texts["notes"] = "${ENV:X}";
  EXPECT_THAT(wrong(given), ElementsAre("notes reference"));
  given.texts["notes"] = std::string(21, 'x');
  EXPECT_THAT(wrong(given), ElementsAre("notes too_long"));
}

TEST_F(SmallForm, WritesNothingThatIsNotShown) {
  FieldValues given;
  given.secrets["key"] = Secret("abc");
  const auto effective = form().effective(given);
  EXPECT_TRUE(effective.secrets.empty());
  EXPECT_EQ(effective.text("mode"), "plain");
  std::vector<FieldViolation> violations;
  const auto written = form().write(effective, violations);
  EXPECT_TRUE(written.properties.empty() && written.secrets.empty());
}

TEST_F(SmallForm, ReadsAChoiceByWhatItSets) {
  RawValues raw{{{"x.mode", "KEY"}, {"x.notes", "n"}}, {}};
  raw.secrets["x.key"] = Secret("abc");
  const auto values = form().read(raw, {});
  ASSERT_TRUE(values);
  EXPECT_EQ(values->text("mode"), "keyed");
  EXPECT_EQ(values->secrets.at("key").reveal(), "abc");
}

TEST_F(SmallForm, AJsonFileHoldsItsMembersOnly) {
  FieldDefinition file;
  file.kind = FieldKind::file;
  file.json = JsonRules{{{"type", {"service_account"}, false}, {"id", {}, true}}, {"comment"}};
  const auto fits = [&](const std::string& text) { return !Form::check_value(file, text); };
  EXPECT_TRUE(fits(R"({"type": "service_account"})"));
  EXPECT_TRUE(fits(R"({"type": "service_account", "id": "x", "comment": "y"})"));
  for (const auto* bad : {R"({"type": "external_account"})", R"({"id": "x"})", "[]", "{", R"({"type": 1})",
                          R"({"type": "service_account", "executable": "x"})",
                          R"({"type": "service_account", "type": "external_account"})"})
    EXPECT_FALSE(fits(bad)) << bad;
}

}  // namespace
}  // namespace akko
