// Tells an operation what its check and its saga do, step by step.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "app/connection_check.hpp"
#include "app/operations.hpp"
#include "app/saga.hpp"
#include "app/trino_listing.hpp"

namespace akko {

// The steps of a registration in the order in which they run. `trial_first`: the connection is tried under
// another name before anything is reserved.
std::vector<OperationStep> registration_steps(bool has_secrets, bool trial_first);
std::vector<OperationStep> removal_steps();

// One operation, one thread.
class OperationReport final : public SagaObserver {
 public:
  // What a failure means for the step at which it came; asked before anything is undone.
  using Explain = std::function<Error(const SagaFailure&)>;

  // `secrets`: where they are kept, in words.
  OperationReport(RunningOperation& operation, LatestListing& listing, const CatalogName& name,
                  std::string secrets, Explain explain);

  // For the check of the connection. While `mute_check`, the steps of the check are kept from the operation.
  CheckProgress::Observer check_observer();
  void mute_check() { mute_ = true; }

  void begins(std::string_view step) override;
  void done(std::string_view step) override;
  void failed(const SagaFailure& failure) override;
  void undone(std::string_view step) override;
  void stuck(std::string_view step) override;

  // What could not be taken back or finished, in words: "a, b".
  std::string left() const;

 private:
  enum class Record : std::uint8_t { in_use, removing };
  void leave(bool in_trino, bool secrets, Record record);

  RunningOperation& operation_;
  LatestListing& listing_;
  const CatalogName name_;
  const std::string secrets_;
  const Explain explain_;
  std::set<std::string, std::less<>> done_;
  std::vector<std::string> left_;
  bool mute_ = false;
};

}  // namespace akko
