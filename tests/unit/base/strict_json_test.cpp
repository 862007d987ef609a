#include "base/strict_json.hpp"

#include <string>

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

namespace akko {
namespace {

std::string read(std::string_view text) {
  const auto value = parse_strict_json(text);
  return value ? boost::json::serialize(*value) : "refused: " + value.error().message;
}

TEST(StrictJson, ReadsEveryKindOfValue) {
  EXPECT_EQ(read(R"( {"a":[1,-2,18446744073709551615,2.5,true,false,null,"x"],"b":{}} )"),
            R"({"a":[1,-2,18446744073709551615,2.5E0,true,false,null,"x"],"b":{}})");
  EXPECT_EQ(read(R"("é\u00e9\ud83d\ude00")"), "\"éé😀\"");
  EXPECT_EQ(read("0"), "0");
}

TEST(StrictJson, KeepsLongTextsWhole) {
  const std::string name(5000, 'n');
  const std::string text = "{\"" + name + "\\n\":\"" + std::string(100'000, 'v') + "\\t.\"}";
  const auto value = parse_strict_json(text);
  ASSERT_TRUE(value);
  const auto& object = value->as_object();
  EXPECT_EQ(object.at(name + "\n").as_string().size(), 100'002U);
}

TEST(StrictJson, RefusesADuplicateMemberAndNamesIt) {
  EXPECT_EQ(read(R"({"a":1,"a":2})"), "refused: not valid JSON: member \"a\" appears twice, at byte 9");
  EXPECT_EQ(read(R"({"x":{"b":[{"c":1},{"c":1,"\u0063":2}]}})"),
            "refused: not valid JSON: member \"x.b.c\" appears twice, at byte 33");
  EXPECT_EQ(read(R"({"":1,"":2})"), "refused: not valid JSON: member \"\" appears twice, at byte 7");
  EXPECT_EQ(read(R"({"a\u0000b":1,"a\u0000c":2})"), R"({"a\u0000b":1,"a\u0000c":2})");
}

TEST(StrictJson, TheSameNameInTwoObjectsIsNoDuplicate) {
  EXPECT_EQ(read(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]})"),
            R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]})");
}

TEST(StrictJson, CutsAHostileNameInTheMessageAtACharacter) {
  std::string name;
  for (int i = 0; i < 1000; ++i) name += "é";
  const auto value = parse_strict_json("{\"x" + name + "\":1,\"x" + name + "\":2}");
  ASSERT_FALSE(value);
  EXPECT_LT(value.error().message.size(), 300U);
  EXPECT_NE(value.error().message.find("é\" appears twice"), std::string::npos);
  EXPECT_NE(read("{\"a\\n\":1,\"a\\n\":2}").find("\"a \" appears twice"), std::string::npos);
}

TEST(StrictJson, RefusesNumbersThatDoNotFit) {
  for (const auto* text :
       {"18446744073709551616", "-9223372036854775809", "1e999", "-1e999", "123456789012345678901234567890"})
    EXPECT_EQ(read(text).rfind("refused: not valid JSON: a number is too large", 0), 0U) << text;
  EXPECT_EQ(read("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(read("1e300"), "1E300");
}

TEST(StrictJson, RefusesWhatRfc8259DoesNotKnow) {
  for (const std::string text : {"",
                                 " ",
                                 "{",
                                 "[1,]",
                                 "{\"a\":1,}",
                                 "{a:1}",
                                 "'a'",
                                 "// c\n1",
                                 "/* c */1",
                                 "1 2",
                                 "{}{}",
                                 "NaN",
                                 "Infinity",
                                 "01",
                                 "+1",
                                 ".5",
                                 "1.",
                                 "\"\t\"",
                                 "\"\\x\"",
                                 "nul",
                                 "True",
                                 "\xEF\xBB\xBF{}",
                                 "\"\\ud800\"",
                                 "\"\xC0\xAF\"",
                                 "\"\xFF\"",
                                 "\"\xED\xA0\x80\"",
                                 "[1}"}) {
    const auto value = parse_strict_json(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, ErrorCode::malformed);
    EXPECT_EQ(value.error().reason, "malformed_json");
    EXPECT_NE(value.error().message.find("at byte "), std::string::npos) << value.error().message;
  }
  EXPECT_FALSE(parse_strict_json(std::string_view("{}\0", 3)));
}

TEST(StrictJson, HoldsTheLimits) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_strict_json(nested(16)));
  EXPECT_FALSE(parse_strict_json(nested(17)));
  EXPECT_FALSE(parse_strict_json(std::string(100'000, '[')));
  EXPECT_TRUE(parse_strict_json(nested(2), {.max_depth = 2, .max_bytes = 4}));
  EXPECT_FALSE(parse_strict_json(nested(3), {.max_depth = 3, .max_bytes = 5}));
}

TEST(StrictJson, NeverRepeatsAValue) {
  for (const auto* text : {R"({"password":"hunter2","password":"hunter2"})", R"({"password":"hunter2)",
                           R"({"password":"hunter2" x})"}) {
    const auto value = parse_strict_json(text);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().message.find("hunter2"), std::string::npos);
  }
}

TEST(StrictJson, ReadsManyMembers) {
  std::string text = "{";
  for (int i = 0; i < 90'000; ++i) text += "\"" + std::to_string(i) + "\":0,";
  text += "\"z\":0}";
  const auto value = parse_strict_json(text);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->as_object().size(), 90'001U);
}

}  // namespace
}  // namespace akko
