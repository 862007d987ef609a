#include "adapters/dev_issuer_key.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/jwt.hpp"
#include "adapters/private_files.hpp"
#include "base/secret.hpp"

namespace akko {
namespace {

namespace json = boost::json;

constexpr const char* kKeyFile = "dev-issuer.key";
constexpr std::size_t kKeyBits = 2048;
constexpr std::size_t kMaxKeyFileBytes = 16 * 1024;

struct FreeOpenSsl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
};

tl::unexpected<Error> crypto_failure(std::string_view doing) {
  return fail(ErrorCode::internal, "crypto_failed", "OpenSSL failed at " + std::string(doing));
}

Result<Secret> new_key_as_pem() {
  const std::unique_ptr<EVP_PKEY, FreeOpenSsl> key(EVP_RSA_gen(kKeyBits));
  const std::unique_ptr<BIO, FreeOpenSsl> pem(BIO_new(BIO_s_mem()));  // wiped when freed
  if (!key || !pem ||
      PEM_write_bio_PKCS8PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return crypto_failure("making an RSA key");
  char* data = nullptr;
  const auto size = BIO_get_mem_data(pem.get(), &data);
  return Secret(std::string(data, static_cast<std::size_t>(size)));
}

// Several processes may start at once (`serve` and `token`): each writes a file of its own, the first to
// link it wins, and all read what won.
Result<void> make_key_file(int home) {
  AKKO_TRY(const auto pem, new_key_as_pem());
  std::array<unsigned char, 8> random{};
  randombytes_buf(random.data(), random.size());
  const std::string unfinished =
      std::string(kKeyFile) + "." +
      jwt::base64url_encode({reinterpret_cast<const char*>(random.data()), random.size()});
  AKKO_CHECK(make_private_file(home, unfinished, pem.reveal(), true));
  const int linked = ::linkat(home, unfinished.c_str(), home, kKeyFile, 0);
  const int error = errno;
  ::unlinkat(home, unfinished.c_str(), 0);
  if (linked != 0 && error != EEXIST)
    return storage_failure(std::string("making the file ") + kKeyFile, error);
  ::fsync(home);
  return {};
}

std::optional<std::string> base64url_parameter(const EVP_PKEY* key, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return std::nullopt;
  const std::unique_ptr<BIGNUM, FreeOpenSsl> number(raw);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return jwt::base64url_encode(bytes);
}

// RFC 7638: the hash of the required members in this order.
std::string thumbprint(std::string_view modulus, std::string_view exponent) {
  const std::string text =
      R"({"e":")" + std::string(exponent) + R"(","kty":"RSA","n":")" + std::string(modulus) + R"("})";
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return jwt::base64url_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace

DevIssuerKey::DevIssuerKey(Key key, std::string modulus, std::string exponent)
    : key_(std::move(key)),
      modulus_(std::move(modulus)),
      exponent_(std::move(exponent)),
      key_id_(thumbprint(modulus_, exponent_)) {}

Result<DevIssuerKey::Key> DevIssuerKey::read(std::string_view text) {
  const std::unique_ptr<BIO, FreeOpenSsl> pem(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const auto no_password = [](char*, int, int, void*) { return -1; };  // else OpenSSL asks the terminal
  Key key(PEM_read_bio_PrivateKey(pem.get(), nullptr, no_password, nullptr));
  if (!key || EVP_PKEY_is_a(key.get(), "RSA") != 1 ||
      EVP_PKEY_get_bits(key.get()) < static_cast<int>(kKeyBits))
    return fail(ErrorCode::failed_precondition, "dev_issuer_key_bad",
                std::string("the file ") + kKeyFile + " does not hold an RSA key of 2048 bits or more in PEM",
                "Remove it: a new one is made at the next start, and tokens issued before are void.");
  return key;
}

Result<DevIssuerKey> DevIssuerKey::open(const std::string& home) {
  AKKO_TRY(const auto directory, open_private_directory(home, Links::follow));
  auto pem = read_private_file(directory.get(), kKeyFile, kMaxKeyFileBytes);
  if (!pem && pem.error().reason == "no_file") {
    AKKO_CHECK(make_key_file(directory.get()));
    pem = read_private_file(directory.get(), kKeyFile, kMaxKeyFileBytes);
  }
  if (!pem) return tl::make_unexpected(std::move(pem).error());
  AKKO_TRY(auto key, read(pem->reveal()));
  auto modulus = base64url_parameter(key.get(), OSSL_PKEY_PARAM_RSA_N);
  auto exponent = base64url_parameter(key.get(), OSSL_PKEY_PARAM_RSA_E);
  if (!modulus || !exponent) return crypto_failure("reading an RSA key");
  return DevIssuerKey(std::move(key), std::move(*modulus), std::move(*exponent));
}

std::string DevIssuerKey::jwks_json() const {
  const json::object key{{"kty", "RSA"},   {"use", "sig"},  {"alg", "RS256"},
                         {"kid", key_id_}, {"n", modulus_}, {"e", exponent_}};
  return json::serialize(json::object{{"keys", json::array{key}}});
}

Result<std::string> DevIssuerKey::sign(const json::object& claims) const {
  const json::object header{{"alg", "RS256"}, {"typ", "JWT"}, {"kid", key_id_}};
  const std::string signed_part =
      jwt::base64url_encode(json::serialize(header)) + "." + jwt::base64url_encode(json::serialize(claims));
  AKKO_TRY(const auto proof, signature(signed_part));
  return signed_part + "." + jwt::base64url_encode(proof);
}

Result<std::string> DevIssuerKey::signature(std::string_view text) const {
  const std::unique_ptr<EVP_MD_CTX, FreeOpenSsl> context(EVP_MD_CTX_new());
  std::string proof(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = proof.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(proof.data()), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1)
    return crypto_failure("signing a token");
  proof.resize(size);
  return proof;
}

}  // namespace akko
