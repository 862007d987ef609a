// tests/golden/<connector>/*.json: a request in; the property sets for Trino, or the violations, out.
#include <algorithm>
#include <filesystem>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "connectors.hpp"

namespace akko {
namespace {

namespace json = boost::json;
using test::read_file;
using test::source;

struct Case {
  std::string connector;
  std::filesystem::path file;

  friend void PrintTo(const Case& one, std::ostream* out) { *out << one.file; }
};

std::vector<Case> golden_cases() {
  std::vector<Case> cases;
  for (const auto& definition : test::connectors().all()) {
    const auto directory = source("tests/golden/" + definition->id());
    if (!std::filesystem::exists(directory))
      throw std::runtime_error("no golden cases: " + directory.string());
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      if (entry.path().extension() == ".json") cases.push_back({definition->id(), entry.path()});
    }
  }
  std::sort(cases.begin(), cases.end(), [](const Case& a, const Case& b) { return a.file < b.file; });
  return cases;
}

std::string text_of(const json::string& text) { return {text.data(), text.size()}; }

Properties properties_of(const json::value& object) {
  Properties out;
  for (const auto& member : object.as_object())
    out[std::string(member.key())] = text_of(member.value().as_string());
  return out;
}

SecretValues secrets_of(const json::value& object) {
  SecretValues out;
  for (const auto& [name, value] : properties_of(object)) out.emplace(name, Secret(value));
  return out;
}

// Sorted lines "field: code", which a failing test shows well.
// A violation within a map counts for the map.
std::vector<std::string> lines_of(const std::vector<FieldViolation>& violations) {
  std::vector<std::string> out;
  for (const auto& violation : violations) {
    const bool of_form = violation.field.starts_with("fields.");
    const auto end = of_form ? violation.field.find('.', 7) : std::string::npos;
    out.push_back(violation.field.substr(0, end) + ": " + violation.code);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> lines_of(const json::value& violations) {
  std::vector<FieldViolation> out;
  for (const auto& violation : violations.as_array()) {
    out.push_back(
        {text_of(violation.at("field").as_string()), text_of(violation.at("code").as_string()), ""});
  }
  return lines_of(out);
}

// No value of a request may be repeated to the reader: what is in the wrong field may be a password.
void expect_no_value_is_shown(const std::vector<FieldViolation>& violations, const Properties& values) {
  for (const auto& violation : violations) {
    for (const auto& [name, value] : values) {
      if (value.size() < 8) continue;  // too short to tell from an ordinary word
      EXPECT_EQ(violation.message.find(value), std::string::npos)
          << violation.field << ": " << violation.message;
    }
  }
}

RawValues raw_of(const json::object& object) {
  RawValues raw;
  if (const auto* properties = object.if_contains("properties")) raw.properties = properties_of(*properties);
  if (const auto* credentials = object.if_contains("credentials")) raw.secrets = secrets_of(*credentials);
  return raw;
}

std::string scalar_text(const json::value& value) {
  if (value.is_bool()) return value.get_bool() ? "true" : "false";
  if (value.is_int64()) return std::to_string(value.get_int64());
  return text_of(value.as_string());
}

// Unknown fields count as texts, as they do in a request.
FieldValues fields_of(const json::value& object, const ConnectorDefinition& definition) {
  FieldValues values;
  for (const auto& member : object.as_object()) {
    const std::string key(member.key());
    const auto* field = definition.form().find(key);
    if (member.value().is_object()) {
      values.maps[key] = properties_of(member.value());
    } else if (field != nullptr && field->is_secret()) {
      values.secrets[key] = Secret(scalar_text(member.value()));
    } else {
      values.texts[key] = scalar_text(member.value());
    }
  }
  return values;
}

Properties revealed(const SecretValues& secrets) {
  Properties out;
  for (const auto& [name, secret] : secrets) out.emplace(name, secret.reveal());
  return out;
}

// "key=value" lines, secrets included: what a failing test shows well.
Properties flat(const FieldValues& values) {
  auto out = revealed(values.secrets);
  out.insert(values.texts.begin(), values.texts.end());
  for (const auto& [key, entries] : values.maps) {
    for (const auto& [name, value] : entries) out[key + "." + name] = value;
  }
  return out;
}

Properties options_of(const FieldValues& values, const ConnectorDefinition& definition) {
  Properties options;
  for (const auto& field : definition.fields()) {
    if (field.is_option && values.texts.contains(field.key)) options[field.key] = values.texts.at(field.key);
  }
  return options;
}

class Golden : public testing::TestWithParam<Case> {
 protected:
  using Purpose = ConnectorDefinition::Purpose;

  const json::object document = json::parse(read_file(GetParam().file)).as_object();
  const json::object& expected = document.at("expect").as_object();
  const ConnectorDefinition& definition = test::connector(GetParam().connector);

  // `given`: the secrets of a raw request, which stay as they are unless the case says otherwise.
  void expect_result(const RawValues& raw, const json::value* given) {
    const auto registration = definition.complete(raw, Purpose::registration);
    const auto dry_run = definition.complete(raw, Purpose::dry_run);
    EXPECT_EQ(registration.properties, properties_of(expected.at("registration")));
    EXPECT_EQ(dry_run.properties, properties_of(expected.at("dry_run")));
    const auto* secrets = expected.if_contains("secrets");
    if (secrets == nullptr) secrets = given;
    if (secrets == nullptr) return;
    EXPECT_EQ(revealed(registration.secrets), properties_of(*secrets));
    const auto* dry_run_secrets = expected.if_contains("dry_run_secrets");
    EXPECT_EQ(revealed(dry_run.secrets),
              properties_of(dry_run_secrets != nullptr ? *dry_run_secrets : *secrets));
  }

  void check_raw(const json::object& request, const json::object* form) {
    const auto raw = raw_of(request);
    const auto fields = form != nullptr ? fields_of(form->at("fields"), definition) : FieldValues{};
    const auto options = options_of(fields, definition);
    std::vector<FieldViolation> violations;
    definition.validate(raw, options, violations);
    if (const auto* wrong = expected.if_contains("violations")) {
      EXPECT_EQ(lines_of(violations), lines_of(*wrong));
      expect_no_value_is_shown(violations, raw.properties);
      expect_no_value_is_shown(violations, revealed(raw.secrets));
      return;
    }
    EXPECT_EQ(lines_of(violations), std::vector<std::string>{});
    expect_result(raw, request.if_contains("credentials"));
    if (form == nullptr) return;
    const auto back = definition.form_values(raw, options);
    ASSERT_TRUE(back);
    EXPECT_EQ(flat(*back), flat(definition.form().effective(fields)));
  }

  void check_form(const json::object& form, const json::value* given) {
    const auto fields = fields_of(form.at("fields"), definition);
    RawValues raw = raw_of(form);
    std::vector<FieldViolation> violations;
    for (const auto& [key, value] : flat(fields)) {
      if (fields.maps.empty() && definition.form().find(key) == nullptr)
        violations.push_back({"fields." + key, "unknown", ""});  // what a request is judged for first
    }
    raw = definition.from_form(fields, std::move(raw), violations);
    const auto options = options_of(fields, definition);
    if (violations.empty()) definition.validate(raw, options, violations);
    if (const auto* wrong = expected.if_contains("violations")) {
      EXPECT_EQ(lines_of(violations), lines_of(*wrong));
      expect_no_value_is_shown(violations, flat(fields));
      return;
    }
    EXPECT_EQ(lines_of(violations), std::vector<std::string>{});
    expect_result(raw, given);
    // And back: what was written reads as a form that writes the same (a host may have got its port).
    const auto back = definition.form_values(raw, options);
    ASSERT_TRUE(back);
    const auto again = definition.from_form(*back, raw_of(form), violations);
    EXPECT_EQ(again.properties, raw.properties);
    EXPECT_EQ(revealed(again.secrets), revealed(raw.secrets));
  }
};

TEST_P(Golden, RequestAndFormYieldWhatIsExpected) {
  const auto* request = document.if_contains("request");
  const auto* form = document.if_contains("form");
  ASSERT_TRUE(request != nullptr || form != nullptr);
  const auto* given = request != nullptr ? request->as_object().if_contains("credentials") : nullptr;
  if (request != nullptr) {
    SCOPED_TRACE("request");
    check_raw(request->as_object(), form != nullptr ? &form->as_object() : nullptr);
  }
  if (form != nullptr) {
    SCOPED_TRACE("form");
    check_form(form->as_object(), given);
  }
}

INSTANTIATE_TEST_SUITE_P(Connectors, Golden, testing::ValuesIn(golden_cases()), [](const auto& param) {
  auto name = param.param.connector + "_" + param.param.file.stem().string();
  std::replace_if(name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
});

}  // namespace
}  // namespace akko
