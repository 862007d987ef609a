// Tokens without a network: form, claims, keys, signatures. Tokens are made by OpenSSL (token_forge.hpp).
#include "adapters/jwt.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/jwks.hpp"
#include "adapters/token_cache.hpp"
#include "fakes/token_forge.hpp"

namespace akko::jwt {
namespace {

using fakes::base64url;
using fakes::SigningKey;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr UnixMillis kNow = 1'800'000'000'000;
constexpr const char* kHeader = R"({"alg":"RS256","typ":"JWT","kid":"rsa"})";

// As Keycloak 26 makes it, shortened.
std::string claims(const std::string& more = "", const std::string& without = "") {
  const std::vector<std::pair<std::string, std::string>> members = {
      {"iss", R"("https://idp.example/realms/akko")"},
      {"aud", R"(["akko-catalog-manager","account"])"},
      {"azp", R"("akko-cockpit")"},
      {"typ", R"("Bearer")"},
      {"sub", R"("0282825a-cef4-8be7-9bdf-a169e20d0f09")"},
      {"preferred_username", R"("alice")"},
      {"realm_access", R"({"roles":["offline_access","akko-admin"]})"},
      {"iat", "1799999900"},
      {"exp", "1800000200"}};
  std::string text;
  for (const auto& [name, value] : members)
    if (name != without) text.append(text.empty() ? "{\"" : ",\"").append(name).append("\":").append(value);
  return text + (more.empty() ? "" : "," + more) + "}";
}
std::string claims_with(const std::string& name, const std::string& value) {
  return claims("\"" + name + "\":" + value, name);
}

Expectations expectations() {
  return {"https://idp.example/realms/akko", {"other", "akko-catalog-manager"}, std::chrono::seconds(30)};
}

const SigningKey& rsa_key() {
  static const SigningKey key = SigningKey::rsa(2048, "rsa");
  return key;
}
const SigningKey& ec_key() {
  static const SigningKey key = SigningKey::ec("P-256", "ec");
  return key;
}
const SigningKey& p384_key() {
  static const SigningKey key = SigningKey::ec("P-384", "p384");
  return key;
}
const SigningKey& small_key() {
  static const SigningKey key = SigningKey::rsa(1024, "small");
  return key;
}

const KeySet& keys() {
  static const KeySet set = KeySet::parse(fakes::jwks({rsa_key().jwk(R"(,"use":"sig")"), ec_key().jwk(),
                                                       p384_key().jwk(), small_key().jwk()}))
                                .value();
  return set;
}

// "alice", or the reason of the refusal.
std::string verdict(const std::string& token, const KeySet& set = keys()) {
  const auto judge = [&]() -> Result<Claims> {
    AKKO_TRY(const auto parsed, parse_token(token));
    AKKO_CHECK(set.verify(token, parsed));
    return check_claims(parsed.payload, expectations(), kNow);
  };
  const auto result = judge();
  if (result) return result->principal.name;
  EXPECT_EQ(result.error().code, ErrorCode::unauthenticated);
  EXPECT_FALSE(result.error().message.empty());
  return result.error().reason;
}

std::string header_verdict(const std::string& header) {
  return verdict(fakes::signed_token(rsa_key(), header, claims()));
}
std::string claims_verdict(const std::string& text) {
  return verdict(fakes::signed_token(rsa_key(), kHeader, text));
}

TEST(Jwt, AcceptsATokenOfEachAlgorithm) {
  EXPECT_EQ(header_verdict(kHeader), "alice");
  EXPECT_EQ(verdict(fakes::signed_token(rsa_key(), R"({"alg":"PS256","kid":"rsa"})", claims(),
                                        RSA_PKCS1_PSS_PADDING)),
            "alice");
  EXPECT_EQ(verdict(fakes::signed_token(ec_key(), R"({"alg":"ES256","kid":"ec"})", claims())), "alice");
}

TEST(Jwt, TellsWhoCalls) {
  const auto result = check_claims(base64url(claims()), expectations(), kNow);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->principal.subject, "0282825a-cef4-8be7-9bdf-a169e20d0f09");
  EXPECT_EQ(result->principal.name, "alice");
  EXPECT_THAT(result->principal.roles, ElementsAre("offline_access", "akko-admin"));
  EXPECT_EQ(result->expires_at, 1'800'000'230'000);
  const auto nameless = check_claims(base64url(claims("", "preferred_username")), expectations(), kNow);
  ASSERT_TRUE(nameless);
  EXPECT_EQ(nameless->principal.name, nameless->principal.subject);
  const auto roleless = check_claims(base64url(claims("", "realm_access")), expectations(), kNow);
  ASSERT_TRUE(roleless);
  EXPECT_THAT(roleless->principal.roles, IsEmpty());
}

TEST(Jwt, RefusesTheAlgorithmNone) {
  for (const auto* name : {"none", "None", "NONE", "nOnE", ""}) {
    const std::string header = base64url(std::string(R"({"alg":")") + name + R"(","kid":"rsa"})");
    EXPECT_EQ(verdict(header + "." + base64url(claims()) + "."), "token_algorithm") << name;
    EXPECT_EQ(verdict(header + "." + base64url(claims()) + "." + base64url("x")), "token_algorithm") << name;
  }
  EXPECT_EQ(header_verdict(R"({"kid":"rsa"})"), "token_algorithm");
  EXPECT_EQ(header_verdict(R"({"alg":null,"kid":"rsa"})"), "token_algorithm");
  EXPECT_EQ(header_verdict(R"({"alg":["RS256"],"kid":"rsa"})"), "token_algorithm");
  const std::string unsigned_token = base64url(kHeader) + "." + base64url(claims()) + ".";
  EXPECT_EQ(verdict(unsigned_token), "token_signature");
}

TEST(Jwt, RefusesOtherAlgorithms) {
  for (const auto* name : {"RS384", "RS512", "PS384", "PS512", "ES384", "ES512", "HS256", "EdDSA", "RSA-OAEP",
                           "rs256", "RS256 ", "RS256\\u0000"})
    EXPECT_EQ(header_verdict(std::string(R"({"alg":")") + name + R"(","kid":"rsa"})"), "token_algorithm")
        << name;
}

TEST(Jwt, RefusesAnHmacMadeWithThePublicKey) {
  for (const auto* header : {R"({"alg":"HS256","kid":"rsa"})", R"({"alg":"RS256","kid":"rsa"})"})
    for (const auto& secret : {rsa_key().public_pem(), rsa_key().public_der(), rsa_key().jwk()})
      EXPECT_EQ(
          verdict(fakes::hmac_token(secret, header, claims())),
          std::string(header).find("HS256") == std::string::npos ? "token_signature" : "token_algorithm");
}

TEST(Jwt, RefusesAHeaderThatSteersTheVerifier) {
  for (const auto& member :
       {R"("jwk":)" + rsa_key().jwk(), std::string(R"("jku":"https://evil.example/jwks")"),
        std::string(R"("x5u":"https://evil.example/x")"), std::string(R"("x5c":["MIIB"])"),
        std::string(R"("crit":["exp"])"), std::string(R"("crit":[])"), std::string(R"("b64":false)"),
        std::string(R"("zip":"DEF")"), std::string(R"("enc":"A128GCM")")})
    EXPECT_EQ(header_verdict(R"({"alg":"RS256","kid":"rsa",)" + member + "}"), "token_header") << member;
  // A thumbprint is a mere name; Entra ID sends it.
  EXPECT_EQ(header_verdict(R"({"alg":"RS256","kid":"rsa","x5t":"abc"})"), "alice");
}

TEST(Jwt, RefusesAnUnknownOrMissingKeyId) {
  EXPECT_EQ(header_verdict(R"({"alg":"RS256","kid":"other"})"), "token_key_unknown");
  for (const auto* header :
       {R"({"alg":"RS256"})", R"({"alg":"RS256","kid":""})", R"({"alg":"RS256","kid":7})",
        R"({"alg":"RS256","kid":"a\nb"})", R"({"alg":"RS256","kid":null})"})
    EXPECT_EQ(header_verdict(header), "token_header") << header;
  const std::string long_id(300, 'k');
  EXPECT_EQ(header_verdict(R"({"alg":"RS256","kid":")" + long_id + "\"}"), "token_header");
}

TEST(Jwt, RefusesAKeyThatDoesNotFitTheAlgorithm) {
  EXPECT_EQ(header_verdict(R"({"alg":"RS256","kid":"ec"})"), "token_key_unknown");
  EXPECT_EQ(header_verdict(R"({"alg":"ES256","kid":"rsa"})"), "token_key_unknown");
  EXPECT_EQ(verdict(fakes::signed_token(p384_key(), R"({"alg":"ES256","kid":"p384"})", claims())),
            "token_key_unknown");
  EXPECT_EQ(verdict(fakes::signed_token(p384_key(), R"({"alg":"ES256","kid":"ec"})", claims())),
            "token_signature");
  EXPECT_EQ(verdict(fakes::signed_token(small_key(), R"({"alg":"RS256","kid":"small"})", claims())),
            "token_key_unknown");
  EXPECT_EQ(verdict(fakes::signed_token(small_key(), R"({"alg":"RS256","kid":"rsa"})", claims())),
            "token_signature");
  // PKCS#1 where PSS is announced, and the other way round.
  EXPECT_EQ(header_verdict(R"({"alg":"PS256","kid":"rsa"})"), "token_signature");
  EXPECT_EQ(verdict(fakes::signed_token(rsa_key(), kHeader, claims(), RSA_PKCS1_PSS_PADDING)),
            "token_signature");
}

TEST(Jwt, RefusesTheSignatureOfAnotherKey) {
  EXPECT_EQ(verdict(fakes::signed_token(SigningKey::rsa(2048, "rsa"), kHeader, claims())), "token_signature");
  EXPECT_EQ(
      verdict(fakes::signed_token(SigningKey::ec("P-256", "ec"), R"({"alg":"ES256","kid":"ec"})", claims())),
      "token_signature");
}

TEST(Jwt, RefusesAnEcdsaSignatureOfAnotherLength) {
  const std::string text = base64url(R"({"alg":"ES256","kid":"ec"})") + "." + base64url(claims());
  const std::string good = ec_key().sign(text);
  ASSERT_EQ(verdict(text + "." + base64url(good)), "alice");
  const std::string zero(1, '\0');
  for (const auto& bad : {zero + good.substr(0, 32) + zero + good.substr(32), good + zero, good.substr(0, 63),
                          std::string(64, '\0'), std::string()})
    EXPECT_EQ(verdict(text + "." + base64url(bad)), "token_signature");
}

TEST(Jwt, RefusesEveryFlippedBit) {
  const std::string token = fakes::signed_token(rsa_key(), kHeader, claims());
  for (std::size_t at = 0; at < token.size(); ++at)
    for (const int bit : {0, 3, 6}) {
      std::string forged = token;
      forged[at] = static_cast<char>(forged[at] ^ (1 << bit));
      EXPECT_NE(verdict(forged), "alice") << "byte " << at << ", bit " << bit;
    }
}

TEST(Jwt, RefusesWhatIsNotThreePartsOfBase64url) {
  const std::string token = fakes::signed_token(rsa_key(), kHeader, claims());
  for (std::size_t size = 0; size < token.size(); size += 7)
    EXPECT_NE(verdict(token.substr(0, size)), "alice");
  const auto dot = token.rfind('.');
  for (const auto& forged :
       {std::string(), std::string("."), std::string(".."), std::string("..."), "." + token, token + ".",
        token + ".x", " " + token, token + " ", token + "\n", token + "=",
        token.substr(0, dot) + "=" + token.substr(dot), token.substr(0, dot) + "\n" + token.substr(dot),
        "Bearer " + token, std::string(20'000, 'a'), std::string(1'000'000, '.'), "%65" + token.substr(1),
        token.substr(0, dot + 1) + "+/+/", token + std::string(1, '\0')})
    EXPECT_EQ(verdict(forged), "token_malformed") << forged.substr(0, 60);
  EXPECT_EQ(verdict(std::string(1'000'000, 'a') + "." + token), "token_malformed");
}

TEST(Jwt, RefusesBase64urlWithStrayBits) {
  // "eyJhbGciOiJSUzI1NiIs…": the last character of a part may carry bits that mean nothing.
  const std::string header = base64url(R"({"alg":"RS256","kid":"rsa"} )");
  ASSERT_EQ(header.size() % 4, 2U);
  std::string forged = header;
  forged.back() = static_cast<char>(forged.back() + 1);
  const std::string rest = "." + base64url(claims()) + "." + base64url("x");
  EXPECT_EQ(verdict(header + rest), "token_signature");
  EXPECT_EQ(verdict(forged + rest), "token_malformed");
}

TEST(Jwt, RefusesAHeaderOrPayloadThatIsNotStrictJson) {
  for (const auto* header :
       {"", "null", "[]", "\"x\"", "{", R"({"alg":"RS256","kid":"rsa"}x)",
        R"({"alg":"none","alg":"RS256","kid":"rsa"})", R"({"alg":"RS256","kid":"rsa","kid":"rsa"})",
        R"({"alg":"RS256","kid":"rsa","x":{"y":1,"y":1}})",
        R"({"alg":"RS256","\u0061lg":"RS256","kid":"rsa"})",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x\":\"\xFF\"}",
        R"({"alg":"RS256","kid":"rsa","x":[[[[[[[[[[[]]]]]]]]]]]})"})
    EXPECT_EQ(header_verdict(header), "token_malformed") << header;
  for (const auto& text :
       {std::string(), std::string("null"), std::string("[]"), claims() + "x", claims("\"sub\":\"root\""),
        claims(R"("a":{"b":1,"b":2})"), claims(R"("x":[[[[[[[[[[]]]]]]]]]])"),
        claims(R"("x":99999999999999999999999)"), claims("\"x\":\"\xC0\xAF\"")})
    EXPECT_EQ(claims_verdict(text), "token_malformed") << text;
}

TEST(Jwt, ChecksTheTypeOfTheHeader) {
  for (const auto* type : {"\"JWT\"", "\"jwt\"", "\"at+jwt\"", "\"AT+JWT\"", "\"application/at+jwt\""})
    EXPECT_EQ(header_verdict(std::string(R"({"alg":"RS256","kid":"rsa","typ":)") + type + "}"), "alice")
        << type;
  for (const auto* type : {"\"dpop+jwt\"", "\"logout+jwt\"", "\"JOSE\"", "\"\"", "1", "null", "[\"JWT\"]"})
    EXPECT_EQ(header_verdict(std::string(R"({"alg":"RS256","kid":"rsa","typ":)") + type + "}"), "token_type")
        << type;
}

TEST(Jwt, ChecksIssuerExactly) {
  for (const auto* issuer :
       {"\"https://idp.example/realms/akko/\"", "\"https://idp.example/realms/AKKO\"",
        "\"http://idp.example/realms/akko\"", "\"\"", "null", "[\"https://idp.example/realms/akko\"]"})
    EXPECT_EQ(claims_verdict(claims_with("iss", issuer)), "token_issuer") << issuer;
  EXPECT_EQ(claims_verdict(claims("", "iss")), "token_issuer");
}

TEST(Jwt, ChecksAudience) {
  EXPECT_EQ(claims_verdict(claims_with("aud", "\"akko-catalog-manager\"")), "alice");
  EXPECT_EQ(claims_verdict(claims_with("aud", "[\"x\",\"other\"]")), "alice");
  for (const auto* audience : {"\"account\"", "[\"account\"]", "[]", "\"\"", "\"akko-catalog-manager2\""})
    EXPECT_EQ(claims_verdict(claims_with("aud", audience)), "token_audience") << audience;
  EXPECT_EQ(claims_verdict(claims("", "aud")), "token_audience");
  for (const auto* audience : {"null", "1", "{\"akko-catalog-manager\":1}", "[[\"akko-catalog-manager\"]]",
                               "[\"akko-catalog-manager\",1]"})
    EXPECT_EQ(claims_verdict(claims_with("aud", audience)), "token_claims") << audience;
}

TEST(Jwt, AcceptsTheAuthorizedPartyInPlaceOfTheAudience) {
  std::string text = claims_with("aud", "\"account\"");
  const std::string party = "\"akko-cockpit\"";
  text.replace(text.find(party), party.size(), "\"akko-catalog-manager\"");
  EXPECT_EQ(claims_verdict(text), "alice");
  EXPECT_EQ(claims_verdict(claims_with("azp", "[\"akko-catalog-manager\"]")), "token_claims");
}

TEST(Jwt, ChecksTheTypeOfTheToken) {
  EXPECT_EQ(claims_verdict(claims("", "typ")), "alice");
  for (const auto* type : {"\"ID\"", "\"Refresh\"", "\"Offline\"", "\"Logout\"", "\"bearer\"", "1", "null"})
    EXPECT_EQ(claims_verdict(claims_with("typ", type)), "token_type") << type;
}

TEST(Jwt, ChecksTimesWithTheAllowedSkew) {
  EXPECT_EQ(claims_verdict(claims_with("exp", "1799999971")), "alice");
  EXPECT_EQ(claims_verdict(claims_with("exp", "1799999970.5")), "alice");
  EXPECT_EQ(claims_verdict(claims_with("exp", "1799999970")), "token_expired");
  EXPECT_EQ(claims_verdict(claims_with("exp", "0")), "token_expired");
  EXPECT_EQ(claims_verdict(claims_with("exp", "1.8e9")), "alice");
  EXPECT_EQ(claims_verdict(claims_with("iat", "1800000030")), "alice");
  EXPECT_EQ(claims_verdict(claims_with("iat", "1800000031")), "token_not_yet_valid");
  EXPECT_EQ(claims_verdict(claims("\"nbf\":1800000030")), "alice");
  EXPECT_EQ(claims_verdict(claims("\"nbf\":1800000030.5")), "token_not_yet_valid");
  EXPECT_EQ(claims_verdict(claims("\"nbf\":0")), "alice");
}

TEST(Jwt, RefusesAbsurdTimes) {
  EXPECT_EQ(claims_verdict(claims("", "exp")), "token_claims");
  for (const auto* time :
       {"null", "\"1800000200\"", "-1", "1e300", "9223372036854775807", "18446744073709551615",
        "-9223372036854775808", "253402300800", "[1800000200]", "true", "-0.5"}) {
    EXPECT_EQ(claims_verdict(claims_with("exp", time)), "token_claims") << time;
    EXPECT_EQ(claims_verdict(claims(std::string("\"nbf\":") + time)), "token_claims") << time;
    EXPECT_EQ(claims_verdict(claims_with("iat", time)), "token_claims") << time;
  }
}

TEST(Jwt, RefusesNamesThatAreNone) {
  EXPECT_EQ(claims_verdict(claims("", "sub")), "token_claims");
  const std::string long_name = "\"" + std::string(257, 'x') + "\"";
  for (const auto& name :
       {std::string("\"\""), std::string("7"), std::string("null"), std::string("\"a\\nb\""),
        std::string("\"a\\u0000\""), std::string("\"\\u007f\""), long_name}) {
    EXPECT_EQ(claims_verdict(claims_with("sub", name)), "token_claims") << name;
    EXPECT_EQ(claims_verdict(claims_with("preferred_username", name)), "token_claims") << name;
    EXPECT_EQ(claims_verdict(claims_with("realm_access", R"({"roles":["x",)" + name + "]}")), "token_claims")
        << name;
  }
  for (const auto* access : {"1", "[]", R"({"roles":"akko-admin"})", R"({"roles":{"akko-admin":1}})",
                             R"({"roles":[["akko-admin"]]})"})
    EXPECT_EQ(claims_verdict(claims_with("realm_access", access)), "token_claims") << access;
  EXPECT_EQ(claims_verdict(claims_with("realm_access", "{}")), "alice");
}

TEST(Jwt, MessagesHelpAndRepeatNothing) {
  const auto refusal = [](const std::string& text) {
    return check_claims(base64url(text), expectations(), kNow).error();
  };
  EXPECT_THAT(refusal(claims_with("exp", "1799999900")).message, HasSubstr("expired 100 s ago"));
  EXPECT_THAT(refusal(claims_with("aud", "\"account\"")).message, HasSubstr("other, akko-catalog-manager"));
  EXPECT_THAT(refusal(claims_with("aud", "\"account\"")).fix, HasSubstr("audience mapper"));
  EXPECT_THAT(refusal(claims_with("iss", "\"canary\"")).message, Not(HasSubstr("canary")));
  EXPECT_THAT(refusal(claims_with("sub", "\"canary\\n\"")).message, Not(HasSubstr("canary")));
  EXPECT_THAT(refusal("{\"canary\":1,\"canary\":1}").message, Not(HasSubstr("canary")));
}

// ---- key sets

std::string key_set_verdict(const std::string& text) {
  const auto set = KeySet::parse(text);
  if (set) return std::to_string(set->size());
  EXPECT_EQ(set.error().code, ErrorCode::unavailable);
  return set.error().reason;
}

TEST(Jwks, LeavesOutKeysOfNoUse) {
  const auto rsa = rsa_key().jwk();
  EXPECT_EQ(key_set_verdict(fakes::jwks({rsa})), "1");
  for (const auto& other :
       {rsa_key().jwk(R"(,"use":"enc")"), rsa_key().jwk(R"(,"alg":"RSA-OAEP")"),
        rsa_key().jwk(R"(,"alg":"ES256")"), rsa_key().jwk(R"(,"key_ops":["encrypt"])"),
        rsa_key().jwk(R"(,"use":1)"), rsa_key().jwk(R"(,"alg":7)"), small_key().jwk(), p384_key().jwk(),
        ec_key().jwk(R"(,"alg":"RS256")"), std::string(R"({"kty":"oct","kid":"x","k":"c2VjcmV0"})"),
        std::string("{}"), std::string("1"), std::string(R"({"kty":"RSA","kid":"x"})"),
        std::string(R"({"kty":"RSA","kid":"x","n":"!!","e":"AQAB"})"),
        std::string(R"({"kty":"EC","kid":"x","crv":"P-256","x":"AA","y":"AA"})")}) {
    EXPECT_EQ(key_set_verdict(fakes::jwks({other})), "keys_unusable") << other;
    EXPECT_EQ(key_set_verdict(fakes::jwks({other, rsa})), "1") << other;
  }
  EXPECT_EQ(key_set_verdict(fakes::jwks(
                {rsa_key().jwk(R"(,"use":"sig","alg":"RS256","key_ops":["verify"],"x5c":["MII"])")})),
            "1");
}

TEST(Jwks, RefusesAKeyThatIsNoKey) {
  std::string on_no_curve = ec_key().jwk();
  const auto x = on_no_curve.find("\"x\":\"") + 5;
  on_no_curve[x] = on_no_curve[x] == 'A' ? 'B' : 'A';
  EXPECT_EQ(key_set_verdict(fakes::jwks({on_no_curve})), "keys_unusable");
  for (const auto* exponent : {"AQ", "AA", "AAEAAQ", "Ag", "", "AQABAAEAAQABAAE"}) {
    std::string weak = rsa_key().jwk();
    weak.replace(weak.find("AQAB"), 4, exponent);
    EXPECT_EQ(key_set_verdict(fakes::jwks({weak})), "keys_unusable") << exponent;
  }
  const std::string huge = base64url(std::string(1025, '\x7F'));
  EXPECT_EQ(key_set_verdict(fakes::jwks({R"({"kty":"RSA","kid":"x","e":"AQAB","n":")" + huge + "\"}"})),
            "keys_unusable");
}

TEST(Jwks, HoldsAKeyToItsAlgorithm) {
  const auto set = KeySet::parse(fakes::jwks({rsa_key().jwk(R"(,"alg":"RS256")")})).value();
  EXPECT_EQ(verdict(fakes::signed_token(rsa_key(), kHeader, claims()), set), "alice");
  EXPECT_EQ(verdict(fakes::signed_token(rsa_key(), R"({"alg":"PS256","kid":"rsa"})", claims(),
                                        RSA_PKCS1_PSS_PADDING),
                    set),
            "token_key_unknown");
}

TEST(Jwks, RefusesWhatIsNoKeySet) {
  for (const auto* text :
       {"", "null", "[]", "{}", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[],"keys":[]})", "<html>"})
    EXPECT_EQ(key_set_verdict(text), "keys_unusable") << text;
}

// ---- the cache of verified tokens

TEST(TokenCache, ForgetsWhatExpired) {
  TokenCache cache;
  Claims entry;
  entry.principal.name = "alice";
  entry.expires_at = kNow + 1000;
  const auto key = TokenCache::key_of("a.b.c");
  EXPECT_FALSE(cache.find(key, kNow));
  cache.add(key, entry, kNow);
  EXPECT_EQ(cache.find(key, kNow + 999)->name, "alice");
  EXPECT_FALSE(cache.find(key, kNow + 1000));
  EXPECT_FALSE(cache.find(TokenCache::key_of("a.b.d"), kNow));
}

TEST(TokenCache, StaysSmall) {
  TokenCache cache;
  Claims entry;
  entry.expires_at = kNow + 1000;
  for (int i = 0; i < 5000; ++i) {
    cache.add(TokenCache::key_of(std::to_string(i)), entry, kNow);
    ASSERT_LE(cache.size(), 1024U);
  }
  EXPECT_TRUE(cache.find(TokenCache::key_of("4999"), kNow));
}

}  // namespace
}  // namespace akko::jwt
