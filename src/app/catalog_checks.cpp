#include "app/catalog_checks.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "app/operation_id.hpp"
#include "app/refusals.hpp"
#include "base/log.hpp"

namespace akko {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds kLongestScheduled = 15s;
// How long an admin's check waits for one on schedule to leave: that one is cancelled.
constexpr milliseconds kMakeWay = 5s;

// Whether a failure tells something about the source, not about Trino at this moment.
bool is_about_the_source(const TrinoFailure& failure) {
  using Kind = TrinoFailure::Kind;
  switch (failure.kind) {
    case Kind::unreachable:
    case Kind::refused:
    case Kind::cancelled:
    case Kind::protocol:
      return false;
    case Kind::deadline:
      return !failure.query_id.empty();  // Trino has begun with it
    case Kind::statement:
      break;
  }
  return failure.error_type != "INSUFFICIENT_RESOURCES" && failure.error_name != "CATALOG_NOT_FOUND";
}

std::string seconds_text(milliseconds span) {
  const auto tenths = (span.count() + 50) / 100;
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
}

double gauge_value(Health health) {
  switch (health) {
    case Health::healthy:
      return 1;
    case Health::slow:
      return 0.5;
    case Health::failing:
      return 0;
    case Health::unknown:
    case Health::paused:
    case Health::registering:
      break;
  }
  return -1;
}

}  // namespace

std::vector<Metrics::Sample> health_samples(const CatalogSnapshot& snapshot) {
  std::vector<Metrics::Sample> samples;
  for (const auto& catalog : snapshot.catalogs) {
    if (catalog->phase != Phase::ready) continue;
    samples.push_back({{{"catalog", catalog->spec.name.text()}, {"connector", catalog->spec.connector}},
                       gauge_value(catalog->health.health)});
  }
  return samples;
}

// A catalog with what a check of it needs.
struct CatalogChecks::Subject {
  Catalog catalog;
  const ConnectorDefinition* definition;
  RawValues raw;
  ConnectorDefinition::ProbePlan plan;
  milliseconds deadline;
};

struct CatalogChecks::Asked {
  Subject subject;
  std::optional<NameLocks::Visit> visit;  // until the check has ended
  std::stop_source stop;                  // requested when an operation takes the name
  Caller caller;
  AuditEvent event;
  std::string operation_id;
  SteadyClock::time_point start;
};

struct CatalogChecks::Finding {
  std::optional<Diagnosis> problem;
  bool conclusive = true;
};

CatalogChecks::CatalogChecks(CheckSettings settings, Ports ports, const ConnectorRegistry& connectors,
                             Coordination& coordination)
    : settings_(settings), ports_(ports), connectors_(connectors), coordination_(coordination) {}

Result<CatalogChecks::Subject> CatalogChecks::subject_of(const Catalog& catalog, milliseconds longest) const {
  const auto* definition = connectors_.find(catalog.spec.connector);
  if (definition == nullptr) {
    auto error = fail(ErrorCode::unavailable, "connector_missing",
                      "the definition of connector " + catalog.spec.connector + " is gone",
                      "Put it back into the directory that AKKO_CONNECTORS_DIR names.");
    error.value().retryable = false;
    return error;
  }
  AKKO_TRY(auto values, ports_.store.secrets(catalog.spec.name));
  auto raw = definition->complete({catalog.spec.properties, std::move(values)},
                                  ConnectorDefinition::Purpose::registration);
  auto plan = definition->probe_plan(catalog.spec.name, raw, catalog.spec.options);
  const auto deadline = std::min({settings_.deadline, definition->deadline(), longest});
  return Subject{catalog, definition, std::move(raw), std::move(plan), deadline};
}

CatalogChecks::Finding CatalogChecks::look(const Subject& subject, const std::vector<ProbeRun>& runs,
                                           NetworkPart network, const CallContext& context,
                                           CheckProgress& progress) {
  const auto texts = texts_of(*subject.definition, subject.raw, subject.deadline);
  auto problem = check_network(ports_.network, subject.definition->network_targets(subject.raw), network,
                               texts, context, progress);
  if (problem) {
    const bool cancelled = problem->code == "cancelled";
    return {std::move(problem), !cancelled};
  }
  progress.begin(CheckStep::sign_in);
  const auto outcome = run_probe(ports_.trino, runs, context, progress);
  return outcome ? Finding{} : judged(subject, outcome.error(), progress);
}

CatalogChecks::Finding CatalogChecks::judged(const Subject& subject, const TrinoFailure& failure,
                                             CheckProgress& progress) {
  if (failure.error_name == "CATALOG_NOT_FOUND") coordination_.unsettled = true;  // the reconciler looks
  auto diagnosis = diagnose(failure, texts_of(*subject.definition, subject.raw, subject.deadline),
                            Scrubber(subject.raw.secrets));
  progress.fail_in_trino(diagnosis);
  return {std::move(diagnosis), is_about_the_source(failure)};
}

HealthSchedule::Outcome CatalogChecks::check_on_schedule(const CatalogName& name,
                                                         const std::stop_token& stop) {
  std::stop_source sent_away;
  const std::stop_callback with_us(stop, [&] { sent_away.request_stop(); });
  const auto visit = coordination_.names.visit(name, sent_away);
  const auto snapshot = ports_.store.snapshot();
  const auto* catalog = snapshot->find(name.text());
  if (!visit || catalog == nullptr || catalog->phase != Phase::ready) return {};
  const auto subject = subject_of(*catalog, kLongestScheduled);
  if (!subject || subject->plan.runs.empty()) return {};

  auto only = *most_telling(subject->plan.runs);
  only.step = CheckStep::sign_in;  // it is the first to sign in
  const auto targets = subject->definition->network_targets(subject->raw);
  const bool greets = settings_.network_checks &&
                      std::any_of(targets.begin(), targets.end(),
                                  [](const NetworkTarget& target) { return target.greeting.has_value(); });
  const CallContext context{new_operation_id(), Deadline::after(subject->deadline), sent_away.get_token()};
  CheckProgress progress;
  const auto finding =
      look(*subject, {only}, greets ? NetworkPart::checked : NetworkPart::scheduled, context, progress);
  if (!finding.conclusive) {
    ports_.metrics.catalog_check("undecided", to_string(CheckTrigger::scheduled));
    return {.asked = true};
  }
  const auto checked_at = record(*catalog, finding, progress, CheckTrigger::scheduled, "");
  return {true, finding.problem ? finding.problem->code : "", checked_at};
}

// Puts down what was found and returns when.
UnixMillis CatalogChecks::record(const Catalog& catalog, const Finding& finding,
                                 const CheckProgress& progress, CheckTrigger trigger,
                                 const std::string& user) {
  CheckRecord check;
  check.checked_at = ports_.clock.now();
  check.trigger = trigger;
  check.user = user;
  check.steps = progress.steps();
  check.took = time_in_trino(check.steps);
  if (finding.problem) {
    check.health = Health::failing;
    check.code = finding.problem->code;
    check.message = finding.problem->message;
    check.fix = finding.problem->fix;
  } else if (check.took > settings_.slow_after) {
    check.health = Health::slow;
    check.message = "It works, but it took " + seconds_text(check.took) + ", longer than " +
                    seconds_text(settings_.slow_after) + ".";
    check.fix =
        "Look at the load of the source and at the network in between; AKKO_HEALTH_SLOW_MS is the limit.";
  } else {
    check.health = Health::healthy;
    check.message = check.steps.back().message;
  }
  ports_.metrics.catalog_check(to_string(check.health), to_string(trigger));
  if (catalog.health.health != check.health) {
    log::info(
        "the health of a catalog has changed",
        {{"catalog", catalog.spec.name.text()}, {"health", to_string(check.health)}, {"code", check.code}});
  }
  const auto recorded = ports_.store.record_health(catalog.spec.name, catalog.revision,
                                                   health_after(catalog.health, health_of(check)), &check);
  if (!recorded && recorded.error().reason != "conflict" && recorded.error().code != ErrorCode::not_found) {
    log::warn("a check could not be filed",
              {{"catalog", catalog.spec.name.text()}, {"reason", recorded.error().message}});
  }
  return check.checked_at;
}

Result<std::shared_ptr<CatalogChecks::Asked>> CatalogChecks::admit(std::string_view name,
                                                                   const Caller& caller) {
  const auto start = SteadyClock::now();
  AuditEvent event;
  event.event = "CATALOG_TESTED";
  event.user = caller.principal.name;
  event.operation_id = new_operation_id();
  event.request_id = caller.request_id;
  event.client = caller.client;
  auto asked = admitted(name, caller, event);
  if (asked) {
    (*asked)->start = start;
    return asked;
  }
  event.result = "failed";
  event.code = asked.error().reason;
  ports_.audit.write(event);
  ports_.metrics.operation("test", false, SteadyClock::now() - start);
  return asked;
}

Result<std::shared_ptr<CatalogChecks::Asked>> CatalogChecks::admitted(std::string_view name,
                                                                      const Caller& caller,
                                                                      AuditEvent& event) {
  const auto seen = ports_.store.snapshot();
  const auto* known = seen->find(name);
  if (known == nullptr) return no_such_catalog();
  event.name = known->spec.name.text();
  event.connector = known->spec.connector;
  AKKO_CHECK(check_rate(ports_.checks, caller.principal));
  const auto facts = coordination_.trino.facts();
  if (!facts.up) return trino_is_silent(facts.problem);
  std::stop_source stop;
  auto visit = coordination_.names.visit_urgently(known->spec.name, stop, Deadline::after(kMakeWay));
  const auto snapshot = ports_.store.snapshot();  // what is true now that we are there
  const auto* catalog = snapshot->find(name);
  if (catalog == nullptr) return no_such_catalog();
  if (catalog->phase != Phase::ready) return operation_holds(catalog->spec.name);
  if (!visit) {
    return fail(ErrorCode::already_exists, "check_in_progress",
                "the catalog " + event.name + " is being tested or changed by somebody else right now",
                "Try again in some seconds.");
  }
  AKKO_TRY(auto subject, subject_of(*catalog, settings_.deadline));
  event.detail = target_text(*subject.definition, subject.raw);
  return std::make_shared<Asked>(
      Asked{std::move(subject), std::move(*visit), stop, caller, event, event.operation_id, {}});
}

milliseconds CatalogChecks::deadline_of(const Asked& asked) { return asked.subject.deadline; }

TestReport CatalogChecks::run(Asked& asked, const std::stop_token& stop, CheckProgress::Observer observer) {
  const std::stop_callback with_caller(stop, [&] { asked.stop.request_stop(); });
  const auto& subject = asked.subject;
  const CallContext context{asked.operation_id, Deadline::after(subject.deadline), asked.stop.get_token()};
  CheckProgress progress(std::move(observer));
  const auto network = settings_.network_checks ? NetworkPart::checked : NetworkPart::switched_off;
  const auto finding = look(subject, subject.plan.runs, network, context, progress);
  if (finding.conclusive) {
    record(subject.catalog, finding, progress, CheckTrigger::manual, asked.caller.principal.name);
  } else {
    ports_.metrics.catalog_check("undecided", to_string(CheckTrigger::manual));
  }
  TestReport report;
  report.diagnosis = finding.problem;
  asked.visit.reset();  // whoever reads the report may ask again
  report.steps = progress.steps();
  report.proves = subject.plan.proves;
  report.explanation = subject.plan.explanation;
  report.took = std::chrono::duration_cast<milliseconds>(SteadyClock::now() - asked.start);
  asked.event.result = finding.problem ? "failed" : "success";
  asked.event.code = finding.problem ? finding.problem->code : "";
  ports_.audit.write(asked.event);
  ports_.metrics.operation("test", !finding.problem, SteadyClock::now() - asked.start);
  return report;
}

Result<std::vector<CheckRecord>> CatalogChecks::history(std::string_view name) const {
  const auto snapshot = ports_.store.snapshot();
  const auto* catalog = snapshot->find(name);
  if (catalog == nullptr) return no_such_catalog();
  return ports_.store.checks(catalog->spec.name);
}

}  // namespace akko
