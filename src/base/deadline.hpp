// `Deadline`: the moment after which a caller no longer wants the answer. Passed down to every call
// that can wait; monotonic clock.
#pragma once

#include <algorithm>
#include <chrono>

namespace akko {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  static Deadline after(std::chrono::milliseconds span) { return Deadline(Clock::now() + span); }
  explicit Deadline(Clock::time_point at) : at_(at) {}

  Clock::time_point at() const { return at_; }
  bool passed() const { return Clock::now() >= at_; }
  // Time left, never negative.
  std::chrono::milliseconds left() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(at_ - Clock::now());
    return std::max(left, std::chrono::milliseconds{0});
  }

 private:
  Clock::time_point at_;
};

}  // namespace akko
