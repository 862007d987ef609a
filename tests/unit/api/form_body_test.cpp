#include "api/form_body.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace akko::api {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(FormBodyTest, ReadsWhatABrowserSends) {
  EXPECT_THAT(decode_form("a=1&b=x+y%26%C3%A9&b=&c=http%3a%2F%2Fh%3A1").value(),
              ElementsAre(Pair("a", "1"), Pair("b", "x y&é"), Pair("b", ""), Pair("c", "http://h:1")));
  EXPECT_THAT(decode_form("").value(), testing::IsEmpty());
}

TEST(FormBodyTest, RefusesWhatNoBrowserSends) {
  for (const auto* body :
       {"a",     "=1",    "&",     "a=1&", "&a=1", "a=1&&b=2", "a=%",  "a=%2", "a=%2g", "a=%00",    "a=%0a",
        "a=%7f", "a=%ff", "a=%c3", "a=\n", "a=<",  "a=\"",     "a= b", "a=é",  "a=b=c", "a=1;b=2\\"}) {
    const auto form = decode_form(body);
    ASSERT_FALSE(form) << body;
    EXPECT_EQ(form.error().reason, "malformed_form") << body;
  }
}

TEST(FormBodyTest, HasLimits) {
  std::string many;
  for (int i = 0; i < 64; ++i) many += (i == 0 ? "" : "&") + std::string("a=1");
  EXPECT_TRUE(decode_form(many));
  EXPECT_FALSE(decode_form(many + "&a=1"));
  EXPECT_TRUE(decode_form("a=" + std::string(16 * 1024 - 2, 'x')));
  EXPECT_EQ(decode_form("a=" + std::string(16 * 1024 - 1, 'x')).error().code, ErrorCode::payload_too_large);
}

TEST(FormBodyTest, LooksAtTheMediaType) {
  const auto accepted = [](std::string type, bool encoded = false) {
    Request request;
    request.headers.emplace_back("content-type", std::move(type));
    if (encoded) request.headers.emplace_back("content-encoding", "gzip");
    request.body = "a=1";
    return read_form(request).has_value();
  };
  EXPECT_TRUE(accepted("application/x-www-form-urlencoded"));
  EXPECT_TRUE(accepted("Application/X-WWW-Form-Urlencoded ; charset=UTF-8"));
  EXPECT_FALSE(accepted("application/x-www-form-urlencoded; charset=latin1"));
  EXPECT_FALSE(accepted("application/json"));
  EXPECT_FALSE(accepted(""));
  EXPECT_FALSE(accepted("application/x-www-form-urlencoded", true));
}

}  // namespace
}  // namespace akko::api
