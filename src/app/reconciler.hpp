// The reconciler: makes Trino match the record. It notices a restarted coordinator and creates what is
// missing, finishes or undoes what a crash left behind, sweeps the probe pool, and warms connectors up.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/catalog_service.hpp"
#include "app/ports.hpp"
#include "app/saga.hpp"
#include "app/warm_up.hpp"
#include "base/metrics.hpp"
#include "domain/connector.hpp"

namespace akko {

struct ReconcilerSettings {
  std::chrono::milliseconds interval{1000};         // between two looks at /v1/info
  std::chrono::milliseconds drift_interval{30000};  // between two full checks of an unchanged coordinator
  std::chrono::milliseconds deadline{15000};        // for one catalog
  bool warm_up = true;
  bool allow_secrets_in_statements = false;
};

// Owns one thread, started by `start` and joined by the destructor.
class Reconciler {
 public:
  struct Ports {
    CatalogStore& store;
    SecretSource& secrets;
    TrinoCatalogs& trino;
    Metrics& metrics;
    const Clock& clock;
  };
  Reconciler(ReconcilerSettings settings, Ports ports, const ConnectorRegistry& connectors,
             Coordination& coordination, Saga& saga);

  // Removes secrets that belong to no catalog and puts missing ones in place: before the first request.
  Result<void> restore_secrets();

  void start();
  void stop();

  // One look, as the thread does it. Public for tests.
  void tick(const std::stop_token& stop);

 private:
  void run(const std::stop_token& stop);
  bool needs_full_check(const CoordinatorState& state);
  void went_down(const std::string& why);
  bool full_check(const CoordinatorState& state, const std::stop_token& stop);
  bool enter_run(const TrinoCatalogs::Listing& listing, const std::stop_token& stop);
  bool learn_capabilities(const std::stop_token& stop);
  void settle_operations(const std::stop_token& stop);
  void settle(const OperationRecord& operation, const std::stop_token& stop);
  void sweep_probes(const std::vector<std::string>& names, const std::stop_token& stop);
  void recreate_missing(const CatalogSnapshot& before, const TrinoCatalogs::Listing& listing,
                        const std::stop_token& stop);
  void recreate(const Catalog& catalog, const std::stop_token& stop);
  void note_failure(const Catalog& catalog, const Diagnosis& diagnosis);
  void note_success(const Catalog& catalog);
  void record_health(const Catalog& catalog, const HealthDetail& health);
  CallContext context(const std::stop_token& stop) const;
  SecretTransport transport() const;

  ReconcilerSettings settings_;
  Ports ports_;
  const ConnectorRegistry& connectors_;
  Coordination& coordination_;
  Saga& saga_;
  ConnectorWarmUp warm_up_;

  // Touched by the reconciler's thread alone.
  bool was_down_ = true;
  std::optional<CoordinatorState> last_;
  std::optional<Deadline> next_full_check_;
  struct Retry {
    Deadline not_before;
    unsigned failures = 0;
  };
  std::map<std::string, Retry> retries_;

  std::jthread thread_;
};

}  // namespace akko
