// The keys of one OIDC issuer, kept current by a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "adapters/jwks.hpp"
#include "adapters/token_cache.hpp"
#include "base/result.hpp"

namespace akko::jwt {

// A key set, and the tokens that were verified with it: they are forgotten together.
struct Trust {
  Trust(std::string text, KeySet set) : jwks(std::move(text)), keys(std::move(set)) {}
  const std::string jwks;  // the document that the keys were read from
  const KeySet keys;
  TokenCache verified;
};

struct FetchTimings {
  std::chrono::milliseconds first_retry{50};  // doubled at each failure
  std::chrono::milliseconds longest_retry{10'000};
  std::chrono::milliseconds refresh{5 * 60'000};
  std::chrono::milliseconds forced_gap{5'000};   // between two fetches for unknown key ids
  std::chrono::milliseconds forced_wait{1'000};  // how long the caller that caused one waits
  std::chrono::milliseconds deadline{5'000};     // of one request
};

// Fetches discovery and JWKS at once, then every `refresh`; on failure sooner. Keys are replaced as a whole
// by each good fetch (one that vanished is refused from then on) and outlive any number of failed ones.
// Any thread may call; the destructor ends a running fetch and joins.
class IssuerKeys {
 public:
  IssuerKeys(std::string issuer, std::string ca_file, FetchTimings timings = {});

  // Null until the first good fetch. Never waits. (shared_ptr: a caller may still verify with keys that are
  // replaced meanwhile.)
  std::shared_ptr<Trust> current() const;

  // For a key id that current() does not have. Has the keys fetched again, unless that was done less than
  // `forced_gap` ago, and waits at most `forced_wait` for it. Only the one caller that caused the fetch
  // waits: calls come from I/O threads, and a flood of unknown key ids must not hold them.
  std::shared_ptr<Trust> refetched();

  // "ok"; "stale: …" when the last fetch failed; unavailable/"keys_unavailable" when none ever succeeded.
  Result<std::string> check() const;

 private:
  using SteadyClock = std::chrono::steady_clock;

  void run(const std::stop_token& stop);
  Result<std::string> fetch(const std::stop_token& stop) const;
  Result<std::string> get(const std::string& url, const std::stop_token& stop) const;
  Result<std::shared_ptr<Trust>> trust_in(std::string jwks) const;
  void note(Result<std::shared_ptr<Trust>> outcome);

  const std::string issuer_;
  const std::string ca_file_;
  const FetchTimings timings_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::shared_ptr<Trust> trust_;
  std::string failure_ = "not asked yet";  // of the last fetch; "" = it succeeded
  unsigned failures_ = 0;                  // since the last good fetch
  SteadyClock::time_point fetched_at_;     // the last good one
  std::optional<SteadyClock::time_point> forced_at_;
  std::uint64_t started_ = 0;  // fetches, by number
  std::uint64_t finished_ = 0;
  std::uint64_t wanted_ = 0;  // the thread does not rest before it has started this one

  std::jthread thread_;  // last: uses all above
};

}  // namespace akko::jwt
