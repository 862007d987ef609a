// Warm-up: makes a fresh coordinator load the classes of each connector before an admin has to wait for it.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "app/coordination.hpp"
#include "app/ports.hpp"
#include "domain/connector.hpp"

namespace akko {

// Called by the reconciler's thread alone. What was warmed in which run of the coordinator is kept in the
// store, so that a restart of the manager does not warm again.
class ConnectorWarmUp {
 public:
  // `drop_deadline`: for dropping the probe catalog.
  ConnectorWarmUp(CatalogStore& store, SecretSource& secrets, TrinoCatalogs& trino,
                  const ConnectorRegistry& connectors, Coordination& coordination,
                  std::chrono::milliseconds drop_deadline);

  // Takes over what an earlier process warmed in this run of the coordinator.
  void restore(const std::string& run);
  // Warms the next connector that this Trino has and that is cold, if there is one.
  void next(const std::stop_token& stop);

 private:
  int rank(const ConnectorDefinition& definition) const;
  bool warm(const ConnectorDefinition& definition, const std::stop_token& stop);

  CatalogStore& store_;
  SecretSource& secrets_;
  TrinoCatalogs& trino_;
  const ConnectorRegistry& connectors_;
  Coordination& coordination_;
  std::chrono::milliseconds drop_deadline_;
};

}  // namespace akko
