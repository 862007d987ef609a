// Verifies bearer tokens: form (jwt.hpp), key (issuer_keys.hpp), signature (jwks.hpp), claims, in this order,
// so that nothing of a forged token is read but its header.
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <sodium.h>

#include "adapters/adapters.hpp"
#include "adapters/issuer_keys.hpp"
#include "adapters/jwt.hpp"
#include "adapters/token_cache.hpp"

namespace akko {
namespace {

class OidcVerifier final : public TokenVerifier {
 public:
  OidcVerifier(OidcSettings settings, const Clock& clock)
      : expected_{settings.issuer, std::move(settings.audiences), settings.clock_skew},
        clock_(clock),
        keys_(std::move(settings.issuer), std::move(settings.ca_file)) {}

  // Waits (1 s at most) only when the token names a key that the issuer may just have made.
  Result<Principal> verify(std::string_view token) override {
    if (token.size() > jwt::kMaxTokenBytes)
      AKKO_CHECK(jwt::parse_token(token));  // refused without being hashed
    auto trust = keys_.current();
    if (!trust) {
      AKKO_CHECK(keys_.check());
      trust = keys_.current();  // they came between the two lines
    }
    const auto cache_key = jwt::TokenCache::key_of(token);
    if (auto principal = trust->verified.find(cache_key, clock_.now())) return std::move(*principal);

    AKKO_TRY(const auto parsed, jwt::parse_token(token));
    if (!trust->keys.has(parsed.key_id)) trust = keys_.refetched();
    AKKO_CHECK(trust->keys.verify(token, parsed));
    const auto now = clock_.now();
    AKKO_TRY(auto claims, jwt::check_claims(parsed.payload, expected_, now));
    trust->verified.add(cache_key, claims, now);
    return std::move(claims.principal);
  }

  Result<std::string> check() override { return keys_.check(); }

 private:
  const jwt::Expectations expected_;
  const Clock& clock_;
  jwt::IssuerKeys keys_;
};

}  // namespace

std::unique_ptr<TokenVerifier> make_oidc_verifier(OidcSettings settings, const Clock& clock) {
  [[maybe_unused]] const int ready = sodium_init();  // picks the fast BLAKE2b; without it, the portable one
  return std::make_unique<OidcVerifier>(std::move(settings), clock);
}

}  // namespace akko
