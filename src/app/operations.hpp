// Registrations and removals as they can be watched: those that run and those that ended of late, each with
// all that happened in order. In memory: another life of the process knows none of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/connection_check.hpp"
#include "base/result.hpp"
#include "domain/catalog.hpp"

namespace akko {

// One step of an operation. Texts are fit for people and hold no secret.
struct OperationStep {
  enum class Status : std::uint8_t { not_run, running, passed, skipped, failed, undone };
  std::string id;  // "dns", "write_secrets", …
  Status status = Status::not_run;
  std::chrono::milliseconds took{0};
  std::string message = {};
  std::string code = {};  // class of a failure
  std::string fix = {};
  Facts facts = {};  // what `message` says
};
std::string_view to_string(OperationStep::Status status);

struct Operation {
  enum class Kind : std::uint8_t { register_catalog, remove_catalog };
  enum class Status : std::uint8_t { running, succeeded, failed };
  std::string id;
  Kind kind = Kind::register_catalog;
  std::string catalog;
  std::string connector;
  std::string user;
  std::string request_id;  // of the request that began it
  Status status = Status::running;
  UnixMillis started_at = 0;
  std::optional<UnixMillis> ended_at;  // nothing while it runs
  std::vector<OperationStep> steps;    // in the order in which they run
  std::vector<std::string> undone;     // ids of steps, in the order in which they were taken back
  std::vector<std::string> left;       // what could not be taken back yet, in words
  Facts left_facts;                    // the same, each in its place
  std::optional<Error> problem;        // why it failed
  std::vector<StepReport> checked;     // how far the check of the connection came, when it failed
};
std::string_view to_string(Operation::Kind kind);
std::string_view to_string(Operation::Status status);

struct OperationEvent {
  enum class Kind : std::uint8_t { plan, step, result };
  std::uint64_t number = 0;  // 1, 2, … within its operation
  Kind kind = Kind::plan;
  OperationStep step = {};                     // of a step
  std::shared_ptr<const Operation> operation;  // of plan and result: as it was then
};

// Who follows one operation. Called under the lock of Operations, on the thread of whoever works: must not
// wait, and must not call Operations.
class OperationWatcher {
 public:
  virtual ~OperationWatcher() = default;
  virtual void tell(const OperationEvent& event) = 0;
  // Nothing will follow.
  virtual void end() = 0;
  // Whether nobody listens any more; the watcher is then forgotten.
  virtual bool gone() const = 0;
};

class Operations;

// An operation while it runs, for the one who runs it: one thread at a time. What dies without an end has
// failed ("internal").
class RunningOperation {
 public:
  RunningOperation(Operations& operations, std::string id);
  RunningOperation(RunningOperation&& other) noexcept;
  RunningOperation& operator=(RunningOperation&&) = delete;
  ~RunningOperation();

  const std::string& id() const { return id_; }

  // Steps by their ids. A step ends once; what is not in the plan is passed over.
  void begin(std::string_view step);
  // `facts`: what the text says.
  void pass(std::string_view step, std::string message = {}, Facts facts = {});
  void skip(std::string_view step, std::string reason, Facts facts = {});
  void fail(std::string_view step, const Error& error, Facts facts = {});
  // The step was taken back.
  void undo(std::string_view step);
  void leave(std::vector<std::string> left, Facts facts);

  // The end: nothing can be said afterwards. `checked`: see Operation.
  void succeed();
  void fail(Error problem, std::vector<StepReport> checked = {});

 private:
  using Clock = std::chrono::steady_clock;
  void end_step(std::string_view step, OperationStep::Status status, std::string message, Facts facts,
                const Error* error = nullptr);

  Operations* operations_;  // null: moved from, or ended
  std::string id_;
  std::map<std::string, Clock::time_point, std::less<>> began_;  // steps
  Clock::time_point start_ = Clock::now();
};

// Any thread; never waits for anything but its own lock.
class Operations {
 public:
  struct Limits {
    std::size_t finished = 256;                // that many are kept, the latest ones
    std::chrono::milliseconds age{3'600'000};  // and not longer than this
  };
  Operations() : Operations(Limits{}) {}
  explicit Operations(Limits limits) : limits_(limits) {}

  // Announces an operation with its plan.
  RunningOperation begin(Operation plan);

  // As it is now; null when it is not known here (any more).
  std::shared_ptr<const Operation> find(std::string_view id);
  // The one that runs for this catalog; null when none does.
  std::shared_ptr<const Operation> running_for(std::string_view catalog);

  // Tells the watcher every event after number `after`, then those to come, and the end. A number that was
  // not given out means all. False: not known here.
  bool watch(std::string_view id, std::uint64_t after, std::shared_ptr<OperationWatcher> watcher);

  // What was left of a failed operation has been taken back since.
  void settle(std::string_view id);

 private:
  friend class RunningOperation;
  using Clock = std::chrono::steady_clock;
  struct Entry {
    std::shared_ptr<const Operation> now;
    std::vector<OperationEvent> events;
    std::vector<std::shared_ptr<OperationWatcher>> watchers;
    Clock::time_point ended;
  };

  // Changes the operation; with `step`, its watchers are told that one.
  template <typename Change>
  void change(const std::string& id, std::string_view step, Change&& apply);
  void finish(const std::string& id, Operation::Status status, std::optional<Error> problem,
              std::vector<StepReport> checked, std::chrono::milliseconds took);
  static void tell(Entry& entry, OperationEvent event);
  void forget_old();

  const Limits limits_;
  std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::deque<std::string> finished_;  // ids, the one that ended first in front
};

}  // namespace akko
