#include "app/connection_check.hpp"

#include <algorithm>
#include <utility>

namespace akko {
namespace {

constexpr std::array kSteps = {CheckStep::dns, CheckStep::tcp, CheckStep::tls, CheckStep::sign_in,
                               CheckStep::metadata};

constexpr const char* kLeftToTrino = "left_to_trino";  // the definition says why

std::string spelled(const Url::Host& host) {
  return host.port == 0 ? host.name : host.name + ':' + std::to_string(host.port);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

void skip_network(CheckProgress& progress, const std::string& reason, const std::string& code) {
  for (const auto step : {CheckStep::dns, CheckStep::tcp, CheckStep::tls})
    progress.skip(step, reason, {Fact{code}});
}

// A host of a target while the steps go on with it.
struct Candidate {
  const NetworkTarget* target;
  Url::Host host;
  std::vector<std::string> addresses;
  std::string address;  // that answered
};

// What the steps found: one text and what it says.
struct Found {
  std::vector<std::string> texts;
  Facts facts;
};
using Attempt = std::optional<NetworkFailure>;  // nothing = it went well

class NetworkSteps {
 public:
  NetworkSteps(Network& network, const DiagnosisContext& texts, const CallContext& context,
               CheckProgress& progress)
      : network_(network), texts_(texts), context_(context), progress_(progress) {}

  std::optional<Diagnosis> run(const std::vector<NetworkTarget>& targets) {
    for (const auto& target : targets) {
      if (!target.unknown.empty()) {
        skip_network(progress_, target.unknown, kLeftToTrino);
        return std::nullopt;
      }
      for (const auto& host : target.hosts) candidates_.push_back({&target, host, {}, {}});
    }
    if (auto problem = resolve()) return problem;
    if (auto problem = connect()) return problem;
    return handshake(targets);
  }

 private:
  // Tries the candidates of a step. Of each target one is enough: the driver goes on to the next as well.
  // But a host where another service answers always counts: nobody has listed it on purpose, and a driver
  // may take what it says for anything. Those that fail are candidates no longer.
  template <typename Try>
  std::optional<Diagnosis> each_target(CheckStep step, Try&& attempt) {
    progress_.begin(step);
    Found found;
    std::vector<std::pair<const NetworkTarget*, Diagnosis>> failures;
    std::vector<Candidate> passed;
    auto left = candidates_.size();
    for (auto& candidate : candidates_) {
      const auto failure = attempt(candidate, found, share(left--));
      if (!failure) {
        passed.push_back(std::move(candidate));
        continue;
      }
      failures.emplace_back(candidate.target, diagnosed(*failure, candidate.host));
      const bool fatal = failure->code == "wrong_service" || failure->code == "cancelled";
      if (!fatal) continue;
      progress_.fail(step, failures.back().second);
      return failures.back().second;
    }
    candidates_ = std::move(passed);
    for (const auto& [target, diagnosis] : failures) {
      const bool goes_on =
          std::any_of(candidates_.begin(), candidates_.end(),
                      [&, wanted = target](const Candidate& other) { return other.target == wanted; });
      if (goes_on) continue;
      progress_.fail(step, diagnosis);
      return diagnosis;
    }
    progress_.pass(step, joined(found.texts), std::move(found.facts));
    return std::nullopt;
  }

  // Time for one of `left` hosts: several that are dead must leave some for the others and for Trino.
  CallContext share(std::size_t left) const {
    if (candidates_.size() == 1) return context_;
    const auto span = context_.deadline.left() / static_cast<long>(left + 1);
    return {context_.operation_id, Deadline::after(span), context_.stop};
  }

  std::optional<Diagnosis> resolve() {
    return each_target(CheckStep::dns,
                       [&](Candidate& candidate, Found& found, const CallContext& context) -> Attempt {
                         auto addresses = network_.resolve(candidate.host.name, context);
                         if (!addresses) return addresses.error();
                         candidate.addresses = std::move(*addresses);
                         const auto addresses_text = joined(candidate.addresses);
                         found.texts.push_back(candidate.host.name + " is " + addresses_text);
                         found.facts.push_back(
                             {"resolves_to", {{"host", candidate.host.name}, {"addresses", addresses_text}}});
                         return std::nullopt;
                       });
  }

  std::optional<Diagnosis> connect() {
    std::string unknown;
    std::erase_if(candidates_, [&](const Candidate& candidate) {
      const auto& reason = candidate.target->tcp_unknown;
      if (!reason.empty()) unknown = reason;
      return !reason.empty();
    });
    if (candidates_.empty()) {
      progress_.skip(CheckStep::tcp, unknown, {Fact{kLeftToTrino}});
      return std::nullopt;
    }
    return each_target(
        CheckStep::tcp, [&](Candidate& candidate, Found& found, const CallContext& context) -> Attempt {
          auto address =
              network_.connect(candidate.addresses, candidate.host.port, candidate.target->greeting, context);
          if (!address) return address.error();
          candidate.address = std::move(*address);
          const auto host = spelled(candidate.host);
          const auto& title = texts_.definition.title();
          if (candidate.target->greeting) {
            found.texts.push_back(host + " answers as " + title + " does");
            found.facts.push_back({"answers_as", {{"host", host}, {"title", title}}});
          } else {
            found.texts.push_back(host + " accepts connections");
            found.facts.push_back({"accepts_connections", {{"host", host}}});
          }
          return std::nullopt;
        });
  }

  std::optional<Diagnosis> handshake(const std::vector<NetworkTarget>& targets) {
    std::string unknown;
    for (const auto& target : targets) {
      if (!target.tls_unknown.empty()) unknown = target.tls_unknown;
    }
    std::erase_if(candidates_, [](const Candidate& candidate) {
      return !candidate.target->tls || !candidate.target->tls_unknown.empty();
    });
    if (candidates_.empty()) {
      progress_.skip(CheckStep::tls, unknown.empty() ? "these properties do not ask for TLS" : unknown,
                     {Fact{unknown.empty() ? "tls_not_asked" : kLeftToTrino}});
      return std::nullopt;
    }
    return each_target(
        CheckStep::tls, [&](Candidate& candidate, Found& found, const CallContext& context) -> Attempt {
          const auto& target = *candidate.target;
          const auto report = network_.handshake(
              {candidate.host.name, candidate.address, candidate.host.port, target.verify, target.tls_start},
              context);
          if (!report) return report.error();
          const auto host = spelled(candidate.host);
          auto text = host + " speaks " + report->version + ", certificate valid until " + report->not_after;
          found.facts.push_back(
              {"tls_speaks", {{"host", host}, {"version", report->version}, {"until", report->not_after}}});
          if (target.verify && !report->trusted) {
            text += "; its authority, " + report->issuer +
                    ", is not known here, and the trust store of Trino's Java decides";
            found.facts.push_back({"authority_unknown", {{"issuer", report->issuer}}});
          }
          found.texts.push_back(std::move(text));
          return std::nullopt;
        });
  }

  Diagnosis diagnosed(const NetworkFailure& failure, const Url::Host& host) const {
    auto texts = texts_;
    texts.host = host.name;
    texts.port = std::to_string(host.port);
    return diagnose_network(failure.code, failure.detail, failure.message, texts);
  }

  Network& network_;
  const DiagnosisContext& texts_;
  const CallContext& context_;
  CheckProgress& progress_;
  std::vector<Candidate> candidates_;
};

// What a source says only to somebody whom it has let in.
bool is_said_after_sign_in(const Diagnosis& diagnosis) {
  return diagnosis.code == "database_not_found" || diagnosis.code == "permission";
}

struct Count {
  std::string text;
  Facts facts;
};

// "4 schemas visible", or that there is none.
Count counted(const std::string& what, const TrinoRows& rows) {
  const auto count =
      rows.size() - static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [](const auto& row) {
        return !row.empty() && row.front() == "information_schema";
      }));
  if (count == 0) {
    return {"no " + what + " visible: the user may lack rights, or the source is empty",
            {{"nothing_visible", {{"what", what}}}}};
  }
  const auto number = std::to_string(count);
  return {number + ' ' + what + " visible", {{"visible", {{"count", number}, {"what", what}}}}};
}

}  // namespace

DiagnosisContext texts_of(const ConnectorDefinition& definition, const RawValues& raw,
                          std::chrono::milliseconds deadline) {
  const auto endpoint = definition.endpoint(raw);
  return {.definition = definition,
          .step = TestStep::probe,
          .host = endpoint.host,
          .port = endpoint.port,
          .user = endpoint.user,
          .database = endpoint.database,
          .deadline = deadline};
}

std::string target_text(const ConnectorDefinition& definition, const RawValues& raw) {
  std::string text;
  for (const auto& target : definition.network_targets(raw))
    text += (text.empty() ? "" : " ") + hosts_text(target.hosts);
  return text;
}

CheckProgress::CheckProgress(Observer observer) : observer_(std::move(observer)) {
  for (const auto step : kSteps) steps_.emplace_back().step = step;
}

void CheckProgress::begin(CheckStep step) {
  began_ = Clock::now();
  at(step).status = StepReport::Status::running;
  if (observer_) observer_(at(step));
}

void CheckProgress::end(CheckStep step, StepReport::Status status, std::string message, Facts facts) {
  auto& report = at(step);
  if (report.status == StepReport::Status::running)
    report.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began_);
  report.status = status;
  report.message = std::move(message);
  report.facts = std::move(facts);
  if (observer_) observer_(report);
}

void CheckProgress::pass(CheckStep step, std::string message, Facts facts) {
  end(step, StepReport::Status::passed, std::move(message), std::move(facts));
}

void CheckProgress::skip(CheckStep step, std::string reason, Facts facts) {
  end(step, StepReport::Status::skipped, std::move(reason), std::move(facts));
}

void CheckProgress::fail(CheckStep step, const Diagnosis& diagnosis) {
  at(step).code = diagnosis.code;
  at(step).fix = diagnosis.fix;
  end(step, StepReport::Status::failed, diagnosis.message, {diagnosis.fact});
}

void CheckProgress::fail_in_trino(const Diagnosis& diagnosis) {
  const auto running = std::find_if(steps_.begin(), steps_.end(), [](const StepReport& report) {
    return report.status == StepReport::Status::running;
  });
  const auto reached = running == steps_.end() ? CheckStep::sign_in : running->step;
  const auto failed = is_said_after_sign_in(diagnosis) ? CheckStep::metadata : reached;
  if (failed != reached) {
    pass(reached, "");
    begin(failed);
  }
  fail(failed, diagnosis);
}

std::optional<Diagnosis> check_network(Network& network, const std::vector<NetworkTarget>& targets,
                                       NetworkPart part, const DiagnosisContext& texts,
                                       const CallContext& context, CheckProgress& progress) {
  if (part == NetworkPart::switched_off) {
    skip_network(progress, "switched off by AKKO_NETWORK_CHECKS; Trino checks it", "network_checks_off");
  } else if (part == NetworkPart::scheduled) {
    skip_network(progress, "a scheduled check asks Trino alone", "scheduled_check");
  } else if (targets.empty()) {
    skip_network(progress, "the definition of this connector names no address", "no_address");
  } else {
    return NetworkSteps(network, texts, context, progress).run(targets);
  }
  return std::nullopt;
}

TrinoResult<void> run_probe(TrinoCatalogs& trino, const std::vector<ProbeRun>& runs,
                            const CallContext& context, CheckProgress& progress) {
  Count counts;
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
  progress.pass(CheckStep::metadata, std::move(counts.text), std::move(counts.facts));
  return {};
}

}  // namespace akko
