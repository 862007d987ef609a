#include "adapters/sealed_box.hpp"

#include <utility>

#include <sodium.h>
#include <unistd.h>

#include "adapters/private_files.hpp"

namespace akko {
namespace {

constexpr std::size_t kMasterBytes = crypto_kdf_KEYBYTES;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kKeyIdBytes = 16;
constexpr char kVersion = 1;
constexpr const char* kContext = "akkostor";  // 8 characters, as libsodium wants it
static_assert(kMasterBytes == 32);

// Never change a number: what is sealed would be lost.
enum class Purpose : std::uint64_t { sealing = 1, fingerprints = 2, key_id = 3 };

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string derive(const Secret& master, Purpose purpose, std::size_t size) {
  std::string key(size, '\0');
  crypto_kdf_derive_from_key(bytes_of(key), key.size(), static_cast<std::uint64_t>(purpose), kContext,
                             bytes_of(master.reveal()));
  return key;
}

// NUL stands in none of the parts.
std::string associated(const SealedPlace& place) {
  std::string text(place.catalog);
  text.append(1, '\0').append(place.property).append(1, '\0').append(std::to_string(place.revision));
  return text;
}

tl::unexpected<Error> unreadable(const SealedPlace& place, std::string_view why) {
  return fail(
      ErrorCode::internal, "secret_unreadable",
      "the sealed value of " + std::string(place.catalog) + "/" + std::string(place.property) +
          " cannot be read: " + std::string(why),
      "Restore akko.db and store.key together from one backup, or remove and register the catalog again.");
}

// Written under another name first, so that a crash never leaves half a key.
Result<Secret> make_key(int home) {
  const std::string name(SealedBox::kKeyFile);
  const std::string unfinished = name + ".new";
  std::string bytes(kMasterBytes, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  Secret key(std::move(bytes));
  ::unlinkat(home, unfinished.c_str(), 0);
  AKKO_CHECK(make_private_file(home, unfinished, key.reveal(), true));
  if (::renameat(home, unfinished.c_str(), home, name.c_str()) != 0 || ::fsync(home) != 0) {
    return storage_failure("making the key file " + name, errno);
  }
  return key;
}

}  // namespace

SealedBox::SealedBox(const Secret& master)
    : sealing_key_(derive(master, Purpose::sealing, crypto_aead_xchacha20poly1305_ietf_KEYBYTES)),
      fingerprint_key_(derive(master, Purpose::fingerprints, crypto_generichash_KEYBYTES)),
      key_id_(derive(master, Purpose::key_id, kKeyIdBytes)) {}

Result<SealedBox> SealedBox::open(int home, WhenMissing when_missing) {
  if (sodium_init() < 0)
    return fail(ErrorCode::internal, "no_randomness", "libsodium finds no source of randomness");
  const std::string name(kKeyFile);
  auto key = read_private_file(home, name, kMasterBytes + 1);
  if (!key && key.error().reason == "no_file") {
    if (when_missing == WhenMissing::refuse) {
      return fail(ErrorCode::failed_precondition, "store_key_missing",
                  "the key file " + name + " is gone, and the database holds values sealed under it",
                  "Restore it from the backup (mode 0600). Without it the secrets are lost: then remove "
                  "akko.db as well "
                  "and register the catalogs again.");
    }
    key = make_key(home);
  }
  if (!key) return tl::make_unexpected(std::move(key).error());
  if (key->size() != kMasterBytes) {
    return fail(ErrorCode::failed_precondition, "store_key_bad",
                "the key file " + name + " does not hold 32 bytes", "Restore it from the backup.");
  }
  return SealedBox(*key);
}

std::string SealedBox::seal(const Secret& value, const SealedPlace& place) const {
  const auto about = associated(place);
  std::string nonce(kNonceBytes, '\0');
  randombytes_buf(nonce.data(), nonce.size());
  std::string ciphertext(value.size() + kTagBytes, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(ciphertext), nullptr, bytes_of(value.reveal()),
                                             value.size(), bytes_of(about), about.size(), nullptr,
                                             bytes_of(nonce), bytes_of(sealing_key_.reveal()));
  return std::string(1, kVersion).append(key_id_).append(nonce).append(ciphertext);
}

Result<Secret> SealedBox::unseal(std::string_view sealed, const SealedPlace& place) const {
  if (sealed.size() < 1 + kKeyIdBytes + kNonceBytes + kTagBytes || sealed.front() != kVersion) {
    return unreadable(place, "it is damaged");
  }
  sealed.remove_prefix(1);
  if (sealed.substr(0, kKeyIdBytes) != key_id_) return unreadable(place, "it was sealed under another key");
  const auto nonce = sealed.substr(kKeyIdBytes, kNonceBytes);
  const auto ciphertext = sealed.substr(kKeyIdBytes + kNonceBytes);
  const auto about = associated(place);
  std::string plain(ciphertext.size() - kTagBytes, '\0');
  const int refused = crypto_aead_xchacha20poly1305_ietf_decrypt(
      bytes_of(plain), nullptr, nullptr, bytes_of(ciphertext), ciphertext.size(), bytes_of(about),
      about.size(), bytes_of(nonce), bytes_of(sealing_key_.reveal()));
  if (refused != 0)
    return unreadable(place, "it is damaged, or belongs to another catalog, property or revision");
  return Secret(std::move(plain));
}

std::string SealedBox::fingerprint(std::string_view text) const {
  std::string hash(crypto_generichash_BYTES, '\0');
  crypto_generichash(bytes_of(hash), hash.size(), bytes_of(text), text.size(),
                     bytes_of(fingerprint_key_.reveal()), fingerprint_key_.size());
  return hash;
}

}  // namespace akko
