// The code flow of the development issuer as time passes. (What a browser can get wrong: tests/component.)
#include <stdlib.h>

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "adapters/adapters.hpp"
#include "adapters/dev_issuer_grants.hpp"
#include "adapters/dev_issuer_request.hpp"

namespace akko {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class MovingClock final : public Clock {
 public:
  UnixMillis now() const override { return now_; }
  void pass(UnixMillis seconds) { now_ += seconds * 1000; }

 private:
  UnixMillis now_ = 1'800'000'000'000;
};

// RFC 7636, appendix B.
constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
constexpr const char* kReturn = "http://localhost:5173/?page=1";

IssuerParameters asking() {
  return {{"response_type", "code"}, {"client_id", "akko-cockpit"},
          {"redirect_uri", kReturn}, {"scope", "openid email profile"},
          {"state", "a b&c"},        {"code_challenge", kChallenge},
          {"nonce", "n-0S6_WzA2Mj"}, {"code_challenge_method", "S256"}};
}

class DevIssuerFlowTest : public testing::Test {
 protected:
  DevIssuerFlowTest() {
    std::string name = testing::TempDir() + "akko-issuer-XXXXXX";
    home_ = ::mkdtemp(name.data());
    issuer_ = open_dev_issuer(
                  home_, {"http://127.0.0.1:8480/dev-issuer", "akko-catalog-manager", "akko-cockpit"}, clock_)
                  .value();
  }
  ~DevIssuerFlowTest() override { std::filesystem::remove_all(home_); }

  static std::string code_in(const std::string& location) {
    const auto begin = location.find("code=") + 5;
    return location.substr(begin, location.find('&', begin) - begin);
  }
  auto redeem(const std::string& code) {
    return issuer_->redeem({{"grant_type", "authorization_code"},
                            {"client_id", "akko-cockpit"},
                            {"code", code},
                            {"redirect_uri", kReturn},
                            {"code_verifier", kVerifier}});
  }
  auto refresh(const std::string& token) {
    return issuer_->redeem(
        {{"grant_type", "refresh_token"}, {"client_id", "akko-cockpit"}, {"refresh_token", token}});
  }
  static std::string refresh_token_of(const std::string& answer) {
    return std::string(boost::json::parse(answer).at("refresh_token").as_string());
  }

  std::string home_;
  MovingClock clock_;
  std::unique_ptr<DevIssuer> issuer_;
};

using Kind = DevIssuer::Step::Kind;

TEST_F(DevIssuerFlowTest, AsksAndThenSendsBackWithACode) {
  const auto form = issuer_->authorize(asking(), "");
  ASSERT_EQ(form.kind, Kind::form);
  EXPECT_EQ(form.parameters, asking());
  EXPECT_EQ(form.target_origin, "http://localhost:5173");
  const auto back = issuer_->sign_in(form.parameters, "carol");
  ASSERT_EQ(back.kind, Kind::redirect);
  EXPECT_THAT(back.location, StartsWith(std::string(kReturn) + "&code="));
  EXPECT_THAT(back.location, HasSubstr("&state=a%20b%26c&iss=http%3A%2F%2F127.0.0.1%3A8480%2Fdev-issuer"));
  const auto answer = redeem(code_in(back.location));
  ASSERT_TRUE(answer) << answer.error().description;
  EXPECT_EQ(boost::json::parse(*answer).at("scope"), "openid profile");
}

TEST_F(DevIssuerFlowTest, ACodeServesForAMinute) {
  const auto late = code_in(issuer_->sign_in(asking(), "alice").location);
  const auto in_time = code_in(issuer_->sign_in(asking(), "alice").location);
  clock_.pass(59);
  EXPECT_TRUE(redeem(in_time));
  clock_.pass(1);
  ASSERT_FALSE(redeem(late));
  EXPECT_EQ(redeem(late).error().error, "invalid_grant");
}

TEST_F(DevIssuerFlowTest, ASessionServesForTenHours) {
  const auto session = issuer_->sign_in(asking(), "alice").new_session;
  EXPECT_GE(session.size(), 43U);
  clock_.pass(10 * 3600 - 1);
  EXPECT_EQ(issuer_->authorize(asking(), session).kind, Kind::redirect);
  auto recent = asking();
  recent.emplace_back("max_age", "3600");
  EXPECT_EQ(issuer_->authorize(recent, session).kind, Kind::form);
  clock_.pass(1);
  EXPECT_EQ(issuer_->authorize(asking(), session).kind, Kind::form);
  EXPECT_EQ(issuer_->authorize(asking(), session + "x").kind, Kind::form);
}

TEST_F(DevIssuerFlowTest, ARefreshTokenServesForHalfAnHourAndNotPastTheSession) {
  auto token = refresh_token_of(*redeem(code_in(issuer_->sign_in(asking(), "alice").location)));
  int renewed = 0;
  for (; renewed < 100; ++renewed) {
    clock_.pass(29 * 60);
    const auto answer = refresh(token);
    if (!answer) break;
    token = refresh_token_of(*answer);
  }
  EXPECT_EQ(renewed, 10 * 60 / 29);
  const auto other = refresh_token_of(*redeem(code_in(issuer_->sign_in(asking(), "alice").location)));
  clock_.pass(30 * 60);
  EXPECT_FALSE(refresh(other));
}

TEST_F(DevIssuerFlowTest, ForgetsTheOldestWhenItHoldsAThousand) {
  const auto oldest = code_in(issuer_->sign_in(asking(), "alice").location);
  clock_.pass(1);
  const auto kept = code_in(issuer_->sign_in(asking(), "alice").location);
  clock_.pass(1);
  for (int i = 0; i < 999; ++i) issuer_->sign_in(asking(), "bob");
  EXPECT_FALSE(redeem(oldest));
  EXPECT_TRUE(redeem(kept));
}

TEST_F(DevIssuerFlowTest, SigningOutEndsWhatCameFromTheSession) {
  const auto signed_in = issuer_->sign_in(asking(), "alice");
  const auto other = issuer_->sign_in(asking(), "bob");
  const auto token = refresh_token_of(*redeem(code_in(signed_in.location)));
  const auto unused = code_in(issuer_->authorize(asking(), signed_in.new_session).location);
  EXPECT_EQ(issuer_->sign_out({}, signed_in.new_session).kind, Kind::done);
  EXPECT_FALSE(refresh(token));
  EXPECT_FALSE(redeem(unused));
  EXPECT_EQ(issuer_->authorize(asking(), signed_in.new_session).kind, Kind::form);
  EXPECT_TRUE(redeem(code_in(other.location)));
}

TEST(PkceTest, OnlyTheVerifierProvesTheChallenge) {
  EXPECT_TRUE(dev_issuer::proves(kVerifier, kChallenge));
  const std::string verifier(kVerifier);
  EXPECT_FALSE(dev_issuer::proves(verifier.substr(1), kChallenge));
  EXPECT_FALSE(dev_issuer::proves(kChallenge, kChallenge));
  EXPECT_FALSE(dev_issuer::proves(kVerifier, ""));
  EXPECT_FALSE(dev_issuer::proves("", ""));
  EXPECT_FALSE(dev_issuer::proves(verifier + "!", kChallenge));
}

TEST(LoopbackUriTest, TellsItsOrigin) {
  const auto origin = [](std::string_view text) {
    const auto uri = dev_issuer::read_loopback_uri(text);
    return uri ? uri->origin : std::string("refused");
  };
  EXPECT_EQ(origin("http://127.0.0.1:8480/x?y=z"), "http://127.0.0.1:8480");
  EXPECT_EQ(origin("https://[::1]"), "https://[::1]");
  EXPECT_EQ(origin("http://localhost:8480"), "http://localhost:8480");
  for (const auto* text : {"http://127.0.0.1.example.com/", "http://localhost:0/", "http://localhost:65536/",
                           "http://localhost/#", "http://a@localhost/", "http://%6cocalhost/", "localhost"})
    EXPECT_EQ(origin(text), "refused") << text;
}

}  // namespace
}  // namespace akko
