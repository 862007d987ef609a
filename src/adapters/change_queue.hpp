// A fair lock with a deadline: first come, first served, and its length can be seen.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>

#include "base/deadline.hpp"

namespace akko {

class ChangeQueue {
 public:
  // Held while a change runs; gives the place up when it dies.
  class Turn {
   public:
    explicit Turn(ChangeQueue& queue) : queue_(&queue) {}
    Turn(Turn&& other) noexcept : queue_(other.queue_) { other.queue_ = nullptr; }
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (queue_ != nullptr) queue_->leave();
    }

   private:
    ChangeQueue* queue_;
  };

  // Waits for the turn; nothing when the deadline passed or `stop` was requested first.
  std::optional<Turn> enter(const Deadline& deadline, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto ticket = next_ticket_++;
    waiting_.push_back(ticket);
    const bool first =
        changed_.wait_until(lock, stop, deadline.at(), [&] { return waiting_.front() == ticket; });
    if (first && !stop.stop_requested() && !deadline.passed())
      return std::optional<Turn>(std::in_place, *this);
    std::erase(waiting_, ticket);
    changed_.notify_all();
    return std::nullopt;
  }

  // Changes waiting or running.
  std::size_t depth() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  void leave() {
    {
      const std::lock_guard lock(mutex_);
      waiting_.pop_front();
    }
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::size_t> waiting_;  // tickets, the running one in front
  std::size_t next_ticket_ = 0;
};

}  // namespace akko
