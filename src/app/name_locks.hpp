// One lock per catalog name, within this process: an operation holds its name while it runs, and the
// reconciler leaves held names alone. A check of a registered catalog only visits its name: it never keeps an
// operation waiting.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>

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

  // Looks at a name that nobody holds; leaves when it dies.
  class Visit {
   public:
    Visit(NameLocks& locks, std::string name) : locks_(&locks), name_(std::move(name)) {}
    Visit(Visit&& other) noexcept : locks_(other.locks_), name_(std::move(other.name_)) {
      other.locks_ = nullptr;
    }
    Visit& operator=(Visit&&) = delete;
    ~Visit() {
      if (locks_ != nullptr) locks_->leave(name_);
    }

   private:
    NameLocks* locks_;
    std::string name_;
  };

  std::optional<Held> try_hold(const CatalogName& name) {
    std::unique_lock lock(mutex_);
    if (!held_.insert(name.text()).second) return std::nullopt;
    send_visitor_away(name, lock);
    return std::optional<Held>(std::in_place, *this, name.text());
  }

  // Waits until the name is free; nothing when the deadline passed or `stop` was requested.
  std::optional<Held> hold(const CatalogName& name, const Deadline& deadline, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_until(lock, stop, deadline.at(), [&] { return !held_.contains(name.text()); })) {
      return std::nullopt;
    }
    held_.insert(name.text());
    send_visitor_away(name, lock);
    return std::optional<Held>(std::in_place, *this, name.text());
  }

  // One visitor at a time. `stop` is requested when somebody takes the name, who does not wait for the
  // visitor to leave. Nothing while the name is held or visited.
  std::optional<Visit> visit(const CatalogName& name, const std::stop_source& stop) {
    const std::lock_guard lock(mutex_);
    if (held_.contains(name.text())) return std::nullopt;
    if (!visitors_.try_emplace(name.text(), Visitor{stop, true}).second) return std::nullopt;
    return std::optional<Visit>(std::in_place, *this, name.text());
  }

  // The same for a visitor whom somebody waits for: sends one that came through `visit` away and waits until
  // it has left. Nothing while the name is held or another urgent visitor is there, or when the deadline
  // passed.
  std::optional<Visit> visit_urgently(const CatalogName& name, const std::stop_source& stop,
                                      const Deadline& deadline) {
    std::unique_lock lock(mutex_);
    const auto present = visitors_.find(name.text());
    if (present != visitors_.end()) {
      if (!present->second.gives_way) return std::nullopt;
      send_visitor_away(name, lock);
      lock.lock();
    }
    const bool alone = freed_.wait_until(lock, stop.get_token(), deadline.at(),
                                         [&] { return !visitors_.contains(name.text()); });
    if (!alone || held_.contains(name.text())) return std::nullopt;
    visitors_.try_emplace(name.text(), Visitor{stop, false});
    return std::optional<Visit>(std::in_place, *this, name.text());
  }

 private:
  struct Visitor {
    std::stop_source stop;
    bool gives_way;
  };

  // Outside the lock: what a stop calls may take its time.
  void send_visitor_away(const CatalogName& name, std::unique_lock<std::mutex>& lock) {
    const auto found = visitors_.find(name.text());
    if (found == visitors_.end()) return lock.unlock();
    auto stop = found->second.stop;
    lock.unlock();
    stop.request_stop();
  }

  void release(const std::string& name) {
    {
      const std::lock_guard lock(mutex_);
      held_.erase(name);
    }
    freed_.notify_all();
  }

  void leave(const std::string& name) {
    {
      const std::lock_guard lock(mutex_);
      visitors_.erase(name);
    }
    freed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable_any freed_;
  std::set<std::string> held_;
  std::map<std::string, Visitor> visitors_;
};

}  // namespace akko
