#include "base/secret.hpp"

#include <ostream>
#include <string>
#include <type_traits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace akko {
namespace {

using testing::HasSubstr;
using testing::Not;

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

static_assert(!Printable<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>);

Scrubber scrubber_of(std::string value) { return Scrubber(SecretValues{{"p", Secret(std::move(value))}}); }

TEST(Secret, KeepsItsBytesThroughCopiesAndMoves) {
  for (const std::string& value : {std::string("short"), std::string(100, 'x')}) {
    Secret first(value);
    Secret copy(first);
    Secret moved(std::move(first));
    Secret assigned;
    assigned = copy;
    EXPECT_EQ(copy.reveal(), value);
    EXPECT_EQ(moved.reveal(), value);
    EXPECT_EQ(assigned.reveal(), value);
  }
}

TEST(Secret, LeavesNothingInAShortStringThatWasMovedFrom) {
  std::string text = "hunter2";
  const char* bytes = text.data();  // inside the object: short texts have no heap block
  Secret secret(std::move(text));
  Secret other(std::move(secret));
  EXPECT_EQ(other.reveal(), "hunter2");
  EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move): what is left is the point
  EXPECT_EQ(std::string_view(bytes, 1), std::string_view("\0", 1));
}

TEST(Secret, WipeZeroesTheWholeCapacity) {
  std::string text = "a long enough secret to live on the heap";
  const char* bytes = text.data();
  const auto size = text.size();
  wipe(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(std::string(bytes, size), std::string(size, '\0'));  // the block still belongs to `text`
}

TEST(Scrubber, MasksTheSpellingsInWhichSystemsEchoAValue) {
  const auto scrubber = scrubber_of("p@ss w'rd\"\\é+/");
  for (const std::string echoed : {
           "p@ss w'rd\"\\é+/",                   // raw
           "p@ss w''rd\"\\é+/",                  // in a SQL literal
           "p@ss w'rd\\\"\\\\é+/",               // in JSON
           "p@ss w'rd\\\"\\\\\\u00e9+/",         // in ASCII JSON
           "p%40ss%20w%27rd%22%5C%C3%A9%2B%2F",  // percent-encoded
           "p%40ss%20w%27rd%22%5c%c3%a9%2b%2f",  // lower case
           "p%40ss+w%27rd%22%5C%C3%A9%2B%2F",    // in a form
           "p@ss%20w'rd%22%5C%C3%A9+%2F",        // in a path
           "cEBzcyB3J3JkIlzDqSsv",               // base64
       }) {
    EXPECT_EQ(scrubber.scrub("<" + echoed + ">"), "<***>") << echoed;
  }
}

TEST(Scrubber, MasksBase64WithAndWithoutPadding) {
  const auto scrubber = scrubber_of("hunter2");
  EXPECT_EQ(scrubber.scrub("aHVudGVyMg== aHVudGVyMg"), "***== ***");
}

TEST(Scrubber, OverlappingSecretsLeaveNoRest) {
  Scrubber scrubber;
  scrubber.add(Secret("abcdef"));
  scrubber.add(Secret("cdefgh"));
  EXPECT_EQ(scrubber.scrub("<abcdefgh>"), "<***>");
  EXPECT_EQ(scrubber_of("aaaa").scrub("aaaaaa"), "***");
}

TEST(Scrubber, WithholdsATextThatHoldsAShortSecretAsAWord) {
  const auto scrubber = scrubber_of("pw1");
  EXPECT_EQ(scrubber.scrub("user a, password pw1."), "(withheld: the text holds a secret)");
  EXPECT_EQ(scrubber.scrub("spw1n is another word"), "spw1n is another word");
}

TEST(Scrubber, ShowsForeignTextAsOneCleanLine) {
  EXPECT_EQ(Scrubber().scrub("a\r\nb\x1b[31mc\xc2\x85"
                             "d"),
            "a  b [31mc d");
  EXPECT_EQ(Scrubber().scrub("a\xff\xc0\x80z"), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");
}

TEST(Scrubber, CutsAtACharacterBoundary) {
  EXPECT_EQ(Scrubber().scrub("aé", 2), "a");
  EXPECT_EQ(Scrubber().scrub(std::string(5000, 'x')).size(), 2048U);
}

TEST(Scrubber, FindsASecretAcrossTheEndOfWhatItShows) {
  const std::string secret(64, 's');
  const auto scrubber = scrubber_of(secret);
  for (std::size_t before = 64 * 1024 - 70; before < 64 * 1024 + 120; before += 7) {
    const auto shown = scrubber.scrub(std::string(before, 'x') + secret, 100'000);
    EXPECT_THAT(shown, Not(HasSubstr("s"))) << before;
  }
}

TEST(Scrubber, AnEmptySecretMasksNothing) {
  EXPECT_EQ(scrubber_of("").scrub("as it is"), "as it is");
  EXPECT_EQ(Scrubber().scrub("as it is"), "as it is");
}

}  // namespace
}  // namespace akko
