#include "app/connection_check.hpp"

#include <algorithm>
#include <utility>

namespace akko {
namespace {

constexpr std::array kSteps = {CheckStep::dns, CheckStep::tcp, CheckStep::tls, CheckStep::sign_in,
                               CheckStep::metadata};

std::string spelled(const Url::Host& host) {
  return host.port == 0 ? host.name : host.name + ':' + std::to_string(host.port);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

// A host of a target while the steps go on with it.
struct Candidate {
  const NetworkTarget* target;
  Url::Host host;
  std::vector<std::string> addresses;
  std::string address;  // that answered
};

class NetworkSteps {
 public:
  NetworkSteps(Network& network, const DiagnosisContext& texts, const CallContext& context,
               CheckProgress& progress)
      : network_(network), texts_(texts), context_(context), progress_(progress) {}

  std::optional<Diagnosis> run(const std::vector<NetworkTarget>& targets) {
    for (const auto& target : targets) {
      if (!target.unknown.empty()) {
        for (const auto step : {CheckStep::dns, CheckStep::tcp, CheckStep::tls})
          progress_.skip(step, target.unknown);
        return std::nullopt;
      }
    }
    if (auto problem = resolve(targets)) return problem;
    if (auto problem = connect(targets)) return problem;
    return handshake(targets);
  }

 private:
  // Of each target one host is enough: the driver goes on to the next as well.
  template <typename Try>
  std::optional<Diagnosis> each_target(CheckStep step, const std::vector<NetworkTarget>& targets,
                                       Try&& attempt) {
    progress_.begin(step);
    std::vector<std::string> found;
    for (const auto& target : targets) {
      std::optional<Diagnosis> first;
      bool passed = false;
      for (auto& candidate : candidates_) {
        if (candidate.target != &target) continue;
        const auto failure = attempt(candidate, found);
        if (!failure) {
          passed = true;
        } else if (!first) {
          first = diagnosed(*failure, candidate.host);
        }
      }
      if (passed) continue;
      progress_.fail(step, *first);
      return first;
    }
    progress_.pass(step, joined(found));
    return std::nullopt;
  }

  std::optional<Diagnosis> resolve(const std::vector<NetworkTarget>& targets) {
    for (const auto& target : targets) {
      for (const auto& host : target.hosts) candidates_.push_back({&target, host, {}, {}});
    }
    const auto problem = each_target(CheckStep::dns, targets, [&](Candidate& candidate, auto& found) {
      auto addresses = network_.resolve(candidate.host.name, context_);
      if (!addresses) return std::optional<NetworkFailure>(addresses.error());
      candidate.addresses = std::move(*addresses);
      found.push_back(candidate.host.name + " is " + joined(candidate.addresses));
      return std::optional<NetworkFailure>();
    });
    std::erase_if(candidates_, [](const Candidate& candidate) { return candidate.addresses.empty(); });
    return problem;
  }

  std::optional<Diagnosis> connect(const std::vector<NetworkTarget>& targets) {
    const auto problem = each_target(CheckStep::tcp, targets, [&](Candidate& candidate, auto& found) {
      auto address = network_.connect(candidate.addresses, candidate.host.port, context_);
      if (!address) return std::optional<NetworkFailure>(address.error());
      candidate.address = std::move(*address);
      found.push_back(spelled(candidate.host) + " accepts connections");
      return std::optional<NetworkFailure>();
    });
    std::erase_if(candidates_, [](const Candidate& candidate) { return candidate.address.empty(); });
    return problem;
  }

  std::optional<Diagnosis> handshake(const std::vector<NetworkTarget>& targets) {
    bool wanted = false;
    std::string unknown;
    for (const auto& target : targets) {
      wanted = wanted || (target.tls && target.tls_unknown.empty());
      if (target.tls) unknown = target.tls_unknown;
    }
    if (!wanted) {
      progress_.skip(CheckStep::tls, unknown.empty() ? "these properties do not ask for TLS" : unknown);
      return std::nullopt;
    }
    std::erase_if(candidates_, [](const Candidate& candidate) {
      return !candidate.target->tls || !candidate.target->tls_unknown.empty();
    });
    progress_.begin(CheckStep::tls);
    std::vector<std::string> found;
    for (const auto& candidate : candidates_) {
      const auto& target = *candidate.target;
      const auto report = network_.handshake({candidate.host.name, candidate.address, candidate.host.port,
                                              target.verify, target.send, target.expect},
                                             context_);
      if (!report) {
        const auto diagnosis = diagnosed(report.error(), candidate.host);
        progress_.fail(CheckStep::tls, diagnosis);
        return diagnosis;
      }
      auto text = spelled(candidate.host) + " speaks " + report->version + ", certificate valid until " +
                  report->not_after;
      if (target.verify && !report->trusted) {
        text += "; its authority, " + report->issuer +
                ", is not known here, and the trust store of Trino's Java decides";
      }
      found.push_back(std::move(text));
    }
    progress_.pass(CheckStep::tls, joined(found));
    return std::nullopt;
  }

  Diagnosis diagnosed(const NetworkFailure& failure, const Url::Host& host) const {
    auto texts = texts_;
    texts.host = host.name;
    texts.port = std::to_string(host.port);
    return diagnose_network(failure.code, failure.detail, texts);
  }

  Network& network_;
  const DiagnosisContext& texts_;
  const CallContext& context_;
  CheckProgress& progress_;
  std::vector<Candidate> candidates_;
};

// "4 schemas visible", or that there is none.
std::string counted(const std::string& what, const TrinoRows& rows) {
  if (what.empty()) return "";
  const auto count =
      rows.size() - static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [](const auto& row) {
        return !row.empty() && row.front() == "information_schema";
      }));
  if (count == 0) return "no " + what + " visible: the user may lack rights, or the source is empty";
  return std::to_string(count) + ' ' + what + " visible";
}

}  // namespace

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

CheckProgress::CheckProgress(Observer observer) : observer_(std::move(observer)) {
  for (const auto step : kSteps) steps_.emplace_back().step = step;
}

void CheckProgress::begin(CheckStep step) {
  began_ = Clock::now();
  at(step).status = StepReport::Status::running;
  if (observer_) observer_(at(step));
}

void CheckProgress::end(CheckStep step, StepReport::Status status, std::string message) {
  auto& report = at(step);
  if (report.status == StepReport::Status::running)
    report.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began_);
  report.status = status;
  report.message = std::move(message);
  if (observer_) observer_(report);
}

void CheckProgress::pass(CheckStep step, std::string message) {
  end(step, StepReport::Status::passed, std::move(message));
}

void CheckProgress::skip(CheckStep step, std::string reason) {
  end(step, StepReport::Status::skipped, std::move(reason));
}

void CheckProgress::fail(CheckStep step, const Diagnosis& diagnosis) {
  at(step).code = diagnosis.code;
  at(step).fix = diagnosis.fix;
  end(step, StepReport::Status::failed, diagnosis.message);
}

CheckStep step_of(const Diagnosis& diagnosis, CheckStep reached) {
  // What a source says to somebody whom it has let in.
  static constexpr std::array<std::string_view, 2> kSignedIn = {"database_not_found", "permission"};
  const bool signed_in = std::find(kSignedIn.begin(), kSignedIn.end(), diagnosis.code) != kSignedIn.end();
  return signed_in ? CheckStep::metadata : reached;
}

std::optional<Diagnosis> check_network(Network& network, const std::vector<NetworkTarget>& targets,
                                       const std::string& skip_reason, const DiagnosisContext& texts,
                                       const CallContext& context, CheckProgress& progress) {
  const auto reason = targets.empty() && skip_reason.empty()
                          ? "the definition of this connector names no address"
                          : skip_reason;
  if (reason.empty()) return NetworkSteps(network, texts, context, progress).run(targets);
  for (const auto step : {CheckStep::dns, CheckStep::tcp, CheckStep::tls}) progress.skip(step, reason);
  return std::nullopt;
}

TrinoResult<void> run_probe(TrinoCatalogs& trino, const std::vector<ProbeRun>& runs,
                            const CallContext& context, CheckProgress& progress) {
  std::string counts;
  for (const auto& run : runs) {
    if (run.step == CheckStep::metadata) {
      progress.pass(CheckStep::sign_in, "");
      progress.begin(CheckStep::metadata);
    }
    const auto rows = trino.run(run.statement, context);
    if (!rows) return tl::make_unexpected(rows.error());
    if (!run.counts.empty()) counts = counted(run.counts, *rows);
  }
  const bool apart = std::any_of(runs.begin(), runs.end(),
                                 [](const ProbeRun& run) { return run.step == CheckStep::metadata; });
  if (!apart) {
    progress.pass(CheckStep::sign_in, "");
    progress.begin(CheckStep::metadata);
  }
  progress.pass(CheckStep::metadata, counts);
  return {};
}

}  // namespace akko
