// The saga: runs a plan step by step, journaled, and undoes it when a step fails.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/connection_check.hpp"
#include "app/ports.hpp"
#include "domain/plan.hpp"

namespace akko {

struct SagaFailure;

// Told what a saga does, in order and on its thread. Steps go by name_of(Step); kReserveName is the record
// itself, which a plan finds there already.
class SagaObserver {
 public:
  static constexpr std::string_view kReserveName = "reserve_name";
  virtual ~SagaObserver() = default;
  virtual void begins(std::string_view step) = 0;
  virtual void done(std::string_view step) = 0;
  // Before anything is undone.
  virtual void failed(const SagaFailure& failure) = 0;
  // Something was taken back.
  virtual void undone(std::string_view step) = 0;
  // Could not be taken back or finished now, and what comes after it neither.
  virtual void stuck(std::string_view step) = 0;
};

// One plan and all its steps need. Lives as long as the operation runs.
struct Undertaking {
  Plan plan;
  OperationRecord operation;
  Catalog catalog;
  SecretValues secrets;
  std::optional<TrinoCatalogSpec> trino;  // nothing only when the connector definition is gone
  std::vector<ProbeRun> probe;
  CheckProgress progress;  // of the connection; a registration only

  // What is known of the CREATE CATALOG: decides whether undoing it may drop the name.
  enum class Created : std::uint8_t { no, yes, unclear };
  Created created = Created::no;

  SagaObserver* observer = nullptr;  // may be null
};

// Why a plan stopped: an error of ours, or a failure in Trino that the caller can diagnose.
struct SagaFailure {
  std::optional<Error> error;
  std::optional<TrinoFailure> trino;
  Step step;
  bool settled = true;  // false: undoing or finishing could not be completed and goes on by itself
};

// Cleaning up has a time of its own: it must also work when the operation's deadline is what failed it. A
// Trino that did not even take the statement gets little of it: somebody waits for the answer, and what is
// left is cleaned up by the reconciler.
Deadline clean_up_deadline(const std::optional<TrinoFailure>& failure);

// Stateless but for the suspects; any thread.
class Saga {
 public:
  Saga(CatalogStore& store, SecretSource& secrets, TrinoCatalogs& trino, const Clock& clock);

  // Runs the steps from `operation.step` on; returns nothing when all were done. A failed registration is
  // undone before this returns; a failed removal leaves the catalog as it was, or, once Trino has dropped
  // it, stays open to be finished.
  std::optional<SagaFailure> run(Undertaking& undertaking, const CallContext& context);

  // Undoes the steps up to `operation.step`, then erases the record. An error: something could not be undone;
  // the journal keeps the operation, and this can be called again.
  Result<void> undo(Undertaking& undertaking, const CallContext& context);

  // A CREATE CATALOG whose end we did not see may still succeed in Trino after we dropped it. These are
  // watched for a while. Returns those of them that `names` holds and that are ours, and drops them.
  void drop_late_catalogs(const std::vector<std::string>& names, const CallContext& context);
  bool watches_late_catalogs() const;

 private:
  struct Suspect {
    TrinoCatalogSpec spec;
    std::string operation_id;
    Deadline until;
  };

  std::optional<SagaFailure> perform(const Step& step, Undertaking& undertaking, const CallContext& context);
  TrinoResult<void> create_or_recognise(const TrinoCatalogSpec& spec, const CallContext& context);
  // Whether there was something to take back.
  Result<bool> compensate(const Step& step, Undertaking& undertaking, const CallContext& context);
  Result<bool> undo_create(Undertaking& undertaking, const CallContext& context);
  void settle_failure(SagaFailure& failure, Undertaking& undertaking, const CallContext& context);

  CatalogStore& store_;
  SecretSource& secrets_;
  TrinoCatalogs& trino_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<Suspect> suspects_;
};

}  // namespace akko
