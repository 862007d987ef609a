#include "domain/validation.hpp"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace akko {
namespace {

std::string code_of(const ValueCheck& check) { return check ? check->code : "right"; }

TEST(Validation, RefusesWhatNoValueMayHold) {
  EXPECT_EQ(code_of(check_characters("plain text, é, 漢字, $x {y} $ {")), "right");
  EXPECT_EQ(code_of(check_characters("a${ENV:HOME}")), "reference");
  for (const auto& text :
       {std::string("a\0b", 3), std::string("a\nb"), std::string("a\tb"), std::string("\x7f"),
        std::string("\xC2\x80"), std::string("\xC2\x9F"), std::string("\x1b[0m")}) {
    EXPECT_EQ(code_of(check_characters(text)), "control_character") << testing::PrintToString(text);
  }
  for (const std::string text : {"\xff", "\xC0\xAF", "\xED\xA0\x80", "a\xE2\x82"}) {
    EXPECT_EQ(code_of(check_characters(text)), "invalid_utf8") << testing::PrintToString(text);
  }
}

TEST(Validation, Length) {
  EXPECT_EQ(code_of(check_length("", 3)), "empty");
  EXPECT_EQ(code_of(check_length("abc", 3)), "right");
  EXPECT_EQ(code_of(check_length("abcd", 3)), "too_long");
}

TEST(Validation, Integer) {
  EXPECT_EQ(code_of(check_integer("42", 1, 100)), "right");
  EXPECT_EQ(code_of(check_integer("-1", std::nullopt, std::nullopt)), "right");
  for (const std::string text : {"", "1.0", "+1", " 1", "1 ", "0x1", "one", "1e3", "--1"}) {
    EXPECT_EQ(code_of(check_integer(text, std::nullopt, std::nullopt)), "type") << text;
  }
  EXPECT_EQ(check_integer("0", 1, 9)->message, "must be between 1 and 9");
  EXPECT_EQ(check_integer("0", 1, std::nullopt)->message, "must be at least 1");
  EXPECT_EQ(check_integer("10", std::nullopt, 9)->message, "must be at most 9");
  EXPECT_EQ(code_of(check_integer("9223372036854775808", std::nullopt, std::nullopt)), "range");
}

TEST(Validation, BooleanDurationChoice) {
  EXPECT_EQ(code_of(check_boolean("true")), "right");
  EXPECT_EQ(code_of(check_boolean("True")), "type");
  for (const std::string text : {"0s", "30s", "1.5h", "100ms", "7d", "1us", "1ns", "2m"}) {
    EXPECT_EQ(code_of(check_duration(text)), "right") << text;
  }
  for (const std::string text : {"30", "s", "-1s", "1 s", "1S", "1.s", "1s1m", "banana"}) {
    EXPECT_EQ(code_of(check_duration(text)), "type") << text;
  }
  EXPECT_EQ(code_of(check_choice("A", {"A", "B"})), "right");
  EXPECT_EQ(check_choice("a", {"A", "B", "C"})->message, "must be A, B or C");
}

TEST(Validation, NearestFindsWhatWasMeant) {
  const std::vector<std::string_view> names = {"connection-url", "connection-user", "metadata.cache-ttl"};
  EXPECT_EQ(nearest("conection-url", names), "connection-url");
  EXPECT_EQ(nearest("connection-usre", names), "connection-user");
  EXPECT_EQ(nearest("Connection-URL", names), "connection-url");
  EXPECT_EQ(nearest("metadata.cachettl", names), "metadata.cache-ttl");
  EXPECT_EQ(nearest("hive.metastore.uri", names), "");
  EXPECT_EQ(nearest("", names), "");
  EXPECT_EQ(nearest(std::string(100'000, 'c'), names), "");
}

TEST(Validation, ShowsNamesSafely) {
  EXPECT_EQ(shown("a\nb"), "a b");
  EXPECT_EQ(shown(std::string(1000, 'n')).size(), 60U);
}

}  // namespace
}  // namespace akko
