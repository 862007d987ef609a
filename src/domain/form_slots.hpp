// Slots: values by address, in the order in which they were put. Private to the form.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.hpp"
#include "domain/property.hpp"

namespace akko {

// Wipes its values when it dies: some are secret.
class Slots {
 public:
  Slots() = default;
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;
  ~Slots() {
    for (auto& slot : slots_) wipe(slot.second);
  }

  const std::string* find(const Address& address) const {
    const auto found = locate(address);
    return found == slots_.end() ? nullptr : &found->second;
  }

  void put(Address address, std::string value) {
    if (const auto found = locate(address); found != slots_.end()) {
      slots_[static_cast<std::size_t>(found - slots_.begin())].second = std::move(value);
    } else {
      slots_.emplace_back(std::move(address), std::move(value));
    }
  }

  std::optional<std::string> take(const Address& address) {
    const auto found = locate(address);
    if (found == slots_.end()) return std::nullopt;
    // Moved, not copied: what is erased is not wiped.
    std::optional<std::string> value(
        std::move(slots_[static_cast<std::size_t>(found - slots_.begin())].second));
    slots_.erase(found);
    return value;
  }

  using Slot = std::pair<Address, std::string>;
  const std::vector<Slot>& all() const { return slots_; }

 private:
  std::vector<Slot>::const_iterator locate(const Address& address) const {
    return std::find_if(slots_.begin(), slots_.end(),
                        [&](const Slot& slot) { return slot.first == address; });
  }

  std::vector<Slot> slots_;
};

}  // namespace akko
