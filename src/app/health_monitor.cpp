#include "app/health_monitor.hpp"

#include <algorithm>
#include <random>

namespace akko {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// How soon a new catalog, or Trino's return, is noticed.
constexpr std::chrono::milliseconds kLook = 1s;

}  // namespace

HealthMonitor::HealthMonitor(MonitorSettings settings, CatalogStore& store, Coordination& coordination,
                             CatalogChecks& checks)
    : settings_(settings),
      store_(store),
      coordination_(coordination),
      checks_(checks),
      schedule_(settings.interval, std::random_device{}()) {}

void HealthMonitor::start() {
  if (settings_.interval == 0ms) return;
  for (unsigned i = 0; i < settings_.concurrency; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

void HealthMonitor::stop() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();  // joins
}

void HealthMonitor::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (const auto name = take()) {
      const auto outcome = checks_.check_on_schedule(*name, stop);
      const std::lock_guard lock(mutex_);
      schedule_.ended(*name, outcome, SteadyClock::now());
      continue;
    }
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, stop, wake_at(), [] { return false; });
  }
}

// The next catalog to check; nothing when none is due or Trino is down.
std::optional<CatalogName> HealthMonitor::take() {
  const bool up = coordination_.trino.up();
  const auto snapshot = store_.snapshot();
  const std::lock_guard lock(mutex_);
  const auto now = SteadyClock::now();
  if (!up) {
    was_down_ = has_seen_;
    return std::nullopt;
  }
  if (!has_seen_ || seen_ != snapshot->generation) schedule_.observe(*snapshot, now);
  has_seen_ = true;
  seen_ = snapshot->generation;
  if (was_down_) schedule_.spread(now);
  was_down_ = false;
  return schedule_.take(now);
}

// Under the lock.
HealthSchedule::Time HealthMonitor::wake_at() const {
  const auto now = SteadyClock::now();
  const auto look = now + std::min(kLook, settings_.interval);
  const auto next = schedule_.next();
  // What is due although nobody takes it waits for Trino.
  return next && *next > now ? std::min(look, *next) : look;
}

}  // namespace akko
