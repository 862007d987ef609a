// Tokens and key sets: the input is taken as a token, as a header, as claims and as a JWKS. Nothing crashes,
// no signature holds (the private key was thrown away), and who is let in has a name that can be logged.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/jwks.hpp"
#include "adapters/jwt.hpp"

namespace {

using namespace akko;

const jwt::KeySet& keys() {
  static const auto set = jwt::KeySet::parse(
      R"({"keys":[{"kty":"RSA","kid":"rsa","e":"AQAB","n":"wnoqDMkIjUbGNX2qidGYyhWz4ny4H_U4d0Xdj10zIKwTNge6QHZG8LY9)"
      R"(HlTVsnL6t1SxQcH0zMJyR2h437fhCQ6BlnLbBCbcuoS9xlKrSpCe6TCs-Z9h7ILGxGiv_yuSY_TOZ32p0nVjB3codVKlLND5hVnDv7Stb7)"
      R"(t8UoQmVt75g47Cs47h_A1rxsG3h9kXRm9aCk6FLSjjZ48SJE4hkpE4ZCPKEwtQL_GLSgVxJsg_bcXA6VVC5bkfP3sKUQ7dPYM84mvTciEO)"
      R"(64XiQCte-f5xjH_aIzFSVl5E-hB3SJ8R2Q-srWcas3xUcSpCT9kQqQhdZKPG0wohseeKWduYuQ"}]})");
  return *set;
}

void try_token(std::string_view token) {
  const auto parsed = jwt::parse_token(token);
  if (parsed && keys().verify(token, *parsed)) std::abort();
}

void try_claims(std::string_view payload) {
  static const jwt::Expectations expected{
      "https://idp.example/realms/akko", {"akko"}, std::chrono::seconds(30)};
  const auto claims = jwt::check_claims(payload, expected, 1'800'000'000'000);
  if (!claims) return;
  const auto& name = claims->principal.name;
  if (name.empty() ||
      std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
    std::abort();
  if (claims->expires_at <= 1'800'000'000'000) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string encoded = jwt::base64url_encode(text);
  if (jwt::base64url_decode(encoded) != text) std::abort();
  try_token(text);
  try_token(encoded + ".e30.c2ln");
  try_claims(encoded);
  static_cast<void>(jwt::KeySet::parse(text));
  return 0;
}
