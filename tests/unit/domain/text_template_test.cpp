#include "domain/text_template.hpp"

#include <map>
#include <optional>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace akko {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;
using Values = std::map<std::string, std::string>;

TextTemplate parsed(std::string_view text) {
  auto result = TextTemplate::parse(text);
  EXPECT_TRUE(result) << text;
  return std::move(*result);
}

std::optional<std::string> render(const TextTemplate& one, const Values& values) {
  return one.render([&](std::string_view field) -> std::optional<std::string_view> {
    const auto found = values.find(std::string(field));
    return found == values.end() ? std::nullopt : std::optional<std::string_view>(found->second);
  });
}

TEST(TextTemplate, PutsTogetherAndTakesApart) {
  const auto pair = parsed("{id}:{secret}");
  EXPECT_THAT(pair.fields(), ElementsAre("id", "secret"));
  EXPECT_EQ(render(pair, {{"id", "me"}, {"secret", "p:w"}}), "me:p:w");
  EXPECT_THAT(*pair.match("me:p:w"), UnorderedElementsAre(Pair("id", "me"), Pair("secret", "p:w")));
  EXPECT_FALSE(pair.match("me"));
}

TEST(TextTemplate, RefusesWhatCouldNotBeTakenApart) {
  const auto pair = parsed("{id}:{secret}");
  EXPECT_FALSE(render(pair, {{"id", "a:b"}, {"secret", "c"}})) << "nobody could tell where the id ends";
  EXPECT_FALSE(render(pair, {{"id", "a"}}));
  for (const auto* bad : {"{a}{b}", "{a", "{}", "{|percent}", "{a|rot13}"})
    EXPECT_FALSE(TextTemplate::parse(bad)) << bad;
}

TEST(TextTemplate, WritesBraces) {
  const auto braces = parsed("{{{a}{{}");
  EXPECT_EQ(render(braces, {{"a", "x"}}), "{x{}");
  EXPECT_THAT(*braces.match("{x{}"), UnorderedElementsAre(Pair("a", "x")));
  EXPECT_TRUE(parsed("plain").match("plain")->empty());
  EXPECT_FALSE(parsed("plain").match("plainly"));
}

TEST(TextTemplate, AFieldThatStandsTwiceHasOneValue) {
  const auto twice = parsed("{a}={a|percent}");
  EXPECT_EQ(render(twice, {{"a", "x y"}}), "x y=x%20y");
  EXPECT_THAT(*twice.match("x y=x%20y"), UnorderedElementsAre(Pair("a", "x y")));
  EXPECT_FALSE(twice.match("x y=x"));
}

// Whatever the values are: a text that is yielded reads back as them, and none else is.
TEST(TextTemplate, WhatIsYieldedReadsBack) {
  const std::vector<TextTemplate> templates = {
      parsed("{a}:{b}"), parsed("u={a|percent}&p={b|percent}"), parsed("x=\"{a|jaas}\" y=\"{b|jaas}\";\n"),
      parsed("a={a|properties}\nb={b|properties}\n"), parsed("{a|base64}.{b|base64}")};
  std::mt19937 random(7);
  const auto text = [&] {
    static constexpr std::string_view kLetters = "ab:=&\"\\ \n.{}%;";
    std::string out;
    for (auto left = random() % 8; left > 0; --left) out += kLetters[random() % kLetters.size()];
    return out;
  };
  int yielded = 0;
  for (int i = 0; i < 2000; ++i) {
    const Values values = {{"a", text()}, {"b", text()}};
    for (const auto& one : templates) {
      const auto written = render(one, values);
      if (!written) continue;
      ++yielded;
      EXPECT_EQ(*one.match(*written), values) << *written;
    }
    const auto any = text();
    for (const auto& one : templates) {
      if (const auto read = one.match(any)) {
        EXPECT_EQ(render(one, *read), any);
      }
    }
  }
  EXPECT_GT(yielded, 8000) << "only the first template refuses some";
}

}  // namespace
}  // namespace akko
