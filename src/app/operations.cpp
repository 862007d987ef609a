#include "app/operations.hpp"

#include <algorithm>
#include <utility>

namespace akko {
namespace {

using std::chrono::milliseconds;

OperationStep* find_step(Operation& operation, std::string_view id) {
  const auto found = std::find_if(operation.steps.begin(), operation.steps.end(),
                                  [&](const OperationStep& step) { return step.id == id; });
  return found == operation.steps.end() ? nullptr : &*found;
}

}  // namespace

std::string_view to_string(OperationStep::Status status) {
  switch (status) {
    case OperationStep::Status::not_run:
      return "not_run";
    case OperationStep::Status::running:
      return "running";
    case OperationStep::Status::passed:
      return "passed";
    case OperationStep::Status::skipped:
      return "skipped";
    case OperationStep::Status::failed:
      return "failed";
    case OperationStep::Status::undone:
      return "undone";
  }
  return "not_run";
}

std::string_view to_string(Operation::Kind kind) {
  return kind == Operation::Kind::register_catalog ? "register" : "remove";
}

std::string_view to_string(Operation::Status status) {
  switch (status) {
    case Operation::Status::running:
      return "running";
    case Operation::Status::succeeded:
      return "succeeded";
    case Operation::Status::failed:
      return "failed";
  }
  return "running";
}

// ---- one that runs

RunningOperation::RunningOperation(Operations& operations, std::string id)
    : operations_(&operations), id_(std::move(id)) {}

RunningOperation::RunningOperation(RunningOperation&& other) noexcept
    : operations_(std::exchange(other.operations_, nullptr)),
      id_(std::move(other.id_)),
      began_(std::move(other.began_)),
      start_(other.start_) {}

RunningOperation::~RunningOperation() {
  if (operations_ == nullptr) return;
  fail(akko::fail(ErrorCode::internal, "internal", "the operation was given up", "Look at the log.").value());
}

void RunningOperation::begin(std::string_view step) {
  if (operations_ == nullptr) return;
  began_.insert_or_assign(std::string(step), Clock::now());
  operations_->change(id_, step, [&](Operation& operation) {
    if (auto* found = find_step(operation, step)) found->status = OperationStep::Status::running;
  });
}

void RunningOperation::end_step(std::string_view step, OperationStep::Status status, std::string message,
                                Facts facts, const Error* error) {
  if (operations_ == nullptr) return;
  const auto began = began_.find(step);
  const auto took = began == began_.end()
                        ? milliseconds(0)
                        : std::chrono::duration_cast<milliseconds>(Clock::now() - began->second);
  operations_->change(id_, step, [&](Operation& operation) {
    auto* found = find_step(operation, step);
    if (found == nullptr) return;
    found->status = status;
    found->took = took;
    found->message = std::move(message);
    found->facts = std::move(facts);
    if (error != nullptr) {
      found->code = error->reason;
      found->fix = error->fix;
    }
  });
}

void RunningOperation::pass(std::string_view step, std::string message, Facts facts) {
  end_step(step, OperationStep::Status::passed, std::move(message), std::move(facts));
}

void RunningOperation::skip(std::string_view step, std::string reason, Facts facts) {
  end_step(step, OperationStep::Status::skipped, std::move(reason), std::move(facts));
}

void RunningOperation::fail(std::string_view step, const Error& error, Facts facts) {
  end_step(step, OperationStep::Status::failed, error.message, std::move(facts), &error);
}

// A step that failed keeps saying so, also where something of it had to be taken back.
void RunningOperation::undo(std::string_view step) {
  if (operations_ == nullptr) return;
  operations_->change(id_, step, [&](Operation& operation) {
    auto* found = find_step(operation, step);
    if (found == nullptr) return;
    if (found->status == OperationStep::Status::passed) found->status = OperationStep::Status::undone;
    operation.undone.emplace_back(step);
  });
}

void RunningOperation::leave(std::vector<std::string> left, Facts facts) {
  if (operations_ == nullptr) return;
  operations_->change(id_, "", [&](Operation& operation) {
    operation.left = std::move(left);
    operation.left_facts = std::move(facts);
  });
}

void RunningOperation::succeed() {
  if (auto* operations = std::exchange(operations_, nullptr)) {
    operations->finish(id_, Operation::Status::succeeded, std::nullopt, {},
                       std::chrono::duration_cast<milliseconds>(Clock::now() - start_));
  }
}

// What was begun and has not ended is where it failed.
void RunningOperation::fail(Error problem, std::vector<StepReport> checked) {
  const auto now = operations_ == nullptr ? nullptr : operations_->find(id_);
  for (const auto& step : now ? now->steps : std::vector<OperationStep>()) {
    if (step.status == OperationStep::Status::running) fail(step.id, problem);
  }
  if (auto* operations = std::exchange(operations_, nullptr)) {
    operations->finish(id_, Operation::Status::failed, std::move(problem), std::move(checked),
                       std::chrono::duration_cast<milliseconds>(Clock::now() - start_));
  }
}

// ---- all of them

RunningOperation Operations::begin(Operation plan) {
  auto id = plan.id;
  const std::lock_guard lock(mutex_);
  forget_old();
  Entry entry;
  entry.now = std::make_shared<const Operation>(std::move(plan));
  tell(entry, {.kind = OperationEvent::Kind::plan, .operation = entry.now});
  entries_.insert_or_assign(id, std::move(entry));
  return {*this, std::move(id)};
}

std::shared_ptr<const Operation> Operations::find(std::string_view id) {
  const std::lock_guard lock(mutex_);
  forget_old();
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : found->second.now;
}

std::shared_ptr<const Operation> Operations::running_for(std::string_view catalog) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, entry] : entries_) {
    if (entry.now->status == Operation::Status::running && entry.now->catalog == catalog) return entry.now;
  }
  return nullptr;
}

bool Operations::watch(std::string_view id, std::uint64_t after, std::shared_ptr<OperationWatcher> watcher) {
  const std::lock_guard lock(mutex_);
  forget_old();
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  auto& entry = found->second;
  if (after > entry.events.size()) after = 0;
  for (auto next = after; next < entry.events.size(); ++next) watcher->tell(entry.events[next]);
  if (entry.now->status != Operation::Status::running) {
    watcher->end();
    return true;
  }
  std::erase_if(entry.watchers, [](const auto& other) { return other->gone(); });
  entry.watchers.push_back(std::move(watcher));
  return true;
}

void Operations::settle(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.now->status == Operation::Status::running) return;
  auto& entry = found->second;
  auto settled = *entry.now;
  settled.left.clear();
  settled.left_facts.clear();
  entry.now = std::make_shared<const Operation>(std::move(settled));
  entry.events.back().operation = entry.now;
}

// The one who runs the operation alone changes it, and readers hold what they were given: so each change
// makes a new one.
template <typename Change>
void Operations::change(const std::string& id, std::string_view step, Change&& apply) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  auto& entry = found->second;
  auto changed = *entry.now;
  apply(changed);
  entry.now = std::make_shared<const Operation>(std::move(changed));
  const auto at = std::find_if(entry.now->steps.begin(), entry.now->steps.end(),
                               [&](const OperationStep& one) { return one.id == step; });
  if (at != entry.now->steps.end())
    tell(entry, {.kind = OperationEvent::Kind::step, .step = *at, .operation = nullptr});
}

void Operations::finish(const std::string& id, Operation::Status status, std::optional<Error> problem,
                        std::vector<StepReport> checked, milliseconds took) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  auto& entry = found->second;
  auto ended = *entry.now;
  ended.status = status;
  ended.ended_at = ended.started_at + took.count();
  ended.problem = std::move(problem);
  ended.checked = std::move(checked);
  entry.now = std::make_shared<const Operation>(std::move(ended));
  entry.ended = Clock::now();
  tell(entry, {.kind = OperationEvent::Kind::result, .operation = entry.now});
  for (const auto& watcher : entry.watchers) watcher->end();
  entry.watchers.clear();
  finished_.push_back(id);
  forget_old();
}

void Operations::tell(Entry& entry, OperationEvent event) {
  event.number = entry.events.size() + 1;
  entry.events.push_back(std::move(event));
  for (const auto& watcher : entry.watchers) watcher->tell(entry.events.back());
}

void Operations::forget_old() {
  const auto now = Clock::now();
  while (!finished_.empty() &&
         (finished_.size() > limits_.finished || now - entries_.at(finished_.front()).ended > limits_.age)) {
    entries_.erase(finished_.front());
    finished_.pop_front();
  }
}

}  // namespace akko
