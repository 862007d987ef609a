// The key of the development issuer: its file, its public half, its signature. Signs with OpenSSL, not with
// cjose, so that the verifier (jwks.cpp) never judges its own work.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>
#include <boost/json/object.hpp>

#include "base/result.hpp"

namespace akko {

// Any thread.
class DevIssuerKey {
 public:
  // Reads `<home>/dev-issuer.key` (0600), which is made when it is missing.
  static Result<DevIssuerKey> open(const std::string& home);

  std::string jwks_json() const;
  // A signed JWT (RS256) with these claims.
  Result<std::string> sign(const boost::json::object& claims) const;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  using Key = std::unique_ptr<EVP_PKEY, Free>;

  DevIssuerKey(Key key, std::string modulus, std::string exponent);
  static Result<Key> read(std::string_view pem);
  Result<std::string> signature(std::string_view text) const;

  Key key_;
  std::string modulus_;
  std::string exponent_;
  std::string key_id_;
};

}  // namespace akko
