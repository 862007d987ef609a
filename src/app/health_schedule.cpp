#include "app/health_schedule.hpp"

#include <algorithm>
#include <utility>

namespace akko {
namespace {

using std::chrono::milliseconds;

// What could not be asked just now (an operation holds the name) is tried again soon.
constexpr milliseconds kSoon{5000};
constexpr unsigned kMostDoublings = 16;

}  // namespace

bool is_refused_sign_in(std::string_view code) { return code == "auth_refused" || code == "auth_locked"; }

HealthSchedule::HealthSchedule(milliseconds interval, std::uint64_t seed)
    : interval_(interval), random_(seed) {}

void HealthSchedule::observe(const CatalogSnapshot& snapshot, Time now) {
  std::erase_if(entries_, [&](const auto& entry) {
    const auto* catalog = snapshot.find(entry.first);
    const bool same = catalog != nullptr && catalog->phase == Phase::ready &&
                      catalog->created_at == entry.second.created_at;
    return !same && !entry.second.running;
  });
  for (const auto& catalog : snapshot.catalogs) {
    if (catalog->phase != Phase::ready) continue;
    const auto found = entries_.find(catalog->spec.name.text());
    if (found == entries_.end()) {
      add(*catalog, now);
      continue;
    }
    auto& entry = found->second;
    if (entry.running || catalog->health.checked_at == entry.checked_at) continue;
    entry.checked_at = catalog->health.checked_at;
    entry.refusals = is_refused_sign_in(catalog->health.code) ? std::max(entry.refusals, 1U) : 0;
    entry.due = now + wait(entry);
  }
  if (!std::exchange(first_, false)) return;
  std::vector<Entry*> all;
  for (auto& [name, entry] : entries_) {
    if (entry.refusals == 0) all.push_back(&entry);
  }
  spread(std::move(all), now);
}

void HealthSchedule::add(const Catalog& catalog, Time now) {
  Entry entry{.name = catalog.spec.name,
              .created_at = catalog.created_at,
              .checked_at = catalog.health.checked_at,
              .due = now,
              .began = now,
              .refusals = is_refused_sign_in(catalog.health.code) ? 1U : 0U};
  entry.due = now + wait(entry);
  entries_.emplace(catalog.spec.name.text(), std::move(entry));
}

void HealthSchedule::spread(Time now) {
  std::vector<Entry*> overdue;
  for (auto& [name, entry] : entries_) {
    if (!entry.running && entry.due <= now) overdue.push_back(&entry);
  }
  spread(std::move(overdue), now);
}

// Each gets a slot of its own, at a random place of it.
void HealthSchedule::spread(std::vector<Entry*> entries, Time now) {
  std::shuffle(entries.begin(), entries.end(), random_);
  std::uniform_real_distribution<double> place(0, 1);
  const double slot =
      static_cast<double>(interval_.count()) / static_cast<double>(std::max<std::size_t>(entries.size(), 1));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const double offset = (static_cast<double>(i) + place(random_)) * slot;
    entries[i]->due = now + milliseconds(static_cast<std::int64_t>(offset));
  }
}

milliseconds HealthSchedule::wait(const Entry& entry) {
  const auto longest = std::max(interval_, kLongestWait);
  auto span = interval_;
  for (unsigned i = 0; i < std::min(entry.refusals, kMostDoublings) && span < longest; ++i) span *= 2;
  span = std::min(span, longest);
  std::uniform_int_distribution<std::int64_t> jitter(0, interval_.count() / 10);
  return span + milliseconds(jitter(random_));
}

std::optional<CatalogName> HealthSchedule::take(Time now) {
  Entry* chosen = nullptr;
  for (auto& [name, entry] : entries_) {
    if (entry.running || entry.due > now) continue;
    if (chosen == nullptr || entry.due < chosen->due) chosen = &entry;
  }
  if (chosen == nullptr) return std::nullopt;
  chosen->running = true;
  chosen->began = now;
  return chosen->name;
}

void HealthSchedule::ended(const CatalogName& name, const Outcome& outcome, Time now) {
  const auto found = entries_.find(name.text());
  if (found == entries_.end()) return;
  auto& entry = found->second;
  entry.running = false;
  if (!outcome.asked) {
    entry.due = now + std::min(kSoon, std::max(interval_ / 4, milliseconds(1)));
    return;
  }
  if (outcome.checked_at != 0) {
    entry.checked_at = outcome.checked_at;
    entry.refusals = is_refused_sign_in(outcome.code) ? entry.refusals + 1 : 0;
  }
  entry.due = std::max(now, entry.began + wait(entry));
}

std::optional<HealthSchedule::Time> HealthSchedule::next() const {
  std::optional<Time> next;
  for (const auto& [name, entry] : entries_) {
    if (!entry.running && (!next || entry.due < *next)) next = entry.due;
  }
  return next;
}

}  // namespace akko
