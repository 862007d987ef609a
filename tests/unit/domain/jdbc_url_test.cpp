#include "domain/jdbc_url.hpp"

#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors.hpp"

namespace akko {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Host = JdbcUrl::Host;
using Parameter = JdbcUrl::Parameter;

TEST(JdbcUrl, ReadsEveryPart) {
  const auto url =
      JdbcUrl::parse("jdbc:db://a.example:5432,10.0.0.1,[2001:db8::1]:5433/my%20db?x=1&y.z=a%26b");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->subprotocol, "db");
  EXPECT_THAT(url->hosts,
              ElementsAre(Host{"a.example", 5432}, Host{"10.0.0.1", 0}, Host{"[2001:db8::1]", 5433}));
  EXPECT_EQ(url->database, "my%20db");
  EXPECT_EQ(percent_decoded(url->database), "my db");
  EXPECT_THAT(url->parameters, ElementsAre(Parameter{"x", "1"}, Parameter{"y.z", "a%26b"}));
  EXPECT_TRUE(url->has("Y.Z"));
}

TEST(JdbcUrl, RendersWhatItRead) {
  for (const std::string text :
       {"jdbc:db://h", "jdbc:db://h:1/d", "jdbc:db://h,i:65535?a=", "jdbc:db://[::1]:2/d?a=b&c=%C3%A9"}) {
    const auto url = JdbcUrl::parse(text);
    ASSERT_TRUE(url) << text;
    EXPECT_EQ(url->text(), text);
  }
  EXPECT_EQ(JdbcUrl::parse("jdbc:db://h:1/?a=b")->text(), "jdbc:db://h:1?a=b");
}

TEST(JdbcUrl, RefusesEveryOtherForm) {
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
    const auto url = JdbcUrl::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().reason, "jdbc_url") << text;
    EXPECT_FALSE(url.error().message.empty()) << text;
  }
}

TEST(JdbcUrl, TellsCredentialsBeforeTheHostApart) {
  for (const std::string text :
       {"jdbc:db://u:hunter2@h/d", "jdbc:db://u@h/d", "jdbc:db://@h/d", "jdbc:db://a,u:p@b/d"}) {
    const auto url = JdbcUrl::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().reason, "jdbc_credentials") << text;
    EXPECT_THAT(url.error().message, Not(HasSubstr("hunter2")));
  }
}

TEST(JdbcUrl, TakesALimitedNumberOfHosts) {
  std::string hosts = "h";
  for (int i = 1; i < 16; ++i) hosts += ",h";
  EXPECT_TRUE(JdbcUrl::parse("jdbc:db://" + hosts));
  EXPECT_FALSE(JdbcUrl::parse("jdbc:db://" + hosts + ",h"));
}

JdbcUrlRules rules() {
  JdbcUrlRules out;
  out.subprotocol = "db";
  out.default_port = 1;
  out.parameters = {"timeout", "sslMode"};
  out.limited_parameters = {{"factory", {"safe.Factory"}, "others run code"}};
  out.credential_parameters = {{"user", "properties.connection-user"},
                               {"password", "credentials.connection-password"}};
  out.refused_parameters = {{{"loggerFile"}, "it writes a file"}};
  return out;
}

std::vector<FieldViolation> check(const std::string& text, const JdbcUrlRules& by = rules()) {
  std::vector<FieldViolation> violations;
  check_jdbc_url(text, by, "url", violations);
  return violations;
}

auto violation(const std::string& code, const std::string& words) {
  return AllOf(Field(&FieldViolation::field, "url"), Field(&FieldViolation::code, code),
               Field(&FieldViolation::message, HasSubstr(words)));
}

TEST(JdbcUrlRules, AcceptsWhatIsAllowed) {
  EXPECT_THAT(check("jdbc:db://h/d?timeout=1&sslMode=a%20b&factory=safe.Factory"), IsEmpty());
}

TEST(JdbcUrlRules, NamesEveryViolationAndNoValue) {
  const auto violations = check(
      "jdbc:db://h/"
      "d?user=alice&PassWord=hunter2&LOGGERFILE=%2Fetc&factory=evil.Factory&timeuot=3&zzz=4&sslMode=%27x");
  EXPECT_THAT(violations,
              ElementsAre(violation("misplaced", "properties.connection-user"),
                          violation("misplaced", "credentials.connection-password"),
                          violation("jdbc_parameter_refused", "it writes a file"),
                          violation("jdbc_parameter_refused", "must be safe.Factory: others run code"),
                          violation("jdbc_parameter_unknown", "did you mean timeout?"),
                          violation("jdbc_parameter_unknown", "not known as safe"),
                          violation("jdbc_parameter_value", "quotes")));
  for (const auto& one : violations)
    EXPECT_THAT(one.message, Not(AllOf(HasSubstr("hunter2"), HasSubstr("evil"))));
}

TEST(JdbcUrlRules, TellsWhereCredentialsBelong) {
  EXPECT_THAT(
      check("jdbc:db://u:p@h/d"),
      ElementsAre(violation("misplaced", "properties.connection-user and credentials.connection-password")));
}

TEST(JdbcUrlRules, FollowsTheDriverInCase) {
  EXPECT_THAT(check("jdbc:db://h/d?sslmode=x"),
              ElementsAre(violation("jdbc_parameter_unknown", "did you mean sslMode?")));
  auto ignoring = rules();
  ignoring.case_matters = false;
  EXPECT_THAT(check("jdbc:db://h/d?sslmode=x", ignoring), IsEmpty());
  EXPECT_THAT(check("jdbc:db://h/d?loggerfile=x", ignoring),
              ElementsAre(violation("jdbc_parameter_refused", "")));
}

TEST(JdbcUrlRules, KnowsWhatADatabaseIsFor) {
  auto with = rules();
  with.database = JdbcUrlRules::Database::required;
  with.database_reason = "one catalog is one database";
  EXPECT_THAT(check("jdbc:db://h", with),
              ElementsAre(violation("jdbc_database", "one catalog is one database")));
  with.database = JdbcUrlRules::Database::forbidden;
  EXPECT_THAT(check("jdbc:db://h/d", with),
              ElementsAre(violation("jdbc_database", "must not name a database")));
  EXPECT_THAT(check("jdbc:db://h/", with), IsEmpty());
}

TEST(JdbcUrlRules, RefusesAnotherDriver) {
  EXPECT_THAT(check("jdbc:other://h/d?loggerFile=x"), ElementsAre(violation("jdbc_url", "jdbc:db://")));
}

// Control characters that are hidden by percent-encoding would reach the driver's start-up message.
TEST(JdbcUrlRules, RefusesHiddenControlCharactersInValues) {
  for (const std::string value : {"%00", "a%0Ab", "%22", "%5c", "%3b", "%60", "%ff", "%24%7BENV:X%7D"}) {
    EXPECT_THAT(check("jdbc:db://h/d?timeout=" + value),
                ElementsAre(violation("jdbc_parameter_value", "timeout")))
        << value;
  }
}

// Every parameter that the driver of Trino knows is allowed, or refused with a reason: none by accident.
class DriverParameters : public testing::TestWithParam<std::string> {};

TEST_P(DriverParameters, AreAllClassified) {
  const auto& definition = test::connector(GetParam());
  const auto& url_rules = *definition.find("connection-url")->jdbc_url;
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

INSTANTIATE_TEST_SUITE_P(Connectors, DriverParameters, testing::Values("postgresql", "mysql"));

}  // namespace
}  // namespace akko
