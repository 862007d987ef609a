#include "domain/language.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace akko {
namespace {

using ::testing::HasSubstr;

TEST(PreferredLanguage, FollowsTheWeights) {
  for (const auto* header :
       {"fr", "FR", "fr-CA", "fr-FR,fr;q=0.9,en;q=0.8", "en;q=0.3, fr;q=0.31", "de, fr;q=0.1", "*;q=0.1, fr",
        "en;q=0, fr;q=0.001", " fr ; q=1.000", "fr, en"}) {
    EXPECT_EQ(preferred_language(header), Language::french) << header;
  }
  for (const auto* header :
       {"", "en", "de", "en, fr", "en-GB,en;q=0.9,fr;q=0.8", "fr;q=0", "fr;q=0.5, *", "*", "fra", "f",
        "fr_FR", "fr;q=abc", "fr;q=", "fr;q=-1", "fr;q=0.1234", "fr;q=2", ",,,", ";q=1"}) {
    EXPECT_EQ(preferred_language(header), Language::english) << header;
  }
}

TEST(PreferredLanguage, LooksAtNoEndlessHeader) {
  EXPECT_EQ(preferred_language(std::string(2000, ',') + "fr"), Language::english);
}

TEST(ReadTranslations, LaterFilesAddAndReplace) {
  const auto words = read_translations({{"locales/fr.json", R"({"Host": "Hôte", "Port": "Port"})"},
                                        {"own/fr.json", R"({"Host": "Serveur", "Zone": "Aire"})"}});
  ASSERT_TRUE(words);
  EXPECT_EQ(translated(*words, "Host"), "Serveur");
  EXPECT_EQ(translated(*words, "Zone"), "Aire");
  EXPECT_EQ(translated(*words, "Port"), "Port");
  EXPECT_EQ(translated(*words, "unsaid"), "unsaid");
}

TEST(ReadTranslations, NamesTheBadFileAndTheReason) {
  for (const auto* content :
       {"", "{", "[]", R"({"a": 1})", R"({"a": ""})", R"({"": "x"})", R"({"a": "b", "a": "c"})"}) {
    const auto words =
        read_translations({{"locales/fr.json", R"({"Host": "Hôte"})"}, {"own/fr.json", content}});
    ASSERT_FALSE(words) << content;
    EXPECT_EQ(words.error().reason, "bad_definition");
    EXPECT_THAT(words.error().message, HasSubstr("own/fr.json: "));
  }
}

}  // namespace
}  // namespace akko
