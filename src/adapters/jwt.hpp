// JSON Web Tokens, as far as they can be judged without keys: form, header, claims. Pure.
//
// Every refusal is `unauthenticated` with one of these reasons, and a message that never repeats a part
// of the token:
//   token_malformed      not three base64url parts, or header or payload is not strict JSON
//   token_algorithm      `alg` is not RS256, PS256 or ES256
//   token_header         the header holds something that must not steer us (`jwk`, `crit`, …), or no `kid`
//   token_type           an ID or refresh token, or no JWT at all
//   token_claims         a claim is missing or is not what it should be
//   token_issuer, token_audience, token_expired, token_not_yet_valid
// and, from jwks.hpp: token_key_unknown, token_signature.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/catalog.hpp"
#include "domain/identity.hpp"

namespace akko::jwt {

constexpr std::size_t kMaxTokenBytes = 16 * 1024;

enum class Algorithm : std::uint8_t { rs256, ps256, es256 };
std::string_view to_string(Algorithm algorithm);

// A token whose form is right. Nothing in it is proven yet.
struct UnverifiedToken {
  Algorithm algorithm = Algorithm::rs256;
  std::string key_id;
  std::string_view payload;  // base64url; a view into the parsed text
  std::size_t signature_bytes = 0;
};

// Reads parts and header, not the payload. More than kMaxTokenBytes are refused unread.
Result<UnverifiedToken> parse_token(std::string_view token);

// What the claims must say.
struct Expectations {
  std::string issuer;                  // `iss`, exactly
  std::vector<std::string> audiences;  // one of them in `aud`, or equal to `azp`
  std::chrono::seconds clock_skew{30};
};

// What the claims say, once the signature is proven.
struct Claims {
  Principal principal;
  UnixMillis expires_at = 0;  // `exp` plus the allowed skew
};

// `payload`: the middle part of a token whose signature was verified.
Result<Claims> check_claims(std::string_view payload, const Expectations& expected, UnixMillis now);

// base64url without padding, canonical (RFC 4648 §5); nothing when `text` is not.
std::optional<std::string> base64url_decode(std::string_view text);
std::string base64url_encode(std::string_view bytes);

}  // namespace akko::jwt
