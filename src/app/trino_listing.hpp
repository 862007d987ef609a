// The catalogs of Trino as they were last listed. The reconciler writes, everybody reads: nobody has to ask
// Trino to know a name. Any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "app/ports.hpp"

namespace akko {

struct TrinoListing {
  std::vector<TrinoCatalogs::Listed> catalogs;  // sorted by name
  UnixMillis read_at = 0;                       // 0 = never

  const TrinoCatalogs::Listed* find(std::string_view name) const {
    const auto found = std::lower_bound(
        catalogs.begin(), catalogs.end(), name,
        [](const TrinoCatalogs::Listed& one, std::string_view wanted) { return one.name < wanted; });
    return found != catalogs.end() && found->name == name ? &*found : nullptr;
  }
};

class LatestListing {
 public:
  std::shared_ptr<const TrinoListing> get() const {
    const std::lock_guard lock(mutex_);
    return latest_;
  }

  // To be asked for before Trino is: what is dropped while it answers must not come back with the answer.
  std::uint64_t begin_reading() const {
    const std::lock_guard lock(mutex_);
    return drops_;
  }
  void set(std::uint64_t reading, TrinoListing listing) {
    const std::lock_guard lock(mutex_);
    std::erase_if(listing.catalogs, [&](const TrinoCatalogs::Listed& one) {
      return std::any_of(dropped_.begin(), dropped_.end(),
                         [&](const auto& drop) { return drop.first > reading && drop.second == one.name; });
    });
    dropped_.clear();
    latest_ = std::make_shared<const TrinoListing>(std::move(listing));
  }
  // This product has dropped the catalog.
  void forget(const std::string& name) {
    const std::lock_guard lock(mutex_);
    dropped_.emplace_back(++drops_, name);
    auto changed = *latest_;
    std::erase_if(changed.catalogs, [&](const TrinoCatalogs::Listed& one) { return one.name == name; });
    latest_ = std::make_shared<const TrinoListing>(std::move(changed));
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const TrinoListing> latest_ = std::make_shared<const TrinoListing>();
  std::uint64_t drops_ = 0;
  std::vector<std::pair<std::uint64_t, std::string>> dropped_;  // since the last listing
};

}  // namespace akko
