// Sealing: secret values encrypted under the key of the store (libsodium, XChaCha20-Poly1305).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace akko {

// Where a sealed value belongs. Goes into the seal as associated data, so that a value cannot be moved.
struct SealedPlace {
  std::string_view catalog;
  std::string_view property;
  std::uint64_t revision = 0;  // Catalog::secret_revision
};

// Holds the keys derived from the 32 random bytes in `store.key`. Immutable once opened; any thread.
class SealedBox {
 public:
  static constexpr std::string_view kKeyFile = "store.key";

  enum class WhenMissing : unsigned char { make, refuse };

  // Reads the key file in the open directory `home`, or makes it: 0600, on the disk before it is used.
  // Errors, all failed_precondition with the fix: "store_key_missing", "store_key_bad", "file_not_private".
  static Result<SealedBox> open(int home, WhenMissing when_missing);

  // Tells which key this is, not what it is.
  const std::string& key_id() const { return key_id_; }

  // version (1 byte), key id (16), nonce (24), ciphertext with its tag.
  std::string seal(const Secret& value, const SealedPlace& place) const;
  // Errors: internal/"secret_unreadable": sealed under another key, for another place, or damaged.
  Result<Secret> unseal(std::string_view sealed, const SealedPlace& place) const;

  // Keyed BLAKE2b, 32 bytes: equal for equal texts, and of no use to guess a text without the key.
  std::string fingerprint(std::string_view text) const;

 private:
  explicit SealedBox(const Secret& master);

  Secret sealing_key_;
  Secret fingerprint_key_;
  std::string key_id_;
};

}  // namespace akko
