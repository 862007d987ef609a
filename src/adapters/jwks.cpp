#include "adapters/jwks.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <cjose/header.h>
#include <cjose/jwk.h>
#include <cjose/jws.h>
#include <openssl/err.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/strict_json.hpp"

namespace akko::jwt {

struct KeySet::Key {
  struct Release {
    void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
  };
  std::string id;
  std::vector<Algorithm> algorithms;  // that it may verify
  std::size_t signature_bytes = 0;    // of each of its signatures
  std::unique_ptr<cjose_jwk_t, Release> handle;
};

namespace {

namespace json = boost::json;

constexpr std::size_t kMaxJwksBytes = 512 * 1024;
constexpr std::size_t kMinModulusBits = 2048;
constexpr std::size_t kMaxModulusBytes = 1024;
constexpr std::size_t kCoordinateBytes = 32;  // P-256

std::string_view text_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

std::uint8_t* bytes_of(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

// `use` and `key_ops` (RFC 7517 §4.2, §4.3): made for signatures, or for nothing in particular.
bool is_for_signatures(const json::object& jwk) {
  if (jwk.contains("use") && text_member(jwk, "use") != "sig") return false;
  const auto* operations = jwk.if_contains("key_ops");
  if (!operations) return true;
  if (!operations->is_array()) return false;
  const auto& list = operations->get_array();
  return std::any_of(list.begin(), list.end(), [](const json::value& entry) {
    return entry.is_string() && entry.get_string() == "verify";
  });
}

std::size_t bit_length(std::string_view number) {
  std::size_t bits = number.size() * 8;
  for (unsigned first = static_cast<unsigned char>(number.front()); (first & 0x80U) == 0; first <<= 1U)
    --bits;
  return bits;
}

// A number as JWK wants it: at least one byte, the first not zero.
std::optional<std::string> number_member(const json::object& jwk, std::string_view name) {
  auto number = base64url_decode(text_member(jwk, name));
  if (!number || number->empty() || number->front() == '\0') return std::nullopt;
  return number;
}

cjose_jwk_t* import_rsa(const json::object& jwk) {
  auto modulus = number_member(jwk, "n");
  auto exponent = number_member(jwk, "e");
  if (!modulus || modulus->size() > kMaxModulusBytes || bit_length(*modulus) < kMinModulusBits)
    return nullptr;
  // With the exponent 1 every text is its own signature.
  if (!exponent || exponent->size() > 8 || (exponent->back() & 1) == 0 || *exponent == "\x01") return nullptr;
  cjose_jwk_rsa_keyspec parts{};
  parts.n = bytes_of(*modulus);
  parts.nlen = modulus->size();
  parts.e = bytes_of(*exponent);
  parts.elen = exponent->size();
  cjose_err error{};
  return cjose_jwk_create_RSA_spec(&parts, &error);
}

// cjose checks that the point is on the curve.
cjose_jwk_t* import_ec(const json::object& jwk) {
  if (text_member(jwk, "crv") != "P-256") return nullptr;
  auto x = base64url_decode(text_member(jwk, "x"));
  auto y = base64url_decode(text_member(jwk, "y"));
  if (!x || !y || x->size() != kCoordinateBytes || y->size() != kCoordinateBytes) return nullptr;
  cjose_jwk_ec_keyspec parts{};
  parts.crv = CJOSE_JWK_EC_P_256;
  parts.x = bytes_of(*x);
  parts.xlen = x->size();
  parts.y = bytes_of(*y);
  parts.ylen = y->size();
  cjose_err error{};
  return cjose_jwk_create_EC_spec(&parts, &error);
}

std::size_t signature_bytes_of(const cjose_jwk_t* key) {
  cjose_err error{};
  if (cjose_jwk_get_kty(key, &error) == CJOSE_JWK_KTY_EC) return 2 * kCoordinateBytes;
  return cjose_jwk_get_keysize(key, &error) / 8;
}

// Nothing when the key is of no use to us.
std::optional<KeySet::Key> read_key(const json::object& jwk) {
  KeySet::Key key;
  key.id = text_member(jwk, "kid");
  if (key.id.empty() || !is_for_signatures(jwk)) return std::nullopt;
  const auto type = text_member(jwk, "kty");
  if (type == "RSA") {
    key.handle.reset(import_rsa(jwk));
    key.algorithms = {Algorithm::rs256, Algorithm::ps256};
  } else if (type == "EC") {
    key.handle.reset(import_ec(jwk));
    key.algorithms = {Algorithm::es256};
  }
  if (!key.handle) return std::nullopt;
  key.signature_bytes = signature_bytes_of(key.handle.get());
  if (jwk.contains("alg"))
    std::erase_if(key.algorithms, [&](Algorithm a) { return to_string(a) != text_member(jwk, "alg"); });
  if (key.algorithms.empty()) return std::nullopt;
  return key;
}

struct ReleaseJws {
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
};

bool signature_holds(std::string_view token, Algorithm algorithm, const cjose_jwk_t* key) {
  cjose_err error{};
  const std::unique_ptr<cjose_jws_t, ReleaseJws> jws(cjose_jws_import(token.data(), token.size(), &error));
  if (!jws) return false;
  // cjose reads the header with a parser of its own: both must have seen the same algorithm.
  const char* const seen = cjose_header_get(cjose_jws_get_protected(jws.get()), CJOSE_HDR_ALG, &error);
  return seen && to_string(algorithm) == seen && cjose_jws_verify(jws.get(), key, &error);
}

}  // namespace

Result<KeySet> KeySet::parse(std::string_view jwks) {
  const auto unusable = [](std::string message) {
    return fail(ErrorCode::unavailable, "keys_unusable", "the issuer's key set " + std::move(message));
  };
  const auto document = parse_strict_json(jwks, {.max_depth = 8, .max_bytes = kMaxJwksBytes});
  if (!document) return unusable("is " + document.error().message);
  const auto* list = document->is_object() ? document->get_object().if_contains("keys") : nullptr;
  if (!list || !list->is_array()) return unusable("has no list \"keys\"");
  auto keys = std::make_shared<std::vector<Key>>();
  for (const auto& entry : list->get_array())
    if (entry.is_object())
      if (auto key = read_key(entry.get_object())) keys->push_back(std::move(*key));
  ERR_clear_error();  // libcurl reads the same queue of this thread
  if (keys->empty()) return unusable("holds no RSA (2048 bits or more) or P-256 key for signatures");
  return KeySet(std::move(keys));
}

std::size_t KeySet::size() const { return keys_->size(); }

bool KeySet::has(std::string_view key_id) const {
  return std::any_of(keys_->begin(), keys_->end(), [&](const Key& key) { return key.id == key_id; });
}

Result<void> KeySet::verify(std::string_view token, const UnverifiedToken& parsed) const {
  const auto key = std::find_if(keys_->begin(), keys_->end(), [&](const Key& candidate) {
    const auto& algorithms = candidate.algorithms;
    return candidate.id == parsed.key_id &&
           std::find(algorithms.begin(), algorithms.end(), parsed.algorithm) != algorithms.end();
  });
  if (key == keys_->end())
    return fail(
        ErrorCode::unauthenticated, "token_key_unknown",
        "the issuer has no key of the token's \"kid\" for " + std::string(to_string(parsed.algorithm)),
        "Get a new token; after a key rotation, try again in a few seconds.");
  // The length first: cjose splits an ECDSA signature of any length in two.
  if (parsed.signature_bytes == key->signature_bytes &&
      signature_holds(token, parsed.algorithm, key->handle.get()))
    return {};
  ERR_clear_error();  // libcurl reads the same queue of this thread
  return fail(ErrorCode::unauthenticated, "token_signature", "the token's signature is not right");
}

}  // namespace akko::jwt
