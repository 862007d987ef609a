// The verifier against an identity provider that rotates keys, is slow, lies or is gone.
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/adapters.hpp"
#include "adapters/issuer_keys.hpp"
#include "fakes/http_imposter.hpp"
#include "fakes/token_forge.hpp"

namespace akko {
namespace {

using fakes::HttpImposter;
using fakes::SigningKey;
using std::chrono::milliseconds;
using testing::HasSubstr;
using Reply = HttpImposter::Reply;

class TurnedClock final : public Clock {
 public:
  UnixMillis now() const override { return now_; }
  void set(UnixMillis now) { now_ = now; }

 private:
  std::atomic<UnixMillis> now_{1'800'000'000'000};
};

const SigningKey& old_key() {
  static const SigningKey key = SigningKey::ec("P-256", "old");
  return key;
}
const SigningKey& new_key() {
  static const SigningKey key = SigningKey::ec("P-256", "new");
  return key;
}

// Discovery and keys on one imposter; each answer can be replaced while it runs.
class IdentityProvider {
 public:
  static constexpr const char* kDiscovery = "/realms/akko/.well-known/openid-configuration";
  static constexpr const char* kJwks = "/realms/akko/certs";

  IdentityProvider()
      : server_([this](const HttpImposter::Request& request) { return answer(request.target); }) {
    publish({old_key().jwk()});
    discovery(R"({"issuer":")" + issuer() + R"(","jwks_uri":")" + server_.url(kJwks) + R"("})");
  }

  std::string issuer() const { return server_.url("/realms/akko"); }
  std::string url(std::string_view path) const { return server_.url(path); }
  std::size_t fetches() const { return server_.count(kJwks); }
  void publish(const std::vector<std::string>& keys) {
    Reply reply;
    reply.body = fakes::jwks(keys);
    set(keys_, reply);
  }
  void discovery(std::string text) {
    Reply reply;
    reply.body = std::move(text);
    set(discovery_, reply);
  }
  void set_keys(const Reply& reply) { set(keys_, reply); }

  std::string token(const SigningKey& key, const std::string& more = "") const {
    return fakes::signed_token(
        key, R"({"alg":"ES256","kid":")" + key.id() + "\"}",
        R"({"iss":")" + issuer() + R"(","aud":"akko","sub":"alice","exp":1800000300)" + more + "}");
  }

 private:
  Reply answer(const std::string& target) {
    const std::lock_guard lock(mutex_);
    if (target == kDiscovery) return discovery_;
    if (target == kJwks) return keys_;
    Reply missing;
    missing.status = 404;
    return missing;
  }
  void set(Reply& place, const Reply& reply) {
    const std::lock_guard lock(mutex_);
    place = reply;
  }

  std::mutex mutex_;
  Reply discovery_;
  Reply keys_;
  HttpImposter server_;  // last: its threads use all above
};

template <typename Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

class Oidc : public testing::Test {
 protected:
  std::unique_ptr<TokenVerifier> verifier() {
    auto made = make_oidc_verifier({idp.issuer(), {"akko"}, "", std::chrono::seconds(30)}, clock);
    EXPECT_TRUE(eventually([&] { return made->check().has_value(); }));
    return made;
  }
  static std::string verdict(TokenVerifier& verifier, const std::string& token) {
    const auto result = verifier.verify(token);
    return result ? result->name : result.error().reason;
  }

  TurnedClock clock;
  IdentityProvider idp;
};

TEST_F(Oidc, VerifiesWithTheKeysOfTheIssuer) {
  const auto oidc = verifier();
  EXPECT_EQ(oidc->check().value(), "ok");
  const auto token = idp.token(old_key(), R"(,"realm_access":{"roles":["akko-admin"]})");
  for (int i = 0; i < 3; ++i) {
    const auto principal = oidc->verify(token);
    ASSERT_TRUE(principal) << principal.error().message;
    EXPECT_TRUE(principal->has_role("akko-admin"));
  }
  EXPECT_EQ(verdict(*oidc, token.substr(0, token.size() - 4) + "AAAA"), "token_signature");
  EXPECT_EQ(verdict(*oidc, ""), "token_malformed");
  EXPECT_EQ(verdict(*oidc, std::string(1'000'000, 'a')), "token_malformed");
  EXPECT_EQ(idp.fetches(), 1U);
}

TEST_F(Oidc, ATokenThatWasVerifiedExpiresAllTheSame) {
  const auto oidc = verifier();
  const auto token = idp.token(old_key());
  EXPECT_EQ(verdict(*oidc, token), "alice");
  clock.set(1'800'000'329'999);
  EXPECT_EQ(verdict(*oidc, token), "alice");
  clock.set(1'800'000'330'000);
  EXPECT_EQ(verdict(*oidc, token), "token_expired");
}

TEST_F(Oidc, FetchesANewKeyAtOnceAndDropsAVanishedOne) {
  const auto oidc = verifier();
  const auto old_token = idp.token(old_key());
  ASSERT_EQ(verdict(*oidc, old_token), "alice");
  idp.publish({new_key().jwk()});
  EXPECT_EQ(verdict(*oidc, idp.token(new_key())), "alice");
  EXPECT_EQ(verdict(*oidc, old_token), "token_key_unknown") << "though it was verified before";
}

TEST_F(Oidc, AFloodOfUnknownKeyIdsCausesOneFetch) {
  const auto oidc = verifier();
  const auto stranger = SigningKey::ec("P-256", "stranger");
  const auto token = idp.token(stranger);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) EXPECT_EQ(verdict(*oidc, token), "token_key_unknown");
    });
  threads.clear();
  EXPECT_EQ(idp.fetches(), 2U);
  EXPECT_EQ(verdict(*oidc, idp.token(old_key())), "alice");
}

TEST_F(Oidc, ASlowIssuerHoldsOneCallerForASecondAtMost) {
  const auto oidc = verifier();
  Reply slow;
  slow.fault = Reply::Fault::hang;
  idp.set_keys(slow);
  const auto token = idp.token(new_key());
  auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(verdict(*oidc, token), "token_key_unknown");
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(1500));
  start = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(verdict(*oidc, token), "token_key_unknown");
  EXPECT_EQ(verdict(*oidc, idp.token(old_key())), "alice");
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(200));
}

TEST_F(Oidc, ForgedTokensNeverCauseAFetch) {
  const auto oidc = verifier();
  const auto header = [](const std::string& text) { return fakes::base64url(text) + ".e30.c2ln"; };
  EXPECT_EQ(verdict(*oidc, header(R"({"alg":"none","kid":"x"})")), "token_algorithm");
  EXPECT_EQ(verdict(*oidc, header(R"({"alg":"ES256","kid":"x","jku":"http://127.0.0.1:1/"})")),
            "token_header");
  EXPECT_EQ(verdict(*oidc, header(R"({"alg":"ES256"})")), "token_header");
  EXPECT_EQ(idp.fetches(), 1U);
}

// ---- the fetching alone, with short times

jwt::FetchTimings fast() {
  jwt::FetchTimings timings;
  timings.first_retry = milliseconds(10);
  timings.longest_retry = milliseconds(40);
  timings.refresh = milliseconds(50);
  timings.deadline = milliseconds(300);
  timings.forced_gap = milliseconds(200);
  return timings;
}

bool is_stale(const jwt::IssuerKeys& keys) {
  const auto state = keys.check();
  return state && state->starts_with("stale");
}

TEST(IssuerKeys, SayWhyThereAreNone) {
  std::string gone;
  {
    const IdentityProvider idp;
    gone = idp.issuer();
  }
  const jwt::IssuerKeys keys(gone, "", fast());
  ASSERT_TRUE(eventually([&] {
    return keys.check().error().message.find("127.0.0.1") != std::string::npos &&
           keys.check().error().message.find("not asked") == std::string::npos;
  }));
  const auto state = keys.check();
  EXPECT_EQ(state.error().code, ErrorCode::unavailable);
  EXPECT_EQ(state.error().reason, "keys_unavailable");
  EXPECT_FALSE(keys.current());
  TurnedClock clock;
  const auto verifier = make_oidc_verifier({gone, {"akko"}, "", std::chrono::seconds(30)}, clock);
  EXPECT_EQ(verifier->verify("a.b.c").error().reason, "keys_unavailable");
}

TEST(IssuerKeys, OutliveAnOutage) {
  IdentityProvider idp;
  const jwt::IssuerKeys keys(idp.issuer(), "", fast());
  ASSERT_TRUE(eventually([&] { return keys.current() != nullptr; }));
  const auto before = keys.current();
  std::vector<Reply> outages(5);
  outages[0].status = 500;
  outages[1].body = "<html>we are sorry</html>";
  outages[2].body = std::string(1'000'000, ' ') + "{}";
  outages[3].fault = Reply::Fault::close_early;
  outages[4].body = fakes::jwks({});
  for (const auto& outage : outages) {
    idp.set_keys(outage);
    ASSERT_TRUE(eventually([&] { return is_stale(keys); }));
    EXPECT_TRUE(keys.current()->keys.has("old"));
    idp.publish({old_key().jwk()});
    ASSERT_TRUE(eventually([&] { return keys.check().value() == "ok"; }));
  }
  EXPECT_EQ(keys.current(), before) << "the same keys keep the tokens that were verified";
}

TEST(IssuerKeys, AreReplacedByTheRegularFetch) {
  IdentityProvider idp;
  const jwt::IssuerKeys keys(idp.issuer(), "", fast());
  ASSERT_TRUE(eventually([&] { return keys.current() != nullptr; }));
  idp.publish({new_key().jwk()});
  ASSERT_TRUE(eventually([&] { return keys.current()->keys.has("new"); }));
  EXPECT_FALSE(keys.current()->keys.has("old"));
}

TEST(IssuerKeys, AreFetchedAgainForAnUnknownKeyIdAfterTheGap) {
  IdentityProvider idp;
  auto timings = fast();
  timings.refresh = std::chrono::hours(1);
  jwt::IssuerKeys keys(idp.issuer(), "", timings);
  ASSERT_TRUE(eventually([&] { return keys.current() != nullptr; }));
  EXPECT_TRUE(keys.refetched()->keys.has("old"));
  idp.publish({new_key().jwk()});
  EXPECT_TRUE(keys.refetched()->keys.has("old")) << "too soon";
  EXPECT_EQ(idp.fetches(), 2U);
  std::this_thread::sleep_for(timings.forced_gap);
  EXPECT_TRUE(keys.refetched()->keys.has("new"));
  EXPECT_EQ(idp.fetches(), 3U);
}

TEST(IssuerKeys, RefuseADiscoveryDocumentThatMisleads) {
  IdentityProvider idp;
  const std::string jwks = idp.url(IdentityProvider::kJwks);
  const auto why = [&](const std::string& document) {
    idp.discovery(document);
    const jwt::IssuerKeys keys(idp.issuer(), "", fast());
    EXPECT_TRUE(
        eventually([&] { return keys.check().error().message.find("not asked") == std::string::npos; }));
    return keys.check().error().message;
  };
  const std::string issuer = R"({"issuer":")" + idp.issuer();
  EXPECT_THAT(why(R"({"issuer":"https://evil.example","jwks_uri":")" + jwks + "\"}"),
              HasSubstr("another issuer"));
  EXPECT_THAT(why(issuer + R"(/","jwks_uri":")" + jwks + "\"}"), HasSubstr("slash at the end"));
  EXPECT_THAT(why(issuer + R"("})"), HasSubstr("jwks_uri"));
  EXPECT_THAT(why(issuer + R"(","jwks_uri":"file:///etc/passwd"})"), HasSubstr("jwks_uri"));
  EXPECT_THAT(why(issuer + R"(","jwks_uri":"http://a:b@127.0.0.1/"})"), HasSubstr("jwks_uri"));
  EXPECT_THAT(why(issuer + R"(","jwks_uri":")" + idp.url("/elsewhere") + "\"}"), HasSubstr("answered 404"));
  EXPECT_THAT(why("[]"), HasSubstr("no JSON object"));
  EXPECT_THAT(why(issuer + R"(","issuer":"x"})"), HasSubstr("no JSON object"));
}

TEST(IssuerKeys, EndAtOnceThoughTheIssuerHangs) {
  IdentityProvider idp;
  Reply hang;
  hang.fault = Reply::Fault::hang;
  idp.set_keys(hang);
  auto timings = fast();
  timings.deadline = std::chrono::seconds(30);
  auto keys = std::make_unique<jwt::IssuerKeys>(idp.issuer(), "", timings);
  ASSERT_TRUE(eventually([&] { return idp.fetches() == 1; }));
  const auto start = std::chrono::steady_clock::now();
  keys.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(200));
}

}  // namespace
}  // namespace akko
