#include "domain/pattern.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace akko {
namespace {

TEST(Pattern, TellsWholeMatchesFromParts) {
  const auto pattern = Pattern::compile("[a-z]+");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->matches_whole("abc"));
  EXPECT_FALSE(pattern->matches_whole("abc1"));
  EXPECT_TRUE(pattern->found_in("1abc1"));
  EXPECT_FALSE(pattern->found_in("123"));
  EXPECT_EQ(pattern->text(), "[a-z]+");
}

TEST(Pattern, CapturesTheFirstGroup) {
  const auto pattern = Pattern::compile("user \"([^\"]*)\"(?: on (\\w+))?");
  ASSERT_TRUE(pattern);
  EXPECT_EQ(pattern->capture("for user \"alice\" on x"), "alice");
  EXPECT_EQ(pattern->capture("nothing here"), "");
  EXPECT_EQ(Pattern::compile("no group")->capture("no group"), "");
}

TEST(Pattern, RefusesWhatIsNotAnExpression) {
  const auto pattern = Pattern::compile("(unclosed");
  ASSERT_FALSE(pattern);
  EXPECT_EQ(pattern.error().reason, "bad_pattern");
}

TEST(Pattern, TakesLinearTimeOnTheClassicTrap) {
  const auto pattern = Pattern::compile("(a+)+b");
  ASSERT_TRUE(pattern);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(pattern->matches_whole(std::string(100'000, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace akko
