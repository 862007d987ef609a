// When which catalog is to be checked: spread over the interval, slower where sign-ins are refused.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "app/ports.hpp"

namespace akko {

// Whether a failure of this class is a refused sign-in, of which an account can be locked.
bool is_refused_sign_in(std::string_view code);

// Times only; asks nobody and starts nothing. One thread at a time.
//
// The checks that a catalog has when the process starts are spread evenly over one interval, in random order.
// From then on each waits one interval and up to a tenth more from begin to begin, so that they stay apart
// and there is never more than one in an interval. A check that somebody else made (a registration, an admin)
// counts as one. Each refused sign-in doubles the wait, up to a quarter of an hour; so does a refusal on
// record from before a restart.
class HealthSchedule {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds kLongestWait = std::chrono::minutes(15);

  HealthSchedule(std::chrono::milliseconds interval, std::uint64_t seed);

  // Takes in which catalogs there are: only those that are ready are checked.
  void observe(const CatalogSnapshot& snapshot, Time now);
  // What is overdue is spread over the next interval: Trino was away, and all would come at once.
  void spread(Time now);

  // The catalog that is due longest, if one is. It is being checked until `ended` is called for it.
  std::optional<CatalogName> take(Time now);

  struct Outcome {
    bool asked = false;         // a statement was sent; else it was not possible, and is tried again soon
    std::string code = {};      // class of the failure found
    UnixMillis checked_at = 0;  // as recorded; 0 = nothing was
  };
  void ended(const CatalogName& name, const Outcome& outcome, Time now);

  // When the next one is due; nothing without catalogs.
  std::optional<Time> next() const;

 private:
  struct Entry {
    CatalogName name;
    UnixMillis created_at = 0;  // tells a catalog from a later one of the same name
    UnixMillis checked_at = 0;  // the last check that was taken into account
    Time due;
    Time began;
    unsigned refusals = 0;  // sign-ins in a row
    bool running = false;
  };

  void add(const Catalog& catalog, Time now);
  void spread(std::vector<Entry*> entries, Time now);
  std::chrono::milliseconds wait(const Entry& entry);

  const std::chrono::milliseconds interval_;
  std::mt19937_64 random_;
  bool first_ = true;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace akko
