// tests/golden/<connector>/*.json: a request in; the property sets for Trino, or the violations, out.
#include <algorithm>
#include <filesystem>
#include <ostream>
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
std::vector<std::string> lines_of(const std::vector<FieldViolation>& violations) {
  std::vector<std::string> out;
  for (const auto& violation : violations) out.push_back(violation.field + ": " + violation.code);
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

class Golden : public testing::TestWithParam<Case> {};

TEST_P(Golden, RequestYieldsWhatIsExpected) {
  const auto document = json::parse(read_file(GetParam().file));
  const auto& request = document.at("request");
  const auto& expected = document.at("expect").as_object();
  const auto& definition = test::connector(GetParam().connector);
  const auto properties = properties_of(request.at("properties"));
  const auto credentials = secrets_of(request.at("credentials"));

  std::vector<FieldViolation> violations;
  definition.validate(properties, credentials, violations);

  if (const auto* wrong = expected.if_contains("violations")) {
    EXPECT_EQ(lines_of(violations), lines_of(*wrong));
    expect_no_value_is_shown(violations, properties);
    expect_no_value_is_shown(violations, properties_of(request.at("credentials")));
  } else {
    EXPECT_EQ(lines_of(violations), std::vector<std::string>{});
    EXPECT_EQ(definition.trino_properties(properties, ConnectorDefinition::Purpose::registration),
              properties_of(expected.at("registration")));
    EXPECT_EQ(definition.trino_properties(properties, ConnectorDefinition::Purpose::dry_run),
              properties_of(expected.at("dry_run")));
  }
}

INSTANTIATE_TEST_SUITE_P(Connectors, Golden, testing::ValuesIn(golden_cases()), [](const auto& param) {
  auto name = param.param.connector + "_" + param.param.file.stem().string();
  std::replace_if(name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
});

}  // namespace
}  // namespace akko
