#include <stdlib.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "adapters/adapters.hpp"
#include "adapters/jwks.hpp"
#include "adapters/jwt.hpp"

namespace akko {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kIssuer = "http://127.0.0.1:8480/dev-issuer";

class FixedClock final : public Clock {
 public:
  UnixMillis now() const override { return 1'800'000'000'000; }
};

class DevIssuerTest : public testing::Test {
 protected:
  DevIssuerTest() {
    std::string name = testing::TempDir() + "akko-issuer-XXXXXX";
    home_ = ::mkdtemp(name.data());
  }
  ~DevIssuerTest() override { std::filesystem::remove_all(home_); }

  Result<std::unique_ptr<DevIssuer>> open(const std::string& issuer = kIssuer) const {
    return open_dev_issuer(home_, {issuer, "akko-catalog-manager", "akko-cockpit"}, clock_);
  }
  std::string key_file() const { return home_ + "/dev-issuer.key"; }
  void write_key_file(const std::string& text) const {
    std::ofstream(key_file()) << text;
    std::filesystem::permissions(key_file(),
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }

  std::string home_;
  FixedClock clock_;
};

TEST_F(DevIssuerTest, ItsTokensPassTheVerifier) {
  const auto issuer = open().value();
  const auto token =
      issuer->token({"alice@example.com", {"akko-admin", "akko-analyst"}, std::chrono::seconds(60)});
  ASSERT_TRUE(token) << token.error().message;
  const auto keys = jwt::KeySet::parse(issuer->jwks_json()).value();
  const auto parsed = jwt::parse_token(*token).value();
  ASSERT_TRUE(keys.verify(*token, parsed));
  const auto claims = jwt::check_claims(
      parsed.payload, {kIssuer, {"akko-catalog-manager"}, std::chrono::seconds(0)}, clock_.now());
  ASSERT_TRUE(claims) << claims.error().message;
  EXPECT_EQ(claims->principal.name, "alice@example.com");
  EXPECT_THAT(claims->principal.roles, ElementsAre("akko-admin", "akko-analyst"));
  EXPECT_EQ(claims->expires_at, clock_.now() + 60'000);
  const auto payload = boost::json::parse(jwt::base64url_decode(parsed.payload).value());
  EXPECT_EQ(payload.at("azp"), "akko-cockpit");
  EXPECT_EQ(payload.at("typ"), "Bearer");
  EXPECT_EQ(payload.at("aud"), boost::json::array{"akko-catalog-manager"});
  EXPECT_EQ(payload.at("iat"), 1'800'000'000);
}

TEST_F(DevIssuerTest, ASubjectIsStableAndATokenIsNot) {
  const auto issuer = open().value();
  const auto claim = [&](const std::string& user, const char* name) {
    const auto token = issuer->token({user, {}, std::chrono::seconds(60)}).value();
    const auto payload = boost::json::parse(jwt::base64url_decode(jwt::parse_token(token)->payload).value());
    return std::string(payload.at(name).as_string());
  };
  EXPECT_EQ(claim("alice", "sub"), claim("alice", "sub"));
  EXPECT_NE(claim("alice", "sub"), claim("bob", "sub"));
  EXPECT_NE(claim("alice", "jti"), claim("alice", "jti"));
  EXPECT_THAT(claim("alice", "sub"),
              testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

TEST_F(DevIssuerTest, DiscoveryNamesTheIssuerAndItsKeys) {
  const auto document = boost::json::parse(open().value()->discovery_json());
  EXPECT_EQ(document.at("issuer"), kIssuer);
  EXPECT_EQ(document.at("jwks_uri"), "http://127.0.0.1:8480/dev-issuer/jwks");
}

TEST_F(DevIssuerTest, KeepsItsKeyInAPrivateFile) {
  const auto first = open().value()->jwks_json();
  struct stat status{};
  ASSERT_EQ(::stat(key_file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  EXPECT_EQ(open().value()->jwks_json(), first);
  EXPECT_THAT(first, Not(HasSubstr("\"d\"")));
  std::filesystem::permissions(key_file(), std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  EXPECT_EQ(open().error().reason, "file_not_private");
}

TEST_F(DevIssuerTest, AllWhoStartAtOnceGetOneKey) {
  std::vector<std::string> seen(4);
  std::vector<std::jthread> threads;
  for (auto& keys : seen) threads.emplace_back([&] { keys = open().value()->jwks_json(); });
  threads.clear();
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 1U);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(home_)) ++files;
  EXPECT_EQ(files, 1U) << "an unfinished key was left behind";
}

TEST_F(DevIssuerTest, RefusesAKeyFileThatHoldsNoRsaKey) {
  for (const auto* text : {"", "not a key",
                           "-----BEGIN PRIVATE KEY-----\n"
                           "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2\n"
                           "OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r\n"
                           "1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G\n"
                           "-----END PRIVATE KEY-----\n"}) {
    write_key_file(text);
    const auto issuer = open();
    ASSERT_FALSE(issuer);
    EXPECT_EQ(issuer.error().reason, "dev_issuer_key_bad");
    EXPECT_THAT(issuer.error().message, Not(HasSubstr("not a key")));
  }
}

TEST_F(DevIssuerTest, ServesLoopbackAddressesOnly) {
  for (const auto* issuer :
       {"http://127.0.0.1:8480/dev-issuer", "http://127.8.9.1/x", "http://[::1]:8480/dev-issuer",
        "http://localhost:8480/dev-issuer", "https://localhost/"})
    EXPECT_TRUE(open(issuer)) << issuer;
  for (const auto* issuer : {"http://0.0.0.0:8480/dev-issuer",
                             "http://10.0.0.1/",
                             "http://128.0.0.1/",
                             "http://example.com/",
                             "http://localhost.example.com/",
                             "http://127.0.0.1.example.com/",
                             "http://127.1/",
                             "http://%31%32%37.0.0.1/",
                             "http://[::]/",
                             "http://[::2]/",
                             "http://127.0.0.1.example.com/",
                             "http://127.1/",
                             "http://%31%32%37.0.0.1/",
                             "http://user@127.0.0.1/",
                             "http://127.0.0.1/?a",
                             "http://127.0.0.1/#a",
                             "ftp://127.0.0.1/",
                             "127.0.0.1",
                             "http://",
                             "",
                             "http:///x",
                             "file:///x"}) {
    const auto refused = open(issuer);
    ASSERT_FALSE(refused) << issuer;
    EXPECT_EQ(refused.error().reason, "dev_issuer_not_loopback");
  }
}

TEST_F(DevIssuerTest, RefusesNamesAndLifetimesThatAreNone) {
  const auto issuer = open().value();
  const auto reason = [&](DevIssuer::TokenRequest request) {
    const auto token = issuer->token(request);
    return token ? std::string("token") : token.error().reason;
  };
  constexpr std::chrono::seconds kHour{3600};
  for (const std::string& user : {std::string(), std::string("a b"), std::string("a\n"), std::string("a\"b"),
                                  std::string("é"), std::string(65, 'a'), std::string("a\0b", 3)})
    EXPECT_EQ(reason({user, {}, kHour}), "bad_user") << user;
  EXPECT_EQ(reason({"alice", {"akko-admin", ""}, kHour}), "bad_roles");
  EXPECT_EQ(reason({"alice", {"a,b"}, kHour}), "bad_roles");
  EXPECT_EQ(reason({"alice", std::vector<std::string>(51, "r"), kHour}), "bad_roles");
  EXPECT_EQ(reason({"alice", {}, std::chrono::seconds(0)}), "bad_lifetime");
  EXPECT_EQ(reason({"alice", {}, std::chrono::hours(25)}), "bad_lifetime");
  EXPECT_EQ(reason({"alice", std::vector<std::string>(50, "r"), kHour}), "token");
}

}  // namespace
}  // namespace akko
