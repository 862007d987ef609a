#include "app/check_record.hpp"

#include <algorithm>

namespace akko {

std::string_view to_string(StepReport::Status status) {
  switch (status) {
    case StepReport::Status::not_run:
      return "not_run";
    case StepReport::Status::running:
      return "running";
    case StepReport::Status::passed:
      return "passed";
    case StepReport::Status::skipped:
      return "skipped";
    case StepReport::Status::failed:
      return "failed";
  }
  return "not_run";
}

std::string_view ran_from(CheckStep step) {
  return step == CheckStep::sign_in || step == CheckStep::metadata ? "trino" : "manager";
}

std::string_view to_string(CheckTrigger trigger) {
  switch (trigger) {
    case CheckTrigger::scheduled:
      return "scheduled";
    case CheckTrigger::registration:
      return "registration";
    case CheckTrigger::manual:
      return "manual";
  }
  return "scheduled";
}

HealthDetail health_of(const CheckRecord& check) {
  HealthDetail health;
  health.health = check.health;
  health.code = check.code;
  if (check.health != Health::healthy) health.message = check.message;
  health.checked_at = check.checked_at;
  health.fix = check.fix;
  health.took = check.took;
  const auto failed = std::find_if(check.steps.begin(), check.steps.end(), [](const StepReport& step) {
    return step.status == StepReport::Status::failed;
  });
  if (failed != check.steps.end()) health.facts = failed->facts;
  return health;
}

std::chrono::milliseconds time_in_trino(const std::vector<StepReport>& steps) {
  std::chrono::milliseconds sum{0};
  for (const auto& step : steps) {
    if (ran_from(step.step) == "trino") sum += step.took;
  }
  return sum;
}

}  // namespace akko
