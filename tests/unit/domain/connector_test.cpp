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
  "documentation": "https://x.example/", "openmetadata_service": "Thing", "jvm_flags": ["--flag"],
  "fields": [
    {"key": "host", "label": "l", "help": "The host.", "kind": "text", "required": true, "to": "thing.url#host", "retarget": true},
    {"key": "port", "label": "l", "help": "h", "kind": "integer", "default": 7, "minimum": 1, "maximum": 65535, "to": "thing.url#port"},
    {"key": "database", "label": "l", "help": "h", "kind": "text", "to": "thing.url#path"},
    {"key": "user", "label": "l", "help": "h", "kind": "text", "to": "thing.user"},
    {"key": "auth", "label": "l", "help": "h", "kind": "enumeration", "default": "none", "choices": [
      {"value": "none", "label": "l"},
      {"value": "key", "label": "l", "sets": {"thing.auth": "KEY"}},
      {"value": "pair", "label": "l", "sets": {"thing.auth": "PAIR"}, "trino_connector": "thing2"}]},
    {"key": "key", "label": "l", "help": "h", "kind": "secret", "required": true, "show_when": {"auth": ["key"]}, "to": "thing.key"},
    {"key": "id", "label": "l", "help": "h", "kind": "text", "required": true, "show_when": {"auth": ["pair"]}},
    {"key": "pass", "label": "l", "help": "h", "kind": "secret", "required": true, "show_when": {"auth": ["pair"]}},
    {"key": "table", "label": "l", "help": "h", "kind": "text"},
    {"key": "more", "label": "l", "help": "h", "kind": "map", "to": "thing.url?*"}],
  "constants": {"thing.fixed": "yes"},
  "properties": [
    {"name": "thing.url", "label": "l", "help": "Where it is.", "kind": "url", "required": true, "url": {
      "forms": [{"prefix": "jdbc:thing://"}], "default_port": 7, "path": {"use": "optional"}, "parameters": ["wait"],
      "limited_parameters": [{"name": "factory", "values": ["A"], "reason": "r"}],
      "credential_parameters": {"user": "thing.user", "key": "thing.key"},
      "refused_parameters": [{"names": ["file"], "reason": "r"}]}},
    {"name": "thing.user", "label": "l", "help": "h", "kind": "text", "pattern": "[a-z]+", "pattern_help": "must be lower case"},
    {"name": "thing.key", "label": "l", "help": "h", "kind": "secret"},
    {"name": "thing.pair", "label": "l", "help": "h", "kind": "secret", "templates": [{"when": {"auth": ["pair"]}, "text": "{id}:{pass}"}]},
    {"name": "thing.size", "label": "l", "help": "h", "kind": "integer", "minimum": 1, "maximum": 9, "default": 3},
    {"name": "thing.on", "label": "l", "help": "h", "kind": "boolean", "default": true, "advanced": true},
    {"name": "thing.mode", "label": "l", "help": "h", "kind": "enumeration", "choices": ["A", "B"]},
    {"name": "thing.wait", "label": "l", "help": "h", "kind": "duration"}],
  "refused": [{"names": ["thing.file"], "reason": "it reads a file"}],
  "endpoints": [{"url": "thing.url", "tls": {"when": {"auth": ["pair"]}, "verify": true}}],
  "user": "user", "database": "database",
  "check": {"deadline_seconds": 10},
  "dry_run": {"properties": {"thing.wait": "2s"}, "parameters": {"thing.url": {"wait": 5}}},
  "warm_up": {"thing.url": "jdbc:thing://127.0.0.1:1/x"},
  "probe": {"statements": [
    {"step": "sign_in", "statement": "SELECT 1 FROM {catalog}.a.b WHERE '{catalog}' <> ''", "counts": "rows"},
    {"step": "metadata", "statement": "SELECT 1 FROM {catalog}.{table}", "table": "table", "default_schema": "main", "proves": "data path", "explanation": "more"}],
    "proves": "service", "explanation": "e"},
  "diagnosis": [{"code": "auth_refused", "pattern": "bad key of (\\w+)", "message": "{title} refused {1}.", "fix": "f"}],
  "hints": {"permission": {"fix": "GRANT it."}}
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

using Purpose = ConnectorDefinition::Purpose;

RawValues raw(Properties properties, std::map<std::string, std::string> secrets = {}) {
  RawValues out{std::move(properties), {}};
  for (const auto& [key, value] : secrets) out.secrets[key] = Secret(value);
  return out;
}

TEST(ConnectorDefinition, CompletesWhatTheAdminGave) {
  const auto definition = thing();
  const auto given = raw({{"thing.url", "jdbc:thing://h/x"}, {"thing.size", "4"}});
  EXPECT_THAT(definition.complete(given, Purpose::registration).properties,
              UnorderedElementsAre(Pair("thing.url", "jdbc:thing://h/x"), Pair("thing.size", "4"),
                                   Pair("thing.on", "true"), Pair("thing.fixed", "yes")));
  EXPECT_THAT(
      definition.complete(given, Purpose::dry_run).properties,
      UnorderedElementsAre(Pair("thing.url", "jdbc:thing://h/x?wait=5"), Pair("thing.size", "4"),
                           Pair("thing.on", "true"), Pair("thing.wait", "2s"), Pair("thing.fixed", "yes")));
  EXPECT_THAT(definition.warm_up_properties().properties,
              testing::Contains(Pair("thing.url", "jdbc:thing://127.0.0.1:1/x?wait=5")));
}

TEST(ConnectorDefinition, QuotesTheNamesInItsProbe) {
  const auto definition = thing();
  const auto given = raw({{"thing.url", "jdbc:thing://h/x"}});
  const auto plain = definition.probe_plan(name("a-b"), given, {});
  ASSERT_EQ(plain.runs.size(), 1U);
  EXPECT_EQ(plain.runs[0].statement, "SELECT 1 FROM \"a-b\".a.b WHERE '\"a-b\"' <> ''");
  EXPECT_EQ(plain.proves, "service");
  const auto with_table = definition.probe_plan(name("a-b"), given, {{"table", "s\"x.t.u, other"}});
  ASSERT_EQ(with_table.runs.size(), 2U);
  EXPECT_EQ(with_table.runs[1].statement, "SELECT 1 FROM \"a-b\".\"s\"\"x\".\"t.u\"");
  EXPECT_EQ(with_table.proves, "data path");
  EXPECT_EQ(definition.probe_plan(name("a"), given, {{"table", "t"}}).runs[1].statement,
            "SELECT 1 FROM \"a\".\"main\".\"t\"");
}

TEST(ConnectorDefinition, KnowsWhatItPointsAt) {
  const auto endpoint =
      thing().endpoint(raw({{"thing.url", "jdbc:thing://h.example/my%20db"}, {"thing.user", "alice"}}));
  EXPECT_EQ(endpoint.host, "h.example");
  EXPECT_EQ(endpoint.port, "7");
  EXPECT_EQ(endpoint.database, "my db");
  EXPECT_EQ(endpoint.user, "alice");
  EXPECT_EQ(thing().endpoint({}).host, "");
  EXPECT_EQ(thing().endpoint(raw({{"thing.url", "nonsense"}})).port, "");
}

TEST(ConnectorDefinition, KnowsWhereTheNetworkStepsGo) {
  const auto plain = thing().network_targets(raw({{"thing.url", "jdbc:thing://h:9"}}));
  ASSERT_EQ(plain.size(), 1U);
  EXPECT_EQ(plain[0].hosts, (std::vector<Url::Host>{{"h", 9}}));
  EXPECT_FALSE(plain[0].tls);
  const auto pair = thing().network_targets(
      raw({{"thing.url", "jdbc:thing://h"}, {"thing.auth", "PAIR"}}, {{"thing.pair", "a:b"}}));
  ASSERT_EQ(pair.size(), 1U);
  EXPECT_EQ(pair[0].hosts.front().port, 7);
  EXPECT_TRUE(pair[0].tls && pair[0].verify);
}

// A greeting is for connections without TLS; lists of hosts may hold blanks.
TEST(ConnectorDefinition, GreetsWhereItSpeaksPlainly) {
  auto text = with(
      R"("endpoints": [{"url": "thing.url", )",
      R"("endpoints": [{"hosts": "thing.hosts", "default_port": 7, "greeting": {"send": "00ff", "expect": "01"}, )");
  const std::string before = R"({"name": "thing.mode")";
  text.insert(text.find(before), R"({"name": "thing.hosts", "label": "l", "help": "h", "kind": "text"}, )");
  const auto definition = ConnectorDefinition::parse(text, "thing.json");
  ASSERT_TRUE(definition) << definition.error().message;
  const Properties given = {{"thing.url", "jdbc:thing://h"}, {"thing.hosts", "a:1, b ,[::1]:3"}};
  const auto plain = definition->network_targets(raw(given));
  ASSERT_EQ(plain.size(), 1U);
  EXPECT_EQ(plain[0].hosts, (std::vector<Url::Host>{{"a", 1}, {"b", 7}, {"[::1]", 3}}));
  ASSERT_TRUE(plain[0].greeting);
  EXPECT_EQ(plain[0].greeting->send, std::string("\0\xff", 2));
  EXPECT_EQ(plain[0].greeting->expect, "\x01");
  auto encrypted = given;
  encrypted["thing.auth"] = "PAIR";
  const auto pair = definition->network_targets(raw(encrypted, {{"thing.pair", "a:b"}}));
  ASSERT_EQ(pair.size(), 1U);
  EXPECT_TRUE(pair[0].tls);
  EXPECT_FALSE(pair[0].greeting);
  // Whether there is TLS cannot be told: nothing is said that only a plain listener understands.
  auto more = given;
  more["thing.url"] = "jdbc:thing://h,i";
  const auto unclear = definition->network_targets(raw(more));
  ASSERT_EQ(unclear.size(), 1U);
  EXPECT_FALSE(unclear[0].greeting);
}

// Half of what a template needs would be dropped without a word.
TEST(ConnectorDefinition, AFormIsToldOfTheOtherHalf) {
  FieldValues form;
  form.texts = {{"host", "catalog.example"}, {"auth", "oauth2"}, {"client_id", "me"}, {"storage", "none"}};
  std::vector<FieldViolation> violations;
  test::connector("iceberg").from_form(form, {}, violations);
  ASSERT_EQ(violations.size(), 1U) << violations.front().field;
  EXPECT_EQ(violations[0].field, "fields.client_secret");
  EXPECT_EQ(violations[0].code, "required");
}

TEST(ConnectorDefinition, AFormIsToldWhatAPropertyRefuses) {
  FieldValues form;
  form.texts = {{"host", "h"}, {"user", "Al"}};
  std::vector<FieldViolation> violations;
  thing().from_form(form, {}, violations);
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].field, "fields.user");
  EXPECT_EQ(violations[0].message, "must be lower case");
}

TEST(ConnectorDefinition, TheProductsOwnEndpointsDoNoHarm) {
  const auto kafka = test::connector("kafka").network_targets(
      raw({{"kafka.nodes", "a:9092, b"}, {"kafka.table-names", "x"}}));
  ASSERT_EQ(kafka.size(), 1U);
  EXPECT_EQ(kafka[0].hosts.size(), 2U);
  const auto mysql = test::connector("mysql").network_targets(raw({{"connection-url", "jdbc:mysql://db"}}));
  ASSERT_EQ(mysql.size(), 1U);
  EXPECT_THAT(mysql[0].tcp_unknown, HasSubstr("max_connect_errors"));
}

TEST(ConnectorDefinition, AFormAndItsPropertiesAreTheSame) {
  const auto definition = thing();
  FieldValues form;
  form.texts = {{"host", "::1"}, {"database", "a b/c"}, {"auth", "pair"}, {"id", "me"}, {"user", "al"}};
  form.secrets["pass"] = Secret("p:w");
  form.maps["more"] = {{"wait", "9"}};
  std::vector<FieldViolation> violations;
  const auto written = definition.from_form(form, {}, violations);
  ASSERT_TRUE(violations.empty()) << violations[0].field << " " << violations[0].message;
  EXPECT_THAT(written.properties,
              UnorderedElementsAre(Pair("thing.url", "jdbc:thing://[::1]:7/a%20b%2Fc?wait=9"),
                                   Pair("thing.user", "al"), Pair("thing.auth", "PAIR")));
  EXPECT_EQ(written.secrets.at("thing.pair").reveal(), "me:p:w");
  EXPECT_EQ(definition.trino_connector(written), "thing2");
  const auto back = definition.form_values(written, {});
  ASSERT_TRUE(back);
  EXPECT_EQ(back->text("database"), "a b/c");
  EXPECT_EQ(back->text("id"), "me");
  EXPECT_EQ(back->secrets.at("pass").reveal(), "p:w");
  EXPECT_EQ(back->maps.at("more").at("wait"), "9");
}

TEST(ConnectorDefinition, AFormIsToldAllThatIsWrong) {
  const auto check = [](const FieldValues& form) {
    std::vector<FieldViolation> violations;
    thing().from_form(form, {}, violations);
    std::vector<std::string> lines;
    for (const auto& violation : violations) lines.push_back(violation.field + " " + violation.code);
    return lines;
  };
  FieldValues form;
  form.texts = {{"port", "0"}, {"auth", "none"}, {"id", "x"}};
  EXPECT_THAT(check(form),
              ElementsAre("fields.host required", "fields.port range", "fields.id not_applicable"));
  form.texts = {{"host", "h/evil?file=1"}};
  EXPECT_THAT(check(form), ElementsAre("fields.host url"));
  form.texts = {{"host", "h,i"}};
  EXPECT_THAT(check(form), ElementsAre("fields.host url"));
  form.texts = {{"host", "h"}, {"auth", "pair"}, {"id", "a:b"}};
  form.secrets["pass"] = Secret("p");
  EXPECT_THAT(check(form), ElementsAre("fields.id template"));
  form = {};
  form.texts = {{"host", "h"}};
  form.maps["more"] = {{"file", "/etc/passwd"}, {"factory", "Evil"}, {"user", "x"}, {"a b", "c"}};
  EXPECT_THAT(
      check(form),
      ElementsAre("fields.more.a b url_parameter_unknown", "fields.more.factory url_parameter_refused",
                  "fields.more.file url_parameter_refused", "fields.more.user misplaced"));
}

TEST(ConnectorDefinition, PropertiesAreHeldToTheRulesOfTheForm) {
  const auto check = [](const RawValues& given) {
    std::vector<FieldViolation> violations;
    thing().validate(given, {}, violations);
    std::vector<std::string> lines;
    for (const auto& violation : violations) lines.push_back(violation.field + " " + violation.code);
    return lines;
  };
  const std::string url = "jdbc:thing://h";
  EXPECT_THAT(check(raw({{"thing.url", url}, {"thing.fixed", "no"}})),
              ElementsAre("properties.thing.fixed constant"));
  EXPECT_THAT(check(raw({{"thing.url", url}, {"thing.fixed", "yes"}})), IsEmpty());
  EXPECT_THAT(check(raw({{"thing.url", url}, {"thing.auth", "OTHER"}})),
              ElementsAre("properties.thing.auth choice"));
  EXPECT_THAT(check(raw({{"thing.url", url}, {"thing.auth", "KEY"}})),
              ElementsAre("credentials.thing.key required"));
  EXPECT_THAT(check(raw({{"thing.url", url}}, {{"thing.key", "k"}})),
              ElementsAre("credentials.thing.key not_applicable"));
  EXPECT_THAT(check(raw({{"thing.url", url}, {"thing.auth", "PAIR"}}, {{"thing.pair", "nocolon"}})),
              ElementsAre("credentials.thing.pair template"));
}

TEST(ConnectorDefinition, SaysAllThatIsWrongAtOnce) {
  std::vector<FieldViolation> violations;
  thing().validate(raw({{"thing.user", "Alice"},
                        {"thing.size", "10"},
                        {"thing.file", "/etc"},
                        {"thing.mdoe", "A"},
                        {"thing.key", "k"}},
                       {{"thing.mode", "A"}}),
                   {}, violations);
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
  thing().validate(raw({{"thing.url", "jdbc:thing://h"}, {"thing.user", std::string(5'000'000, '\xff')}}), {},
                   violations);
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].code, "too_long");
}

TEST(ConnectorDefinition, ShowsHostileNamesShortAndClean) {
  std::vector<FieldViolation> violations;
  thing().validate(raw({{"thing.url", "jdbc:thing://h"},
                        {std::string(100'000, 'x'), "v"},
                        {"a\x1b[31m", "v"},
                        {"${ENV:X}", "v"}}),
                   {}, violations);
  ASSERT_EQ(violations.size(), 3U);
  for (const auto& violation : violations) {
    EXPECT_LT(violation.field.size() + violation.message.size(), 250U);
    EXPECT_EQ(violation.field.find('\x1b'), std::string::npos);
  }
}

TEST(ConnectorDefinition, ShowsAClientWhatItNeeds) {
  const auto shown = boost::json::parse(thing().public_json());
  EXPECT_EQ(shown.at("id"), "thing");
  EXPECT_EQ(shown.at("properties").at(4).at("default"), 3);
  EXPECT_EQ(shown.at("properties").at(5).at("default"), true);
  EXPECT_EQ(shown.at("properties").at(2).at("secret"), true);
  EXPECT_EQ(shown.at("properties").at(1).at("pattern"), "[a-z]+");
  EXPECT_EQ(shown.at("properties").at(0).at("url").at("forms").at(0).at("default_port"), 7);
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
      {R"("kind": "duration")", R"("kind": "time")", "/properties/7/kind", "must be text, integer"},
      {R"("kind": "duration")", R"("kind": "duration", "choices": ["1s"])", "/properties/7",
       "choices go with"},
      {R"("choices": ["A", "B"])", R"("choices": [])", "/properties/6/choices", "not empty"},
      {R"("choices": ["A", "B"])", R"("choices": ["A", "A"])", "/properties/6/choices/1", "twice"},
      {R"(, "choices": ["A", "B"])", "", "/properties/6", "choices go with"},
      {R"("minimum": 1,)", R"("minimum": "1",)", "/fields/1/minimum", "whole number"},
      {R"("default": 3)", R"("default": 30)", "/properties", "the default of thing.size must be between"},
      {R"("default": true)", R"("default": "yes")", "/properties",
       "the default of thing.on must be true or false"},
      {R"("name": "thing.key", "label": "l", "help": "h", "kind": "secret")",
       R"("name": "thing.key", "label": "l", "help": "h", "kind": "secret", "default": "k")", "/properties/2",
       "a default goes with"},
      {R"("pattern": "[a-z]+")", R"("pattern": "[a-z")", "/properties/1/pattern", "not a regular expression"},
      {R"(, "pattern_help": "must be lower case")", "", "/properties/1", "pattern_help"},
      {R"("name": "thing.wait", "label": "l")", R"("name": "thing.wait")", "/properties/7/label",
       "is required"},
      {R"("name": "thing.wait", "label": "l")", R"("name": "thing.wait", "label": "")", "/properties/7/label",
       "not empty"},
      {R"("name": "thing.mode")", R"("name": "thing.on")", "/properties", "thing.on is defined twice"},
      {R"("name": "thing.wait")", R"("name": "Thing Wait")", "/properties/7", "not a Trino property name"},
      {R"("names": ["thing.file"])", R"("names": ["thing.on"])", "/refused", "defined or refused elsewhere"},
      {R"("default_port": 7)", R"("default_port": 0)", "/properties/0/url/default_port", "1 to 65535"},
      {R"("use": "optional")", R"("use": "maybe")", "/properties/0/url/path/use", "must be required"},
      {R"("names": ["file"])", R"("names": ["WAIT"])", "/properties/0/url", "twice"},
      {R"("user": "thing.user", "key")", R"("user": "thing.nobody", "key")", "/properties",
       "unknown property thing.nobody"},
      {R"({"prefix": "jdbc:thing://"})", R"({"prefix": "a:"}, {"prefix": "b:"})", "/properties/0/url/forms",
       "needs a name"},
      {R"("endpoints": [{"url": "thing.url")", R"("endpoints": [{"url": "thing.user")", "/endpoints",
       "kind url"},
      {R"("endpoints": [{"url": "thing.url", )", R"("endpoints": [{)", "/endpoints/0", "one of url, hosts"},
      {R"("tls": {"when": {"auth")", R"("tls": {"when": {"aut")", "/endpoints", "unknown field aut"},
      {R"("user": "user", "database")", R"("user": "key", "database")", "/", "no field to name"},
      {R"("endpoints": [{"url": "thing.url", )", R"("endpoints": [{"url": "thing.url", "default_port": 7, )",
       "/endpoints/0", "go with hosts"},
      {R"("endpoints": [{"url": "thing.url", )",
       R"("endpoints": [{"url": "thing.url", "greeting": {"send": "0", "expect": "00"}, )",
       "/endpoints/0/greeting/send", "pairs of hexadecimal digits"},
      {R"("endpoints": [{"url": "thing.url", )",
       R"("endpoints": [{"url": "thing.url", "greeting": {"send": "00"}, )", "/endpoints/0/greeting/expect",
       "is required"},
      {R"("endpoints": [{"url": "thing.url", )",
       R"("endpoints": [{"url": "thing.url", "tcp_unknown": "it counts", )", "/endpoints/0/tcp_unknown",
       "neither a greeting nor a handshake"},
      {R"("endpoints": [{"url": "thing.url")",
       R"("endpoints": [{"hosts": "thing.user", "port": "thing.user")", "/endpoints",
       "integer from 1 to 65535"},
      {R"("constants": {"thing.fixed")", R"("constants": {"thing.mode")", "/constants",
       "thing.mode is a property, too"},
      {R"("constants": {"thing.fixed": "yes")", R"("constants": {"thing.url?file": "yes")", "/constants",
       "no parameter that a URL"},
      {R"("constants": {"thing.fixed": "yes")", R"("constants": {"thing.url?factory": "A B")", "/constants",
       "need no encoding"},
      {R"({"wait": 5})", R"({"wait": "5 s"})", "/dry_run/parameters/thing.url/wait", "need no encoding"},
      {R"("names": ["thing.file"])", R"("names": ["thing.auth"])", "/refused",
       "defined or refused elsewhere"},
      // A default that a template would judge by a field that there is not.
      {R"("name": "thing.user", "label": "l", "help": "h", "kind": "text",)",
       R"("name": "thing.user", "label": "l", "help": "h", "kind": "text", "default": "a", "templates": [{"text": "{nobody}"}],)",
       "/properties", "unknown field nobody"},
      // fields
      {R"("maximum": 65535, "to")", R"("maximum": 70000, "to")", "/fields", "integer from 1 to 65535"},
      {R"("sets": {"thing.auth": "KEY"})", R"("sets": {"thing.url#form": "srv"})", "/fields",
       "srv is no form of the URL"},
      {R"("sets": {"thing.auth": "KEY"})", R"("sets": {"thing.url#port": "0"})", "/fields",
       "sets a port that is none"},
      {R"("trino_connector": "thing2")", R"("trino_connector": "thing 2")",
       "/fields/4/choices/2/trino_connector", "must match"},
      {R"({"key": "host")", R"({"key": "Host")", "/fields/0/key", "must match"},
      {R"("to": "thing.url#host")", R"("to": "thing.url#hots")", "/fields/0/to", "unknown part"},
      {R"("to": "thing.url#host")", R"("to": "thing.user#host")", "/fields", "not a property of kind url"},
      {R"("to": "thing.user")", R"("to": "thing.nobody")", "/fields", "unknown property thing.nobody"},
      {R"("to": "thing.user")", R"("to": "thing.key")", "/fields", "both be secret or neither"},
      {R"("default": 7)", R"("default": 70000)", "/fields", "the default of port must be between"},
      {R"("default": "none")", R"("default": "nothing")", "/fields", "the default of auth must be"},
      {R"({"key": "user")", R"({"key": "host")", "/fields", "host is defined twice"},
      {R"("show_when": {"auth": ["key"]})", R"("show_when": {"later": ["key"]})", "/fields",
       "no earlier field"},
      {R"("sets": {"thing.auth": "KEY"})", R"("help": "x")", "/fields/4/choices",
       "at most one may set nothing"},
      {R"("kind": "map", "to": "thing.url?*")", R"("kind": "map", "to": "thing.user")", "/fields/9",
       "kind map"},
      {R"("text": "{id}:{pass}")", R"("text": "{id}{pass}")", "/properties/3/templates/0/text",
       "side by side"},
      {R"("text": "{id}:{pass}")", R"("text": "{id}:{word}")", "/properties", "unknown field word"},
      {R"("text": "{id}:{pass}")", R"("text": "{id|rot13}")", "/properties/3/templates/0/text",
       "unknown encoding"},
      {R"("table": "table",)", R"("table": "tables",)", "/probe", "unknown field tables"},
      {R"("table": "table",)", "", "/probe/statements/1", "go together"},
      {R"("deadline_seconds": 10)", R"("deadline_seconds": 100)", "/check/deadline_seconds", "1 to 60"},
      {R"("hints": {"permission")", R"("hints": {"permissions")", "/hints/permissions", "not a class"},
      {R"({"thing.wait": "2s"})", R"({"thing.wait": "soon"})", "/dry_run/properties/thing.wait", "duration"},
      {R"({"thing.wait": "2s"})", R"({"thing.key": "k"})", "/dry_run/properties/thing.key",
       "not a property that can be set"},
      {R"({"thing.wait": "2s"})", R"({"thing.none": "2s"})", "/dry_run/properties/thing.none",
       "not a property"},
      {R"({"wait": 5})", R"({"file": 5})", "/dry_run/parameters/thing.url/file", "not an allowed"},
      {R"({"thing.url": "jdbc:thing://127.0.0.1:1/x"})", R"({"thing.user": "a"})", "/warm_up",
       "thing.url is required"},
      {R"("statement": "SELECT 1 FROM {catalog}.a.b WHERE '{catalog}' <> ''")", R"("statement": "SELECT 1")",
       "/probe/statements/0/statement", "{catalog}"},
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

TEST(LoadConnectors, SaysWhatIsShownInFrenchToo) {
  const auto registry = load_connectors({{"thing.json", kWhole}}, {},
                                        {{"fr.json", R"({"it reads a file": "lit un fichier"})"}});
  ASSERT_TRUE(registry) << registry.error().message;
  const auto reason = [&](Language language) {
    const auto shown = boost::json::parse(registry->find("thing")->public_json(language));
    return std::string(shown.at("refused").at(0).at("reason").as_string());
  };
  EXPECT_EQ(reason(Language::french), "lit un fichier");
  EXPECT_EQ(reason(Language::english), "it reads a file");
}

TEST(LoadConnectors, KnowsTheWordsOfItsFailures) {
  const auto registry = load_connectors(
      {{"thing.json", kWhole}}, {},
      {{"fr.json", R"({"it reads a file": "lit un fichier", "{title} refused {1}.": "{title} a refusé {1}.",
                                       "Trino did not create the catalog within {seconds} s.": "Trop lent."})"}});
  ASSERT_TRUE(registry) << registry.error().message;
  EXPECT_EQ(registry->phrases(Language::french),
            (Translations{{"Trino did not create the catalog within {seconds} s.", "Trop lent."},
                          {"{title} refused {1}.", "{title} a refusé {1}."}}));
  EXPECT_TRUE(registry->phrases(Language::english).empty());
}

TEST(LoadConnectors, NamesTheBadFileOfWords) {
  const auto registry = load_connectors({{"thing.json", kWhole}}, {}, {{"mine/locales/fr.json", "{"}});
  ASSERT_FALSE(registry);
  EXPECT_THAT(registry.error().message, HasSubstr("mine/locales/fr.json: "));
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
    EXPECT_FALSE(definition->warm_up_properties().properties.empty() &&
                 definition->warm_up_properties().secrets.empty());
  }
  EXPECT_THAT(ids, testing::IsSupersetOf({"mysql", "postgresql"}));
}

}  // namespace
}  // namespace akko
