// The issuer's keys (RFC 7517) and the proof of a token's signature with them (cjose).
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/jwt.hpp"
#include "base/result.hpp"

namespace akko::jwt {

// The keys of one JWKS document that can verify our algorithms: RSA of 2048 to 8192 bits and EC P-256,
// with a `kid`, not meant for encryption. Others are left out (Keycloak lists an encryption key).
// Immutable and cheap to copy; any thread. (shared_ptr: copies share the imported keys.)
class KeySet {
 public:
  struct Key;  // jwks.cpp, with cjose's headers

  // Errors: `unavailable`/"keys_unusable" when the text is no JWKS or holds no key of use.
  static Result<KeySet> parse(std::string_view jwks);

  std::size_t size() const;
  bool has(std::string_view key_id) const;

  // Whether `token`, of which `parsed` is the reading, is signed with the key that it names.
  // Errors: token_key_unknown, token_signature.
  Result<void> verify(std::string_view token, const UnverifiedToken& parsed) const;

 private:
  explicit KeySet(std::shared_ptr<const std::vector<Key>> keys) : keys_(std::move(keys)) {}
  std::shared_ptr<const std::vector<Key>> keys_;
};

}  // namespace akko::jwt
