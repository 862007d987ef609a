// The development issuer: see adapters.hpp. Signs with OpenSSL, not with cjose, so that the verifier
// (jwks.cpp) never judges its own work.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/parse.hpp>

#include "adapters/adapters.hpp"
#include "adapters/jwt.hpp"
#include "adapters/private_files.hpp"
#include "base/config.hpp"
#include "base/secret.hpp"

namespace akko {
namespace {

namespace json = boost::json;

constexpr const char* kKeyFile = "dev-issuer.key";
constexpr std::size_t kKeyBits = 2048;
constexpr std::size_t kMaxKeyFileBytes = 16 * 1024;
constexpr std::chrono::hours kLongestLifetime{24};
constexpr std::size_t kMaxRoles = 50;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, Free>;

tl::unexpected<Error> crypto_failure(std::string_view doing) {
  return fail(ErrorCode::internal, "crypto_failed", "OpenSSL failed at " + std::string(doing));
}

// ---- the key file

Result<Secret> new_key_as_pem() {
  const PrivateKey key(EVP_RSA_gen(kKeyBits));
  const std::unique_ptr<BIO, Free> pem(BIO_new(BIO_s_mem()));  // wiped when freed
  if (!key || !pem ||
      PEM_write_bio_PKCS8PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return crypto_failure("making an RSA key");
  char* data = nullptr;
  const auto size = BIO_get_mem_data(pem.get(), &data);
  return Secret(std::string(data, static_cast<std::size_t>(size)));
}

Result<PrivateKey> key_from_pem(const Secret& text) {
  const auto bytes = text.reveal();
  const std::unique_ptr<BIO, Free> pem(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  const auto no_password = [](char*, int, int, void*) { return -1; };  // else OpenSSL asks the terminal
  PrivateKey key(PEM_read_bio_PrivateKey(pem.get(), nullptr, no_password, nullptr));
  if (!key || EVP_PKEY_is_a(key.get(), "RSA") != 1 ||
      EVP_PKEY_get_bits(key.get()) < static_cast<int>(kKeyBits))
    return fail(ErrorCode::failed_precondition, "dev_issuer_key_bad",
                std::string("the file ") + kKeyFile + " does not hold an RSA key of 2048 bits or more in PEM",
                "Remove it: a new one is made at the next start, and tokens issued before are void.");
  return key;
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

Result<PrivateKey> open_key(const std::string& home) {
  AKKO_TRY(const auto directory, open_private_directory(home, Links::follow));
  auto pem = read_private_file(directory.get(), kKeyFile, kMaxKeyFileBytes);
  if (!pem && pem.error().reason == "no_file") {
    AKKO_CHECK(make_key_file(directory.get()));
    pem = read_private_file(directory.get(), kKeyFile, kMaxKeyFileBytes);
  }
  if (!pem) return tl::make_unexpected(std::move(pem).error());
  return key_from_pem(*pem);
}

// ---- names

std::array<unsigned char, crypto_hash_sha256_BYTES> sha256(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return digest;
}

// The first 16 bytes as a UUID of the given version (RFC 9562).
std::string uuid(std::array<unsigned char, 16> bytes, unsigned version) {
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | (version << 4U));
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::string text(2 * bytes.size() + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, 1, '-');
  return text;
}

// The same for the same user and issuer, as Keycloak's `sub` is.
std::string subject_of(std::string_view issuer, std::string_view user) {
  const auto digest = sha256(std::string(issuer) + "\n" + std::string(user));
  std::array<unsigned char, 16> bytes{};
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  return uuid(bytes, 8);
}

std::string random_uuid() {
  std::array<unsigned char, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return uuid(bytes, 4);
}

bool is_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._@:-").find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed);
}

Result<void> check(const DevIssuer::TokenRequest& request) {
  const auto invalid = [](std::string_view reason, std::string message) {
    return fail(ErrorCode::invalid_argument, reason, std::move(message));
  };
  constexpr std::string_view kRule = " must be 1 to 64 of the characters a-z A-Z 0-9 . _ @ : -";
  if (!is_name(request.user)) return invalid("bad_user", "the user name" + std::string(kRule));
  if (request.roles.size() > kMaxRoles) return invalid("bad_roles", "at most 50 roles fit into a token");
  if (!std::all_of(request.roles.begin(), request.roles.end(), is_name))
    return invalid("bad_roles", "each role" + std::string(kRule));
  if (request.lifetime < std::chrono::seconds(1) || request.lifetime > kLongestLifetime)
    return invalid("bad_lifetime", "the lifetime must be from 1 s to 24 h");
  return {};
}

Result<void> check_issuer(const std::string& issuer) {
  const auto url = boost::urls::parse_uri(issuer);
  bool good = url.has_value() && (url->scheme() == "http" || url->scheme() == "https") &&
              !url->has_userinfo() && !url->has_query() && !url->has_fragment();
  if (good) {
    const std::string path(url->encoded_path().data(), url->encoded_path().size());
    std::string_view host(url->encoded_host().data(), url->encoded_host().size());
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    // Boost.URL 1.81 reads http://127.0.0.1.example.com/ as the host 127.0.0.1 with the path ".example.com/".
    good = (path.empty() || path.front() == '/') && (host == "localhost" || is_loopback(host));
  }
  if (good) return {};
  return fail(
      ErrorCode::failed_precondition, "dev_issuer_not_loopback",
      "the development issuer gives a token to everyone who can read its key file and serves loopback "
      "addresses only, not " +
          issuer,
      "Listen on 127.0.0.1, or name a real identity provider with AKKO_OIDC_ISSUER.");
}

std::optional<std::string> base64url_parameter(const EVP_PKEY* key, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return std::nullopt;
  const std::unique_ptr<BIGNUM, Free> number(raw);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return jwt::base64url_encode(bytes);
}

class RsaDevIssuer final : public DevIssuer {
 public:
  RsaDevIssuer(PrivateKey key, std::string issuer, std::string audience, const Clock& clock,
               std::string modulus, std::string exponent)
      : key_(std::move(key)),
        issuer_(std::move(issuer)),
        audience_(std::move(audience)),
        clock_(clock),
        modulus_(std::move(modulus)),
        exponent_(std::move(exponent)) {
    // RFC 7638: the hash of the required members in this order.
    const auto digest = sha256(R"({"e":")" + exponent_ + R"(","kty":"RSA","n":")" + modulus_ + R"("})");
    key_id_ = jwt::base64url_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
  }

  std::string discovery_json() const override {
    return json::serialize(json::object{{"issuer", issuer_},
                                        {"jwks_uri", issuer_ + "/jwks"},
                                        {"response_types_supported", json::array{"none"}},
                                        {"subject_types_supported", json::array{"public"}},
                                        {"id_token_signing_alg_values_supported", json::array{"RS256"}}});
  }

  std::string jwks_json() const override {
    const json::object key{{"kty", "RSA"},   {"use", "sig"},  {"alg", "RS256"},
                           {"kid", key_id_}, {"n", modulus_}, {"e", exponent_}};
    return json::serialize(json::object{{"keys", json::array{key}}});
  }

  Result<std::string> token(const TokenRequest& request) const override {
    AKKO_CHECK(check(request));
    const auto now = clock_.now() / 1000;
    const json::object header{{"alg", "RS256"}, {"typ", "JWT"}, {"kid", key_id_}};
    const json::object claims{
        {"iss", issuer_},
        {"aud", json::array{audience_}},
        {"azp", "akko-cockpit"},
        {"typ", "Bearer"},
        {"sub", subject_of(issuer_, request.user)},
        {"preferred_username", request.user},
        {"realm_access", {{"roles", json::array(request.roles.begin(), request.roles.end())}}},
        {"iat", now},
        {"exp", now + request.lifetime.count()},
        {"jti", random_uuid()}};
    const std::string signed_part =
        jwt::base64url_encode(json::serialize(header)) + "." + jwt::base64url_encode(json::serialize(claims));
    AKKO_TRY(const auto signature, sign(signed_part));
    return signed_part + "." + jwt::base64url_encode(signature);
  }

 private:
  Result<std::string> sign(std::string_view text) const {
    const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
    std::size_t size = signature.size();
    if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1)
      return crypto_failure("signing a token");
    signature.resize(size);
    return signature;
  }

  PrivateKey key_;
  std::string issuer_;
  std::string audience_;
  const Clock& clock_;
  std::string modulus_;
  std::string exponent_;
  std::string key_id_;
};

}  // namespace

Result<std::unique_ptr<DevIssuer>> open_dev_issuer(const std::string& home, const std::string& issuer,
                                                   const std::string& audience, const Clock& clock) {
  AKKO_CHECK(check_issuer(issuer));
  if (sodium_init() < 0)
    return fail(ErrorCode::internal, "no_randomness", "libsodium finds no source of randomness");
  AKKO_TRY(auto key, open_key(home));
  auto modulus = base64url_parameter(key.get(), OSSL_PKEY_PARAM_RSA_N);
  auto exponent = base64url_parameter(key.get(), OSSL_PKEY_PARAM_RSA_E);
  if (!modulus || !exponent) return crypto_failure("reading an RSA key");
  return std::make_unique<RsaDevIssuer>(std::move(key), issuer, audience, clock, std::move(*modulus),
                                        std::move(*exponent));
}

}  // namespace akko
