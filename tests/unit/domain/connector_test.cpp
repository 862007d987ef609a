#include "domain/connector.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "connectors.hpp"

namespace akko {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

// A small definition that uses every part of the format once.
const std::string kWhole = R"j({
  "id": "thing", "trino_connector": "thing", "title": "Thing", "category": "nosql", "summary": "s",
  "documentation": "https://x.example/",
  "properties": [
    {"name": "thing.url", "label": "l", "help": "Where it is.", "kind": "jdbc_url", "required": true, "jdbc_url": {
      "subprotocol": "thing", "default_port": 7, "database": "optional", "parameters": ["wait"],
      "limited_parameters": [{"name": "factory", "values": ["A"], "reason": "r"}],
      "credential_parameters": {"user": "thing.user", "key": "thing.key"},
      "refused_parameters": [{"names": ["file"], "reason": "r"}]}},
    {"name": "thing.user", "label": "l", "help": "h", "kind": "text", "pattern": "[a-z]+", "pattern_help": "must be lower case"},
    {"name": "thing.key", "label": "l", "help": "h", "kind": "secret", "required": true},
    {"name": "thing.size", "label": "l", "help": "h", "kind": "integer", "minimum": 1, "maximum": 9, "default": 3},
    {"name": "thing.on", "label": "l", "help": "h", "kind": "boolean", "default": true, "advanced": true},
    {"name": "thing.mode", "label": "l", "help": "h", "kind": "enumeration", "choices": ["A", "B"]},
    {"name": "thing.wait", "label": "l", "help": "h", "kind": "duration"}],
  "refused": [{"names": ["thing.file"], "reason": "it reads a file"}],
  "endpoint": {"jdbc_url": "thing.url", "user": "thing.user"},
  "dry_run": {"properties": {"thing.wait": "2s"}, "url_parameters": {"wait": 5}},
  "warm_up": {"thing.url": "jdbc:thing://127.0.0.1:1/x"},
  "probe": {"statement": "SELECT 1 FROM {catalog}.a.b WHERE '{catalog}' <> ''", "proves": "service", "explanation": "e"},
  "diagnosis": [{"code": "auth_refused", "pattern": "bad key of (\\w+)", "message": "{title} refused {1}.", "fix": "f"}]
})j";

std::string with(const std::string& from, const std::string& to) {
  auto text = kWhole;
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

ConnectorDefinition thing() {
  auto parsed = ConnectorDefinition::parse(kWhole, "thing.json");
  EXPECT_TRUE(parsed) << parsed.error().message;
  return std::move(*parsed);
}

CatalogName name(const std::string& text) { return *CatalogName::parse(text); }

TEST(ConnectorDefinition, CompletesWhatTheAdminGave) {
  const auto definition = thing();
  const Properties given{{"thing.url", "jdbc:thing://h/x"}, {"thing.size", "4"}};
  EXPECT_THAT(definition.trino_properties(given, ConnectorDefinition::Purpose::registration),
              UnorderedElementsAre(Pair("thing.url", "jdbc:thing://h/x"), Pair("thing.size", "4"),
                                   Pair("thing.on", "true")));
  EXPECT_THAT(definition.trino_properties(given, ConnectorDefinition::Purpose::dry_run),
              UnorderedElementsAre(Pair("thing.url", "jdbc:thing://h/x?wait=5"), Pair("thing.size", "4"),
                                   Pair("thing.on", "true"), Pair("thing.wait", "2s")));
  EXPECT_THAT(definition.warm_up_properties(),
              testing::Contains(Pair("thing.url", "jdbc:thing://127.0.0.1:1/x?wait=5")));
}

TEST(ConnectorDefinition, QuotesTheNameInItsProbe) {
  EXPECT_EQ(thing().probe_statement(name("a-b")), "SELECT 1 FROM \"a-b\".a.b WHERE '\"a-b\"' <> ''");
}

TEST(ConnectorDefinition, KnowsWhatItPointsAt) {
  const auto endpoint =
      thing().endpoint({{"thing.url", "jdbc:thing://h.example,i:9/my%20db"}, {"thing.user", "alice"}});
  EXPECT_EQ(endpoint.host, "h.example");
  EXPECT_EQ(endpoint.port, "7");
  EXPECT_EQ(endpoint.database, "my db");
  EXPECT_EQ(endpoint.user, "alice");
  EXPECT_EQ(thing().endpoint({}).host, "");
  EXPECT_EQ(thing().endpoint({{"thing.url", "nonsense"}}).port, "");
}

TEST(ConnectorDefinition, SaysAllThatIsWrongAtOnce) {
  std::vector<FieldViolation> violations;
  thing().validate({{"thing.user", "Alice"},
                    {"thing.size", "10"},
                    {"thing.file", "/etc"},
                    {"thing.mdoe", "A"},
                    {"thing.key", "k"}},
                   {{"thing.mode", Secret("A")}}, violations);
  std::vector<std::string> lines;
  for (const auto& violation : violations)
    lines.push_back(violation.field + " " + violation.code + ": " + violation.message);
  EXPECT_THAT(
      lines,
      ElementsAre("properties.thing.file refused: is refused: it reads a file",
                  "properties.thing.key misplaced: is a secret; it belongs into credentials.thing.key",
                  "properties.thing.mdoe unknown: is not a property of Thing; did you mean thing.mode?",
                  "properties.thing.size range: must be between 1 and 9",
                  "properties.thing.user pattern: must be lower case",
                  "credentials.thing.mode misplaced: is no secret; it belongs into properties.thing.mode",
                  "properties.thing.url required: is required: Where it is."));
}

TEST(ConnectorDefinition, ChecksLengthBeforeAnythingElse) {
  std::vector<FieldViolation> violations;
  thing().validate({{"thing.url", "jdbc:thing://h"}, {"thing.user", std::string(5'000'000, '\xff')}},
                   {{"thing.key", Secret("k")}}, violations);
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].code, "too_long");
}

TEST(ConnectorDefinition, ShowsHostileNamesShortAndClean) {
  std::vector<FieldViolation> violations;
  thing().validate({{"thing.url", "jdbc:thing://h"},
                    {std::string(100'000, 'x'), "v"},
                    {"a\x1b[31m", "v"},
                    {"${ENV:X}", "v"}},
                   {{"thing.key", Secret("k")}}, violations);
  ASSERT_EQ(violations.size(), 3U);
  for (const auto& violation : violations) {
    EXPECT_LT(violation.field.size() + violation.message.size(), 250U);
    EXPECT_EQ(violation.field.find('\x1b'), std::string::npos);
  }
}

TEST(ConnectorDefinition, ShowsAClientWhatItNeeds) {
  const auto shown = boost::json::parse(thing().public_json());
  EXPECT_EQ(shown.at("id"), "thing");
  EXPECT_EQ(shown.at("properties").at(3).at("default"), 3);
  EXPECT_EQ(shown.at("properties").at(4).at("default"), true);
  EXPECT_EQ(shown.at("properties").at(2).at("secret"), true);
  EXPECT_EQ(shown.at("properties").at(1).at("pattern"), "[a-z]+");
  EXPECT_EQ(shown.at("properties").at(0).at("jdbc_url").at("default_port"), 7);
  EXPECT_EQ(shown.at("refused").at(0).at("reason"), "it reads a file");
  EXPECT_EQ(shown.as_object().if_contains("diagnosis"), nullptr);
}

// A definition that is wrong in one place is refused with file, place and reason.
TEST(DefinitionReader, RefusesWhatDoesNotFit) {
  struct Wrong {
    std::string from, to, place, reason;
  };
  const std::vector<Wrong> table = {
      {R"("id": "thing",)", R"("id": "thing", "id": "other",)", "/", "id"},
      {R"("id": "thing",)", R"("id": "Thing",)", "/id", "must match"},
      {R"("id": "thing",)", "", "/id", "is required"},
      {R"("id": "thing",)", R"("id": "thing", "retries": 3,)", "/retries", "unknown member"},
      {R"("category": "nosql")", R"("category": "other")", "/category", "must be relational, lakehouse"},
      {"https://x.example/", "http://x.example/", "/documentation", "https"},
      {R"("kind": "duration")", R"("kind": "time")", "/properties/6/kind", "must be text, integer"},
      {R"("kind": "duration")", R"("kind": "duration", "choices": ["1s"])", "/properties/6",
       "choices go with"},
      {R"("choices": ["A", "B"])", R"("choices": [])", "/properties/5/choices", "not empty"},
      {R"("choices": ["A", "B"])", R"("choices": ["A", "A"])", "/properties/5/choices/1", "twice"},
      {R"(, "choices": ["A", "B"])", "", "/properties/5", "choices go with"},
      {R"("minimum": 1,)", R"("minimum": "1",)", "/properties/3/minimum", "whole number"},
      {R"("default": 3)", R"("default": 30)", "/properties", "the default of thing.size must be between"},
      {R"("default": true)", R"("default": "yes")", "/properties",
       "the default of thing.on must be true or false"},
      {R"("kind": "secret", "required": true)", R"("kind": "secret", "default": "k")", "/properties/2",
       "a default goes with"},
      {R"("pattern": "[a-z]+")", R"("pattern": "[a-z")", "/properties/1/pattern", "not a regular expression"},
      {R"(, "pattern_help": "must be lower case")", "", "/properties/1", "pattern_help"},
      {R"("name": "thing.wait", "label": "l")", R"("name": "thing.wait")", "/properties/6/label",
       "is required"},
      {R"("name": "thing.wait", "label": "l")", R"("name": "thing.wait", "label": "")", "/properties/6/label",
       "not empty"},
      {R"("name": "thing.mode")", R"("name": "thing.on")", "/properties", "thing.on is defined twice"},
      {R"("name": "thing.wait")", R"("name": "Thing Wait")", "/properties/6", "not a Trino property name"},
      {R"("names": ["thing.file"])", R"("names": ["thing.on"])", "/refused", "defined or refused elsewhere"},
      {R"("default_port": 7)", R"("default_port": 0)", "/properties/0/jdbc_url/default_port", "1 to 65535"},
      {R"("database": "optional")", R"("database": "maybe")", "/properties/0/jdbc_url/database",
       "must be required"},
      {R"("names": ["file"])", R"("names": ["WAIT"])", "/properties/0/jdbc_url", "twice"},
      {R"("user": "thing.user", "key")", R"("user": "thing.nobody", "key")", "/properties",
       "unknown property thing.nobody"},
      {R"("endpoint": {"jdbc_url": "thing.url")", R"("endpoint": {"jdbc_url": "thing.user")",
       "/endpoint/jdbc_url", "kind jdbc_url"},
      {R"("user": "thing.user"},
  "dry_run")",
       R"("user": "thing.key"},
  "dry_run")",
       "/endpoint/user", "no secret"},
      {R"({"thing.wait": "2s"})", R"({"thing.wait": "soon"})", "/dry_run/properties/thing.wait", "duration"},
      {R"({"thing.wait": "2s"})", R"({"thing.key": "k"})", "/dry_run/properties/thing.key",
       "not a property that can be set"},
      {R"({"thing.wait": "2s"})", R"({"thing.none": "2s"})", "/dry_run/properties/thing.none",
       "not a property"},
      {R"("url_parameters": {"wait": 5})", R"("url_parameters": {"file": 5})", "/dry_run/url_parameters/file",
       "not an allowed"},
      {R"({"thing.url": "jdbc:thing://127.0.0.1:1/x"})", R"({"thing.user": "a"})", "/warm_up",
       "thing.url is required"},
      {R"("statement": "SELECT 1 FROM {catalog}.a.b WHERE '{catalog}' <> ''")", R"("statement": "SELECT 1")",
       "/probe/statement", "{catalog}"},
      {R"("proves": "service")", R"("proves": "everything")", "/probe/proves", "must be metastore"},
      {R"("code": "auth_refused")", R"("code": "auth_broken")", "/diagnosis/0", "not a class"},
      {"{title} refused {1}.", "{titel} refused {1}.", "/diagnosis/0", "placeholder"},
      {R"j(bad key of (\\w+))j", R"j(bad key of (\\w+)j", "/diagnosis/0/pattern", "not a regular expression"},
      {R"("id": "thing",)", R"("id": "thing", "include": ["none"],)", "/include", "no fragment none"},
  };
  for (const auto& wrong : table) {
    const auto parsed = ConnectorDefinition::parse(with(wrong.from, wrong.to), "some/thing.json");
    ASSERT_FALSE(parsed) << wrong.to;
    EXPECT_EQ(parsed.error().reason, "bad_definition");
    EXPECT_THAT(parsed.error().message, HasSubstr("some/thing.json: " + wrong.place + ": "));
    EXPECT_THAT(parsed.error().message, HasSubstr(wrong.reason));
  }
  for (const std::string text : {"", "[]", "{}", "null", "{\"id\": 1}"})
    EXPECT_FALSE(ConnectorDefinition::parse(text, "x")) << text;
}

TEST(LoadConnectors, ReadsFragmentsAndReplacesById) {
  const std::string fragment = R"({"fragment": "common", "properties": [
    {"name": "common.flag", "label": "l", "help": "h", "kind": "boolean", "default": false}]})";
  const auto user = with(R"("id": "thing",)", R"("id": "thing", "include": ["common"],)");
  auto renamed = user;
  renamed.replace(renamed.find("\"Thing\""), 7, "\"Better\"");
  const auto registry = load_connectors(
      {{"thing.json", user}, {"common.fragment.json", fragment}, {"definition.schema.json", "{}"}},
      {{"thing.json", renamed}});
  ASSERT_TRUE(registry) << registry.error().message;
  ASSERT_EQ(registry->all().size(), 1U);
  ASSERT_NE(registry->find("thing"), nullptr);
  EXPECT_EQ(registry->find("thing")->title(), "Better");
  EXPECT_NE(registry->find("thing")->find("common.flag"), nullptr);
  EXPECT_EQ(registry->find("other"), nullptr);
}

TEST(LoadConnectors, NamesTheBadFile) {
  const auto registry = load_connectors({{"thing.json", kWhole}}, {{"mine/bad.json", "{"}});
  ASSERT_FALSE(registry);
  EXPECT_THAT(registry.error().message, HasSubstr("mine/bad.json: "));
}

TEST(LoadConnectors, TheProductsOwnDefinitionsAreWhole) {
  std::vector<std::string> ids;
  for (const auto& definition : test::connectors().all()) {
    ids.push_back(definition->id());
    EXPECT_FALSE(definition->warm_up_properties().empty());
    std::vector<FieldViolation> violations;
    definition->validate(definition->warm_up_properties(), {}, violations);
    EXPECT_THAT(violations, IsEmpty()) << definition->id();
  }
  EXPECT_THAT(ids, testing::IsSupersetOf({"mysql", "postgresql"}));
}

}  // namespace
}  // namespace akko
