// What is known about Trino right now. The reconciler writes it; everybody reads copies. Any thread.
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "domain/diagnosis.hpp"

namespace akko {

// Whether Trino can resolve our secret references.
enum class SecretsProvider : std::uint8_t {
  unknown,    // not asked yet
  present,    // there is a provider named `akko`
  missing,    // Trino has no such provider
  elsewhere,  // there is one, but it reads another place than we write to
};

enum class WarmUp : std::uint8_t { pending, running, done, off };

struct TrinoFacts {
  bool up = false;
  std::string problem = "not asked yet";  // why it is not up
  std::string version;
  std::string coordinator_run;
  SecretsProvider secrets_provider = SecretsProvider::unknown;
  bool connectors_known = false;
  std::set<std::string> connectors;  // Trino's connector names
  WarmUp warm_up = WarmUp::pending;
  std::set<std::string> warmed;  // ids of definitions
};

class TrinoView {
 public:
  TrinoFacts facts() const {
    const std::lock_guard lock(mutex_);
    return facts_;
  }
  template <typename Change>
  void change(Change&& apply) {
    const std::lock_guard lock(mutex_);
    apply(facts_);
  }
  bool up() const {
    const std::lock_guard lock(mutex_);
    return facts_.up;
  }

 private:
  mutable std::mutex mutex_;
  TrinoFacts facts_;
};

}  // namespace akko
