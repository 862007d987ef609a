// One lock per catalog name, within this process: an operation holds its name while it runs, and the
// reconciler leaves held names alone.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "base/deadline.hpp"
#include "domain/catalog.hpp"

namespace akko {

class NameLocks {
 public:
  // Holds a name; gives it free when it dies.
  class Held {
   public:
    Held(NameLocks& locks, std::string name) : locks_(&locks), name_(std::move(name)) {}
    Held(Held&& other) noexcept : locks_(other.locks_), name_(std::move(other.name_)) {
      other.locks_ = nullptr;
    }
    Held& operator=(Held&&) = delete;
    ~Held() {
      if (locks_ != nullptr) locks_->release(name_);
    }

   private:
    NameLocks* locks_;
    std::string name_;
  };

  std::optional<Held> try_hold(const CatalogName& name) {
    const std::lock_guard lock(mutex_);
    if (!held_.insert(name.text()).second) return std::nullopt;
    return std::optional<Held>(std::in_place, *this, name.text());
  }

  // Waits until the name is free; nothing when the deadline passed or `stop` was requested.
  std::optional<Held> hold(const CatalogName& name, const Deadline& deadline, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_until(lock, stop, deadline.at(), [&] { return !held_.contains(name.text()); })) {
      return std::nullopt;
    }
    held_.insert(name.text());
    return std::optional<Held>(std::in_place, *this, name.text());
  }

 private:
  void release(const std::string& name) {
    {
      const std::lock_guard lock(mutex_);
      held_.erase(name);
    }
    freed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable_any freed_;
  std::set<std::string> held_;
};

}  // namespace akko
