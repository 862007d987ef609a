// A connection check in steps: what each found, where it ran, how long it took. The steps of the network run
// from this process, sign-in and metadata in Trino.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/check_record.hpp"
#include "app/ports.hpp"
#include "domain/connector.hpp"
#include "domain/diagnosis.hpp"

namespace akko {

// The steps of one check. The first failure ends it: the rest stays not_run. One thread.
class CheckProgress {
 public:
  // Called when a step begins and when it has ended.
  using Observer = std::function<void(const StepReport&)>;
  explicit CheckProgress(Observer observer = {});

  void begin(CheckStep step);
  // `facts`: what the text says.
  void pass(CheckStep step, std::string message, Facts facts = {});
  void skip(CheckStep step, std::string reason, Facts facts);
  void fail(CheckStep step, const Diagnosis& diagnosis);
  // Files a failure in Trino under the step that it belongs to: who cannot sign in has not come to the
  // metadata.
  void fail_in_trino(const Diagnosis& diagnosis);

  const std::vector<StepReport>& steps() const { return steps_; }

 private:
  using Clock = std::chrono::steady_clock;
  void end(CheckStep step, StepReport::Status status, std::string message, Facts facts);
  StepReport& at(CheckStep step) { return steps_[static_cast<std::size_t>(step)]; }

  Observer observer_;
  std::vector<StepReport> steps_;
  Clock::time_point began_ = Clock::now();
};

// What messages about a connection may name.
DiagnosisContext texts_of(const ConnectorDefinition& definition, const RawValues& raw,
                          std::chrono::milliseconds deadline);
// For the audit log: where a check of this connection goes.
std::string target_text(const ConnectorDefinition& definition, const RawValues& raw);

// Whether this process looks at the source itself, and if not, why.
enum class NetworkPart : std::uint8_t { checked, switched_off, scheduled };

// DNS, TCP and TLS towards the targets that a definition derives. Nothing when all passed or were skipped.
std::optional<Diagnosis> check_network(Network& network, const std::vector<NetworkTarget>& targets,
                                       NetworkPart part, const DiagnosisContext& texts,
                                       const CallContext& context, CheckProgress& progress);

// Runs the statements of a probe one after the other; tells the progress what they found.
TrinoResult<void> run_probe(TrinoCatalogs& trino, const std::vector<ProbeRun>& runs,
                            const CallContext& context, CheckProgress& progress);

}  // namespace akko
