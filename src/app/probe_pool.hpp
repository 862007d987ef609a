// The fixed names under which tests run in Trino. Few and re-used, because Trino leaks heap for every new
// catalog name (measured: 233 MB for 100 names on 476).
#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/deadline.hpp"
#include "domain/catalog.hpp"

namespace akko {

class ProbePool {
 public:
  explicit ProbePool(unsigned size) {
    for (unsigned number = 1; number <= size; ++number)
      slots_.push_back({CatalogName::probe(number), false, true});
  }

  // A name of the pool. Goes back when it dies, marked as dirty unless `clean()` was called: a catalog may
  // still bear it, and the next user drops that first.
  class Lease {
   public:
    Lease(ProbePool& pool, std::size_t slot) : pool_(&pool), slot_(slot) {}
    Lease(Lease&& other) noexcept : pool_(other.pool_), slot_(other.slot_), clean_(other.clean_) {
      other.pool_ = nullptr;
    }
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (pool_ != nullptr) pool_->give_back(slot_, clean_);
    }

    const CatalogName& name() const { return pool_->slots_[slot_].name; }
    bool was_dirty() const { return pool_->slots_[slot_].dirty; }
    void clean() { clean_ = true; }

   private:
    ProbePool* pool_;
    std::size_t slot_;
    bool clean_ = false;
  };

  // Waits for a free name, clean ones first; nothing when the deadline passed or `stop` was requested.
  std::optional<Lease> lease(const Deadline& deadline, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto is_free = [](const Slot& slot) { return !slot.taken; };
    if (!freed_.wait_until(lock, stop, deadline.at(),
                           [&] { return std::any_of(slots_.begin(), slots_.end(), is_free); })) {
      return std::nullopt;
    }
    auto chosen =
        std::find_if(slots_.begin(), slots_.end(), [](const Slot& s) { return !s.taken && !s.dirty; });
    if (chosen == slots_.end()) chosen = std::find_if(slots_.begin(), slots_.end(), is_free);
    chosen->taken = true;
    return std::optional<Lease>(std::in_place, *this, static_cast<std::size_t>(chosen - slots_.begin()));
  }

  // A free name that may still be borne by a catalog, for the sweep; nothing when there is none.
  std::optional<Lease> lease_dirty() {
    const std::lock_guard lock(mutex_);
    const auto chosen =
        std::find_if(slots_.begin(), slots_.end(), [](const Slot& s) { return !s.taken && s.dirty; });
    if (chosen == slots_.end()) return std::nullopt;
    chosen->taken = true;
    return std::optional<Lease>(std::in_place, *this, static_cast<std::size_t>(chosen - slots_.begin()));
  }

 private:
  struct Slot {
    CatalogName name;
    bool taken = false;
    bool dirty = true;  // at start nobody knows what an earlier process left
  };

  void give_back(std::size_t slot, bool clean) {
    {
      const std::lock_guard lock(mutex_);
      slots_[slot].taken = false;
      slots_[slot].dirty = !clean;
    }
    freed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable_any freed_;
  std::vector<Slot> slots_;
};

}  // namespace akko
