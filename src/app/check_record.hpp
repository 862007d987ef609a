// What a check of a connection found, step by step, and how the history of a catalog keeps it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/catalog.hpp"
#include "domain/connector.hpp"
#include "domain/fact.hpp"

namespace akko {

struct StepReport {
  enum class Status : std::uint8_t { not_run, running, passed, skipped, failed };
  CheckStep step = CheckStep::dns;
  Status status = Status::not_run;
  std::chrono::milliseconds took{0};
  std::string message;  // what was found, why it was skipped, or the cause of the failure
  std::string code;     // class of a failure
  std::string fix;
  Facts facts = {};  // what `message` says

  friend bool operator==(const StepReport&, const StepReport&) = default;
};
std::string_view to_string(StepReport::Status status);
// "manager" or "trino".
std::string_view ran_from(CheckStep step);

// Why a catalog was checked.
enum class CheckTrigger : std::uint8_t {
  scheduled,
  registration,  // the check that came before it
  manual,        // somebody asked
};
std::string_view to_string(CheckTrigger trigger);

// One check of a registered catalog, as its history keeps it. Texts are scrubbed.
struct CheckRecord {
  UnixMillis checked_at = 0;
  CheckTrigger trigger = CheckTrigger::scheduled;
  std::string user;  // who asked; "" for a scheduled one
  Health health = Health::unknown;
  std::chrono::milliseconds took{0};  // in Trino
  std::string code;                   // class of a failure, else ""
  std::string message;
  std::string fix;
  std::vector<StepReport> steps;

  friend bool operator==(const CheckRecord&, const CheckRecord&) = default;
};
inline constexpr std::size_t kKeptChecks = 20;  // of each catalog, the newest

// What is on record of a catalog after this check.
HealthDetail health_of(const CheckRecord& check);

// How long the steps in Trino took: what tells whether a source is slow for those who query it.
std::chrono::milliseconds time_in_trino(const std::vector<StepReport>& steps);

}  // namespace akko
