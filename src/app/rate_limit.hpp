// How often one user may do what costs others something (connection tests knock at foreign doors).
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace akko {

// A token bucket per subject: full it lets `per_minute` calls through at once, and it fills within a minute.
// Any thread; never waits.
class RateLimiter {
 public:
  using Clock = std::chrono::steady_clock;

  // `per_minute` at least 1. Beyond `max_subjects` the fullest bucket is forgotten: its owner gains least.
  explicit RateLimiter(unsigned per_minute, std::size_t max_subjects = 1024)
      : capacity_(per_minute), max_subjects_(std::max<std::size_t>(max_subjects, 1)) {}

  // Takes a token: nothing = go ahead; else after how long to try again (whole seconds, at least one), and
  // no token is taken.
  std::optional<std::chrono::seconds> refusal(std::string_view subject,
                                              Clock::time_point now = Clock::now()) {
    const std::lock_guard lock(mutex_);
    auto found = buckets_.find(subject);
    if (found == buckets_.end()) {
      if (buckets_.size() >= max_subjects_) forget_fullest(now);
      found = buckets_.emplace(std::string(subject), Bucket{capacity_, now}).first;
    }
    auto& bucket = found->second;
    bucket.tokens = level(bucket, now);
    bucket.at = std::max(bucket.at, now);
    if (bucket.tokens < 1) {
      const double wait = std::ceil((1 - bucket.tokens) * 60 / capacity_);
      return std::chrono::seconds(std::max(1L, static_cast<long>(wait)));
    }
    bucket.tokens -= 1;
    return std::nullopt;
  }

 private:
  struct Bucket {
    double tokens;
    Clock::time_point at;  // when `tokens` was right
  };

  double level(const Bucket& bucket, Clock::time_point now) const {
    const std::chrono::duration<double, std::chrono::minutes::period> passed = now - bucket.at;
    return std::min(capacity_, bucket.tokens + std::max(0.0, passed.count()) * capacity_);
  }

  void forget_fullest(Clock::time_point now) {
    buckets_.erase(std::max_element(buckets_.begin(), buckets_.end(), [&](const auto& a, const auto& b) {
      return level(a.second, now) < level(b.second, now);
    }));
  }

  const double capacity_;
  const std::size_t max_subjects_;
  std::mutex mutex_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace akko
