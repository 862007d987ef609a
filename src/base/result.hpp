// Errors as values: `Error`, `Result<T>` and the one macro that passes an error on.
//
// No exception crosses a layer of this program. A function that can fail returns `Result<T>`; the
// edge (src/api) alone turns an `Error` into an HTTP answer (RFC 9457).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace akko {

// What kind of failure this is, in the canonical RPC vocabulary. One table maps it to HTTP
// (api/problem.cpp); nothing else may know HTTP status numbers.
enum class ErrorCode : std::uint8_t {
  malformed,            // 400: the request cannot be read at all
  invalid_argument,     // 422: it can be read, but members are wrong; see Error::violations
  failed_precondition,  // 400: the world refuses (the connection test failed)
  unauthenticated,      // 401
  permission_denied,    // 403
  not_found,            // 404
  already_exists,       // 409: the name is taken, or another operation holds it
  aborted,              // 412: If-Match did not match
  payload_too_large,    // 413
  unsupported_media,    // 415
  resource_exhausted,   // 429: try later, the caller sends too much
  unavailable,          // 503: something we need does not answer; retry
  deadline_exceeded,    // 504
  internal,             // 500: our fault
};

// One wrong member of a request. `field` is a path into the body ("properties.connection-url").
struct FieldViolation {
  std::string field;
  std::string code;     // stable, machine readable: "required", "unknown", "pattern", …
  std::string message;  // for the reader: what is wrong and what would be right

  friend bool operator==(const FieldViolation&, const FieldViolation&) = default;
};

// A failure. Every text here may reach a user or a log: no secret may be put in. Texts that come
// from outside pass `Scrubber` (base/secret.hpp) first.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string reason;   // stable, machine readable: "name_taken", "auth_refused", …
  std::string message;  // what happened, where
  std::string fix;      // what to do; may be empty
  std::string raw;      // the foreign system's own words, scrubbed and cut; may be empty
  std::vector<FieldViolation> violations;
  bool retryable = false;
  int retry_after_seconds = 0;  // when a retry has a chance, if known
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string_view reason, std::string message,
                                  std::string fix = {}) {
  Error error;
  error.code = code;
  error.reason = reason;
  error.message = std::move(message);
  error.fix = std::move(fix);
  error.retryable = code == ErrorCode::unavailable || code == ErrorCode::deadline_exceeded ||
                    code == ErrorCode::resource_exhausted;
  return tl::unexpected<Error>(std::move(error));
}

// Puts "while …" in front of an error's message as it passes a layer.
inline tl::unexpected<Error> within(std::string_view doing, Error error) {
  error.message = std::string(doing) + ": " + error.message;
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace akko

#define AKKO_CONCAT_INNER(a, b) a##b
#define AKKO_CONCAT(a, b) AKKO_CONCAT_INNER(a, b)

// Declares `variable` with the value of `expression`, or returns its error to the caller:
//   AKKO_TRY(const auto catalog, store.find(name));
// A declaration, not a GNU statement expression: the latter crashes g++ 12.2 in coroutines.
#define AKKO_TRY(variable, expression)                                               \
  auto AKKO_CONCAT(akko_try_, __LINE__) = (expression);                              \
  if (!AKKO_CONCAT(akko_try_, __LINE__))                                             \
    return tl::make_unexpected(std::move(AKKO_CONCAT(akko_try_, __LINE__)).error()); \
  variable = std::move(*AKKO_CONCAT(akko_try_, __LINE__))

// The same for an expression whose value is not needed.
#define AKKO_CHECK(expression)                                     \
  do {                                                             \
    if (auto akko_checked = (expression); !akko_checked)           \
      return tl::make_unexpected(std::move(akko_checked).error()); \
  } while (false)
