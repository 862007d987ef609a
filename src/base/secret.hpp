// `Secret`: a value that cannot be printed, serialised or copied by accident, and `Scrubber`, which
// removes secret values from texts that leave the process.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace akko {

// A secret value (password, token, key). Owns its bytes and wipes them when it dies (libsodium's
// sodium_memzero). It has no stream operator, no conversion, no comparison with text; `reveal()` is
// the one way to the bytes and is easy to find in a review. Any thread; not synchronised.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) noexcept;
  Secret(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret other) noexcept;
  ~Secret();

  // The bytes. Only for: sealing into the store, writing the secret directory, building a
  // `Scrubber`, and (with the explicit opt-in) quoting into a statement.
  std::string_view reveal() const noexcept { return value_; }
  bool empty() const noexcept { return value_.empty(); }
  std::size_t size() const noexcept { return value_.size(); }

 private:
  std::string value_;
};

// Property name -> secret value, for one catalog.
using SecretValues = std::map<std::string, Secret>;

// Overwrites the bytes of `text` with zeros and empties it.
void wipe(std::string& text) noexcept;

// Removes the values of known secrets from foreign texts (error messages of Trino, drivers, …),
// in the spellings in which systems echo them: raw, SQL-quoted ('' doubled), JSON-escaped,
// percent-encoded (upper and lower case hex), form-encoded (+ for blank) and base64.
// A text that holds a secret of fewer than 4 bytes as a whole word cannot be cleaned piecewise and
// is withheld whole. Pure; safe to share between threads once built.
class Scrubber {
 public:
  Scrubber() = default;
  explicit Scrubber(const SecretValues& secrets);

  void add(const Secret& secret);

  // `text` with every secret replaced by "***", control characters replaced by blanks, invalid
  // UTF-8 replaced by U+FFFD, cut to `limit` bytes at a character boundary.
  std::string scrub(std::string_view text, std::size_t limit = 2048) const;

 private:
  std::vector<Secret> spellings_;  // longest first
  std::vector<Secret> short_;
};

}  // namespace akko
