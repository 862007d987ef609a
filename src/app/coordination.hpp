// What the use cases and the reconciler share within one process.
#pragma once

#include <atomic>

#include "app/name_locks.hpp"
#include "app/operations.hpp"
#include "app/probe_pool.hpp"
#include "app/trino_listing.hpp"
#include "app/trino_view.hpp"

namespace akko {

// Shared by everything that changes catalogs: who holds which name.
struct Coordination {
  explicit Coordination(unsigned probe_pool_size) : probes(probe_pool_size) {}
  NameLocks names;
  ProbePool probes;
  TrinoView trino;
  LatestListing listing;
  Operations operations;
  // Set when an operation could not be settled: the reconciler looks after it at its next tick.
  std::atomic<bool> unsettled = false;
};

}  // namespace akko
