#include "base/utf8.hpp"

#include <string>

#include <gtest/gtest.h>

namespace akko::utf8 {
namespace {

TEST(Utf8, AcceptsEveryLengthAndTheBoundaries) {
  for (const std::string text : {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                                 "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_valid(text)) << text;
  }
}

TEST(Utf8, RefusesOverlongSurrogatesCutAndStrayBytes) {
  for (const std::string text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE2\x82", "a\xE2z"}) {
    EXPECT_FALSE(is_valid(text)) << testing::PrintToString(text);
  }
}

TEST(Utf8, DecodesCodePoints) {
  EXPECT_EQ(decode("\xE2\x82\xAC", 0).code, 0x20ACU);
  EXPECT_EQ(decode("x\xF0\x9F\x94\x92", 1).length, 4U);
}

}  // namespace
}  // namespace akko::utf8
