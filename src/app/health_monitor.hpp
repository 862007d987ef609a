// Looks after the health of every registered catalog, on schedule.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "app/catalog_checks.hpp"
#include "app/coordination.hpp"
#include "app/health_schedule.hpp"
#include "app/ports.hpp"

namespace akko {

struct MonitorSettings {
  std::chrono::milliseconds interval{60000};  // 0 = off
  unsigned concurrency = 4;                   // checks at once, each in a thread of its own
};

// Each catalog is checked once in every interval (HealthSchedule says when): one statement in Trino, never
// two checks of one catalog at once, never one while an operation holds its name. While Trino is down nothing
// is checked; when it is back, what is overdue is spread over an interval.
//
// `start` and `stop` are for one thread; the destructor stops.
class HealthMonitor {
 public:
  HealthMonitor(MonitorSettings settings, CatalogStore& store, Coordination& coordination,
                CatalogChecks& checks);
  ~HealthMonitor() { stop(); }
  HealthMonitor(const HealthMonitor&) = delete;
  HealthMonitor& operator=(const HealthMonitor&) = delete;

  void start();
  // Cancels the checks that run.
  void stop();

 private:
  void work(const std::stop_token& stop);
  std::optional<CatalogName> take();
  HealthSchedule::Time wake_at() const;

  const MonitorSettings settings_;
  CatalogStore& store_;
  Coordination& coordination_;
  CatalogChecks& checks_;

  std::mutex mutex_;  // guards what stands below
  std::condition_variable_any wake_;
  HealthSchedule schedule_;
  std::uint64_t seen_ = 0;  // generation of the snapshot that the schedule knows
  bool has_seen_ = false;
  bool was_down_ = false;

  std::vector<std::jthread> threads_;  // last: they use all above
};

}  // namespace akko
