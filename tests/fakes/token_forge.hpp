// Makes keys, key sets and tokens, right ones and forged ones, with OpenSSL alone: shares no code with the
// verifier that it tests.
#pragma once

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace akko::fakes {

inline std::string base64url(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

// A private key and what it can do.
class SigningKey {
 public:
  static SigningKey rsa(unsigned bits, std::string id) { return {EVP_RSA_gen(bits), std::move(id), "RSA"}; }
  static SigningKey ec(const char* curve, std::string id) {
    return {EVP_EC_gen(curve), std::move(id), curve};
  }

  const std::string& id() const { return id_; }

  // `padding` matters to RSA alone: RSA_PKCS1_PADDING (RS256) or RSA_PKCS1_PSS_PADDING (PS256).
  std::string sign(std::string_view text, int padding = RSA_PKCS1_PADDING) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EVP_PKEY_CTX* options = nullptr;
    require(EVP_DigestSignInit(context.get(), &options, EVP_sha256(), nullptr, key_.get()) == 1);
    if (type_ == "RSA") require(EVP_PKEY_CTX_set_rsa_padding(options, padding) == 1);
    if (type_ == "RSA" && padding == RSA_PKCS1_PSS_PADDING)
      require(EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1);
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
    std::size_t size = signature.size();
    require(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                           reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1);
    signature.resize(size);
    return type_ == "RSA" ? signature : joined(signature);
  }

  // The public key as a JWK; `members` (",\"use\":\"sig\"") is appended.
  std::string jwk(const std::string& members = "") const {
    const std::string end = R"(,"kid":")" + id_ + "\"" + members + "}";
    if (type_ == "RSA")
      return R"({"kty":"RSA","n":")" + number(OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
             number(OSSL_PKEY_PARAM_RSA_E) + "\"" + end;
    return R"({"kty":"EC","crv":")" + type_ + R"(","x":")" + number(OSSL_PKEY_PARAM_EC_PUB_X, coordinate()) +
           R"(","y":")" + number(OSSL_PKEY_PARAM_EC_PUB_Y, coordinate()) + "\"" + end;
  }

  // The public key in the two spellings in which a careless verifier might use it as an HMAC secret.
  std::string public_pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
    require(PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1);
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
  }
  std::string public_der() const {
    std::string der(static_cast<std::size_t>(i2d_PUBKEY(key_.get(), nullptr)), '\0');
    auto* end = reinterpret_cast<unsigned char*>(der.data());
    i2d_PUBKEY(key_.get(), &end);
    return der;
  }

 private:
  SigningKey(EVP_PKEY* key, std::string id, std::string type)
      : key_(key, &EVP_PKEY_free), id_(std::move(id)), type_(std::move(type)) {
    require(key != nullptr);
  }

  static void require(bool good) {
    if (!good) throw std::runtime_error("OpenSSL refused to help with a test");
  }

  std::size_t coordinate() const { return (static_cast<std::size_t>(EVP_PKEY_get_bits(key_.get())) + 7) / 8; }

  // base64url of a number of the key, padded with zeros in front to `bytes`.
  std::string number(const char* name, std::size_t bytes = 0) const {
    BIGNUM* raw = nullptr;
    require(EVP_PKEY_get_bn_param(key_.get(), name, &raw) == 1);
    const std::string text = base64url(big_endian(raw, bytes));
    BN_free(raw);
    return text;
  }

  static std::string big_endian(const BIGNUM* number, std::size_t bytes) {
    const auto own = static_cast<std::size_t>(BN_num_bytes(number));
    std::string text(own > bytes ? own : bytes, '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(text.data()), static_cast<int>(text.size()));
    return text;
  }

  // JOSE wants r and s side by side where OpenSSL gives DER.
  std::string joined(const std::string& der) const {
    const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> parts(
        d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size())), &ECDSA_SIG_free);
    return big_endian(ECDSA_SIG_get0_r(parts.get()), coordinate()) +
           big_endian(ECDSA_SIG_get0_s(parts.get()), coordinate());
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::string id_;
  std::string type_;  // "RSA" or the curve
};

inline std::string jwks(const std::vector<std::string>& keys) {
  std::string list;
  for (const auto& key : keys) list += (list.empty() ? "" : ",") + key;
  return R"({"keys":[)" + list + "]}";
}

inline std::string signed_token(const SigningKey& key, std::string_view header, std::string_view claims,
                                int padding = RSA_PKCS1_PADDING) {
  const std::string text = base64url(header) + "." + base64url(claims);
  return text + "." + base64url(key.sign(text, padding));
}

inline std::string hmac_token(std::string_view secret, std::string_view header, std::string_view claims) {
  const std::string text = base64url(header) + "." + base64url(claims);
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  return text + "." + base64url({reinterpret_cast<const char*>(mac), size});
}

}  // namespace akko::fakes
