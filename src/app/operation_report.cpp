#include "app/operation_report.hpp"

#include <array>
#include <utility>

namespace akko {
namespace {

const std::string_view kWriteSecrets = name_of(step::WriteSecrets{});
const std::string_view kCreateInTrino = name_of(step::CreateInTrino{});
const std::string_view kProbeInTrino = name_of(step::ProbeInTrino{});
const std::string_view kDropFromTrino = name_of(step::DropFromTrino{});
const std::string_view kRemoveSecrets = name_of(step::RemoveSecrets{});

void add_check(std::vector<OperationStep>& steps, std::initializer_list<CheckStep> checks) {
  for (const auto check : checks) steps.push_back({.id = std::string(to_string(check))});
}

void add_plan(std::vector<OperationStep>& steps, const Plan& plan) {
  for (const auto& step : plan.steps) {
    if (std::holds_alternative<step::ProbeInTrino>(step)) {
      add_check(steps, {CheckStep::sign_in, CheckStep::metadata});
    } else {
      steps.push_back({.id = std::string(name_of(step))});
    }
  }
}

Error error_of(const StepReport& report) {
  Error error;
  error.reason = report.code;
  error.message = report.message;
  error.fix = report.fix;
  return error;
}

}  // namespace

std::vector<OperationStep> registration_steps(bool has_secrets, bool trial_first) {
  std::vector<OperationStep> steps;
  add_check(steps, {CheckStep::dns, CheckStep::tcp, CheckStep::tls});
  if (trial_first) add_check(steps, {CheckStep::sign_in, CheckStep::metadata});
  steps.push_back({.id = std::string(SagaObserver::kReserveName)});
  add_plan(steps, plan_registration(has_secrets, !trial_first));
  return steps;
}

std::vector<OperationStep> removal_steps() {
  std::vector<OperationStep> steps;
  add_plan(steps, plan_removal());
  return steps;
}

OperationReport::OperationReport(RunningOperation& operation, LatestListing& listing, const CatalogName& name,
                                 std::string secrets, Explain explain)
    : operation_(operation),
      listing_(listing),
      name_(name),
      secrets_(std::move(secrets)),
      explain_(std::move(explain)) {}

CheckProgress::Observer OperationReport::check_observer() {
  return [this](const StepReport& report) {
    if (mute_) return;
    const auto id = to_string(report.step);
    switch (report.status) {
      case StepReport::Status::not_run:
        break;
      case StepReport::Status::running:
        return operation_.begin(id);
      case StepReport::Status::passed:
        return operation_.pass(id, report.message, report.facts);
      case StepReport::Status::skipped:
        return operation_.skip(id, report.message, report.facts);
      case StepReport::Status::failed:
        return operation_.fail(id, error_of(report), report.facts);
    }
  };
}

void OperationReport::begins(std::string_view step) {
  if (step != kProbeInTrino) return operation_.begin(step);
  mute_ = false;
  operation_.begin(to_string(CheckStep::sign_in));
}

void OperationReport::done(std::string_view step) {
  done_.emplace(step);
  if (step == kDropFromTrino) listing_.forget(name_.text());
  if (step != kProbeInTrino) operation_.pass(step);  // the check has told the steps of the probe
}

void OperationReport::failed(const SagaFailure& failure) {
  const auto step = name_of(failure.step);
  const auto error = explain_(failure);
  if (step != kProbeInTrino) return operation_.fail(step, error);
  if (failure.error) operation_.fail(to_string(CheckStep::sign_in), error);  // else the check has told it
}

void OperationReport::undone(std::string_view step) {
  if (step == kCreateInTrino) listing_.forget(name_.text());
  operation_.undo(step);
}

// Undoing and finishing both end at the first thing that cannot be done: what comes after it is left, too.
void OperationReport::stuck(std::string_view step) {
  if (step == kDropFromTrino) return leave(false, false, Record::removing);
  if (step == kRemoveSecrets) return leave(false, true, Record::in_use);
  const bool record_only = step == SagaObserver::kReserveName || step == name_of(::akko::step::EraseRecord{});
  const bool secrets = !record_only && done_.contains(kWriteSecrets);
  const bool in_trino =
      step == kCreateInTrino || (done_.contains(kCreateInTrino) && !record_only && step != kWriteSecrets);
  leave(in_trino, secrets || step == kWriteSecrets, Record::in_use);
}

void OperationReport::leave(bool in_trino, bool secrets, Record record) {
  const auto& name = name_.text();
  Facts facts;
  const auto add = [&](std::string text, Fact fact) {
    left_.push_back(std::move(text));
    facts.push_back(std::move(fact));
  };
  if (in_trino) add("the catalog " + name + " in Trino", {"catalog_in_trino", {{"name", name}}});
  if (secrets) add("its secret values in the " + secrets_, {"secret_values"});
  if (record == Record::in_use) {
    add("the record, which keeps the name " + name + " in use", {"record_in_use", {{"name", name}}});
  } else {
    add("the record, which says that it is being removed", {"record_removing"});
  }
  operation_.leave(left_, std::move(facts));
}

std::string OperationReport::left() const {
  std::string text;
  for (const auto& one : left_) text += (text.empty() ? "" : ", ") + one;
  return text;
}

}  // namespace akko
