#include "domain/url.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors.hpp"
#include "domain/text_encoding.hpp"

namespace akko {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Host = Url::Host;
using Parameter = Url::Parameter;

UrlSyntax syntax() {
  UrlSyntax out;
  out.forms = {{"", "jdbc:db://", 1, false}};
  out.hosts = UrlSyntax::Hosts::several;
  return out;
}

Result<Url> parse(const std::string& text) { return Url::parse(text, syntax()); }

TEST(Url, ReadsEveryPart) {
  const auto url = parse("jdbc:db://a.example:5432,10.0.0.1,[2001:db8::1]:5433/my%20db?x=1&y.z=a%26b");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->form, 0U);
  EXPECT_THAT(url->hosts,
              ElementsAre(Host{"a.example", 5432}, Host{"10.0.0.1", 0}, Host{"[2001:db8::1]", 5433}));
  EXPECT_EQ(url->path, "my%20db");
  EXPECT_EQ(percent_decoded(url->path), "my db");
  EXPECT_THAT(url->parameters, ElementsAre(Parameter{"x", "1"}, Parameter{"y.z", "a%26b"}));
  EXPECT_NE(url->find("Y.Z"), nullptr);
}

TEST(Url, RendersWhatItRead) {
  for (const std::string text :
       {"jdbc:db://h", "jdbc:db://h:1/d", "jdbc:db://h,i:65535?a=", "jdbc:db://[::1]:2/d?a=b&c=%C3%A9"}) {
    const auto url = parse(text);
    ASSERT_TRUE(url) << text;
    EXPECT_EQ(url->text(syntax()), text);
  }
  EXPECT_EQ(parse("jdbc:db://h:1/?a=b")->text(syntax()), "jdbc:db://h:1?a=b");
}

TEST(Url, RefusesEveryOtherForm) {
  for (const std::string text : {
           "",
           "db://h",
           "jdbc:",
           "jdbc:db",
           "jdbc:db:h",
           "jdbc:db://",
           "jdbc:://h",
           "JDBC:db://h/d",
           " jdbc:db://h/d",
           // forms of the drivers that bring their own rules
           "jdbc:mysql:loadbalance://h/d",
           "jdbc:mysql:replication://h,i/d",
           "jdbc:mysql+srv://h/d",
           "mysqlx://h/d",
           "jdbc:db+srv://h/d",
           "jdbc:db:loadbalance://h/d",
           "jdbc:mysql://address=(host=h)(port=1)/d",
           "jdbc:mysql://(host=h,port=1,allowLoadLocalInfile=true)/d",
           "jdbc:postgresql:d",
           "jdbc:postgresql:///d",
           "jdbc:postgresql:?service=x",
           "jdbc:oracle:thin:@//h:1/s",
           "jdbc:sqlserver://h:1;databaseName=x",
           // hosts and ports
           "jdbc:db://h:0/d",
           "jdbc:db://h:65536/d",
           "jdbc:db://h:/d",
           "jdbc:db://h:05/d",
           "jdbc:db://h:+5/d",
           "jdbc:db://h:5x/d",
           "jdbc:db://h,/d",
           "jdbc:db://,h/d",
           "jdbc:db://-h/d",
           "jdbc:db://h..i/d",
           "jdbc:db://h\\i/d",
           "jdbc:db://h i/d",
           "jdbc:db://h%2ei/d",
           "jdbc:db://2130706433/d",
           "jdbc:db://0x7f.1/d",
           "jdbc:db://1.2.3/d",
           "jdbc:db://1.2.3.256/d",
           "jdbc:db://::1/d",
           "jdbc:db://[::1/d",
           "jdbc:db://[::1]x/d",
           "jdbc:db://[fe80::1%25eth0]/d",
           "jdbc:db://[h]/d",
           "jdbc:db://h\xC3\xA9/d",
           "jdbc:db://h/d#f",
           "jdbc:db://h;a=b/d",
           // database
           "jdbc:db://h/d/e",
           "jdbc:db://h/../d",
           "jdbc:db://h//d",
           "jdbc:db://h/d%2",
           "jdbc:db://h/d%zz",
           "jdbc:db://h/d%00",
           "jdbc:db://h/d%0a",
           "jdbc:db://h/d%ff",
           "jdbc:db://h/d+e",
           "jdbc:db://h/d;e=f",
           "jdbc:db://h/d'",
           "jdbc:db://h/%24%7BENV:X%7D",
           // parameters
           "jdbc:db://h/d?",
           "jdbc:db://h/d?a",
           "jdbc:db://h/d?=b",
           "jdbc:db://h/d?a=b&",
           "jdbc:db://h/d?a=b&&c=d",
           "jdbc:db://h/d?a=b?c=d",
           "jdbc:db://h/d?a%62=c",
           "jdbc:db://h/d?a b=c",
           "jdbc:db://h/d? a=c",
           "jdbc:db://h/d?\xD0\xB0=c",
           "jdbc:db://h/d?a=b+c",
           "jdbc:db://h/d?a=b;c",
           "jdbc:db://h/d?a=(b)",
           "jdbc:db://h/d?a='b'",
           "jdbc:db://h/d?a=%",
           "jdbc:db://h/d?a=%4",
           "jdbc:db://h/d?a=b=c",
           "jdbc:db://h/d?a=1&A=2",
       }) {
    const auto url = parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().reason, "url") << text;
    EXPECT_FALSE(url.error().message.empty()) << text;
  }
}

TEST(Url, TellsCredentialsBeforeTheHostApart) {
  for (const std::string text :
       {"jdbc:db://u:hunter2@h/d", "jdbc:db://u@h/d", "jdbc:db://@h/d", "jdbc:db://a,u:p@b/d"}) {
    const auto url = parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().reason, "url_credentials") << text;
    EXPECT_THAT(url.error().message, Not(HasSubstr("hunter2")));
  }
}

TEST(Url, TakesALimitedNumberOfHosts) {
  std::string hosts = "h";
  for (int i = 1; i < 16; ++i) hosts += ",h";
  EXPECT_TRUE(parse("jdbc:db://" + hosts));
  EXPECT_FALSE(parse("jdbc:db://" + hosts + ",h"));
}

UrlRules rules() {
  UrlRules out;
  out.syntax = syntax();
  out.parameters = {"timeout", "sslMode"};
  out.limited_parameters = {{"factory", {"safe.Factory"}, "others run code"}};
  out.credential_parameters = {{"user", "properties.connection-user"},
                               {"password", "credentials.connection-password"}};
  out.refused_parameters = {{{"loggerFile"}, "it writes a file"}};
  return out;
}

std::vector<FieldViolation> check(const std::string& text, const UrlRules& by = rules()) {
  std::vector<FieldViolation> violations;
  check_url(text, by, "url", violations);
  return violations;
}

auto violation(const std::string& code, const std::string& words) {
  return AllOf(Field(&FieldViolation::field, "url"), Field(&FieldViolation::code, code),
               Field(&FieldViolation::message, HasSubstr(words)));
}

TEST(UrlRules, AcceptsWhatIsAllowed) {
  EXPECT_THAT(check("jdbc:db://h/d?timeout=1&sslMode=a%20b&factory=safe.Factory"), IsEmpty());
}

TEST(UrlRules, NamesEveryViolationAndNoValue) {
  const auto violations = check(
      "jdbc:db://h/"
      "d?user=alice&PassWord=hunter2&LOGGERFILE=%2Fetc&factory=evil.Factory&timeuot=3&zzz=4&sslMode=%27x");
  EXPECT_THAT(violations,
              ElementsAre(violation("misplaced", "properties.connection-user"),
                          violation("misplaced", "credentials.connection-password"),
                          violation("url_parameter_refused", "it writes a file"),
                          violation("url_parameter_refused", "must be safe.Factory: others run code"),
                          violation("url_parameter_unknown", "did you mean timeout?"),
                          violation("url_parameter_unknown", "not known as safe"),
                          violation("url_parameter_value", "quotes")));
  for (const auto& one : violations)
    EXPECT_THAT(one.message, Not(AllOf(HasSubstr("hunter2"), HasSubstr("evil"))));
}

TEST(UrlRules, TellsWhereCredentialsBelong) {
  EXPECT_THAT(
      check("jdbc:db://u:p@h/d"),
      ElementsAre(violation("misplaced", "properties.connection-user and credentials.connection-password")));
}

TEST(UrlRules, FollowsTheDriverInCase) {
  EXPECT_THAT(check("jdbc:db://h/d?sslmode=x"),
              ElementsAre(violation("url_parameter_unknown", "did you mean sslMode?")));
  auto ignoring = rules();
  ignoring.case_matters = false;
  EXPECT_THAT(check("jdbc:db://h/d?sslmode=x", ignoring), IsEmpty());
  EXPECT_THAT(check("jdbc:db://h/d?loggerfile=x", ignoring),
              ElementsAre(violation("url_parameter_refused", "")));
}

TEST(UrlRules, KnowsWhatADatabaseIsFor) {
  auto with = rules();
  with.syntax.path = UrlSyntax::Path::required;
  with.syntax.path_reason = "one catalog is one database";
  EXPECT_THAT(check("jdbc:db://h", with), ElementsAre(violation("url_path", "one catalog is one database")));
  with.syntax.path = UrlSyntax::Path::forbidden;
  EXPECT_THAT(check("jdbc:db://h/d", with), ElementsAre(violation("url_path", "must end with the host")));
  EXPECT_THAT(check("jdbc:db://h/", with), IsEmpty());
}

TEST(UrlRules, RefusesAnotherDriver) {
  EXPECT_THAT(check("jdbc:other://h/d?loggerFile=x"), ElementsAre(violation("url", "jdbc:db://")));
}

// Control characters that are hidden by percent-encoding would reach the driver's start-up message.
TEST(UrlRules, RefusesHiddenControlCharactersInValues) {
  for (const std::string value : {"%00", "a%0Ab", "%22", "%5c", "%3b", "%60", "%ff", "%24%7BENV:X%7D"}) {
    EXPECT_THAT(check("jdbc:db://h/d?timeout=" + value),
                ElementsAre(violation("url_parameter_value", "timeout")))
        << value;
  }
}

// Every parameter that the driver of Trino knows is allowed, or refused with a reason: none by accident.
class DriverParameters : public testing::TestWithParam<std::string> {};

TEST_P(DriverParameters, AreAllClassified) {
  const auto& definition = test::connector(GetParam());
  const auto& url_rules = *definition.find("connection-url")->url;
  std::ifstream file(test::source("tests/golden/" + GetParam() + "/driver_parameters.txt"));
  std::vector<std::string> known;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    known.push_back(line);
    EXPECT_NE(judge_parameter(url_rules, line), ParameterVerdict::unknown) << line << " is not classified";
  }
  EXPECT_GT(known.size(), 80U);
  for (const auto& allowed : url_rules.parameters) {
    EXPECT_THAT(known, testing::Contains(allowed)) << "allowed, but the driver does not know it";
  }
}

std::vector<std::string> connectors_with_driver_parameters() {
  std::vector<std::string> ids;
  for (const auto& definition : test::connectors().all()) {
    if (std::filesystem::exists(test::source("tests/golden/" + definition->id() + "/driver_parameters.txt")))
      ids.push_back(definition->id());
  }
  return ids;
}

INSTANTIATE_TEST_SUITE_P(Connectors, DriverParameters,
                         testing::ValuesIn(connectors_with_driver_parameters()));

// ---------------------------------------------------------------- other syntaxes

TEST(UrlSyntax, SeveralFormsEachWithItsPort) {
  UrlSyntax web;
  web.forms = {{"https", "https://", 443, false}, {"http", "http://", 80, false}};
  web.path_segments = true;
  const auto url = Url::parse("http://h/a/b%20c", web);
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->form, 1U);
  EXPECT_EQ(url->path, "a/b%20c");
  EXPECT_EQ(url->text(web), "http://h/a/b%20c");
  for (const std::string text :
       {"ftp://h", "https://h/a/../b", "https://h/./a", "https://h,i/", "https://u@h/", "HTTP://h"})
    EXPECT_FALSE(Url::parse(text, web)) << text;
}

TEST(UrlSyntax, UserInfoIsDecodedAndEncodedAgain) {
  UrlSyntax mongo;
  mongo.forms = {{"standard", "mongodb://", 27017, false}, {"srv", "mongodb+srv://", 0, true}};
  mongo.hosts = UrlSyntax::Hosts::several;
  mongo.user_info = true;
  const std::string text = "mongodb://al%40ice:p%3Aw%2F%25@a:1,b:2/shop?x=1";
  const auto url = Url::parse(text, mongo);
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->user, "al@ice");
  EXPECT_EQ(url->password, "p:w/%");
  EXPECT_EQ(url->text(mongo), text);
  EXPECT_TRUE(Url::parse("mongodb+srv://h/", mongo));
  for (const std::string wrong :
       {"mongodb+srv://h:1/", "mongodb://u:p@x@h/", "mongodb://:p@h/", "mongodb://u:p:q@h/",
        "mongodb://u%00:p@h/", "mongodb://u:%24%7BENV:X%7D@h/"})
    EXPECT_FALSE(Url::parse(wrong, mongo)) << wrong;
}

TEST(UrlSyntax, SemicolonsAndLiterals) {
  UrlSyntax tds;
  tds.forms = {{"", "jdbc:sqlserver://", 1433, false}};
  tds.path = UrlSyntax::Path::forbidden;
  tds.semicolons = tds.literal = true;
  const auto url = Url::parse("jdbc:sqlserver://h:1;databaseName=my db;encrypt=true;", tds);
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->find("DATABASENAME")->value, "my db");
  EXPECT_EQ(url->text(tds), "jdbc:sqlserver://h:1;databaseName=my db;encrypt=true");
  for (const std::string wrong :
       {"jdbc:sqlserver://h;a={x}", "jdbc:sqlserver://h;a=b%3Bc=d", "jdbc:sqlserver://h;;a=b",
        "jdbc:sqlserver://h\\i", "jdbc:sqlserver://h?a=b", "jdbc:sqlserver://h;a=b;A=c",
        "jdbc:sqlserver://h;a=b&c=d", "jdbc:sqlserver://h;a=b\nc"})
    EXPECT_FALSE(Url::parse(wrong, tds)) << wrong;
}

TEST(UrlSyntax, RepeatsThePrefixForEachHost) {
  UrlSyntax thrift;
  thrift.forms = {{"", "thrift://", 0, false}};
  thrift.hosts = UrlSyntax::Hosts::repeated;
  thrift.path = UrlSyntax::Path::forbidden;
  const std::string text = "thrift://a:9083,thrift://b:9083";
  const auto url = Url::parse(text, thrift);
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_THAT(url->hosts, ElementsAre(Host{"a", 9083}, Host{"b", 9083}));
  EXPECT_EQ(url->text(thrift), text);
  for (const std::string wrong :
       {"thrift://a:1,b:2", "thrift://a", "thrift://a:1/x", "thrift://a:1,http://b:2"})
    EXPECT_FALSE(Url::parse(wrong, thrift)) << wrong;
}

}  // namespace
}  // namespace akko
