#include "app/catalog_service.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "app/operation_id.hpp"

namespace akko {
namespace {

using Seconds = std::chrono::duration<double>;
using SteadyClock = std::chrono::steady_clock;

std::chrono::milliseconds since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start);
}

// Classes that say "not now" or "not here" rather than "this connection does not work".
ErrorCode code_of(const Diagnosis& diagnosis) {
  if (diagnosis.code == "trino_duplicate") return ErrorCode::already_exists;
  static constexpr std::array<std::string_view, 6> kNotNow = {"trino_unavailable", "trino_setup",
                                                              "trino_denied",      "secrets_plugin_missing",
                                                              "secret_not_found",  "cancelled"};
  if (std::find(kNotNow.begin(), kNotNow.end(), diagnosis.code) != kNotNow.end())
    return ErrorCode::unavailable;
  return ErrorCode::failed_precondition;
}

Error error_of(const Diagnosis& diagnosis) {
  Error error;
  error.code = code_of(diagnosis);
  error.reason = diagnosis.code == "trino_duplicate" ? "name_taken_in_trino" : diagnosis.code;
  error.message =
      (error.code == ErrorCode::failed_precondition ? "connection test failed: " : "") + diagnosis.message;
  error.fix = diagnosis.fix;
  error.raw = diagnosis.raw;
  error.retryable = diagnosis.retryable;
  return error;
}

}  // namespace

CatalogService::CatalogService(ServiceSettings settings, Ports ports, const ConnectorRegistry& connectors,
                               Coordination& coordination, Saga& saga)
    : settings_(std::move(settings)),
      ports_(ports),
      connectors_(connectors),
      coordination_(coordination),
      saga_(saga) {}

tl::expected<Catalog, RegistrationFailure> CatalogService::create(const CatalogRequest& request,
                                                                  std::vector<FieldViolation> violations,
                                                                  const Caller& caller) {
  const auto start = SteadyClock::now();
  const auto operation_id = new_operation_id();
  std::vector<StepReport> steps;
  std::string target;
  Result<Catalog> result = [&]() -> Result<Catalog> {
    AKKO_TRY(const auto judged,
             judge(request, std::move(violations), true, connectors_, settings_.default_allow_roles));
    target = target_text(*judged.definition, judged.raw);
    AKKO_CHECK(check_rate(caller));
    AKKO_CHECK(check_trino(judged));
    return register_catalog(judged, request, caller, operation_id, steps);
  }();
  ports_.metrics.operation("create", result.has_value(), Seconds(SteadyClock::now() - start));
  auto event = audit_event(result ? "CATALOG_CREATED" : "CATALOG_CREATE_FAILED", request);
  if (result) event.allow_roles = result->spec.allow_roles;
  event.detail = std::move(target);
  audit(std::move(event), caller, operation_id, result ? "" : result.error().reason);
  if (result) return std::move(*result);
  return tl::make_unexpected(RegistrationFailure{std::move(result).error(), std::move(steps)});
}

Result<CatalogService::AdmittedTest> CatalogService::admit_test(const CatalogRequest& request,
                                                                std::vector<FieldViolation> violations,
                                                                const Caller& caller) {
  const auto start = SteadyClock::now();
  const auto operation_id = new_operation_id();
  auto event = audit_event("CATALOG_TESTED", request);
  Result<AdmittedTest> admitted = [&]() -> Result<AdmittedTest> {
    AKKO_TRY(auto judged,
             judge(request, std::move(violations), false, connectors_, settings_.default_allow_roles));
    event.detail = target_text(*judged.definition, judged.raw);
    AKKO_CHECK(check_rate(caller));
    AKKO_CHECK(check_trino(judged));
    const auto deadline = deadline_of(*judged.definition);
    return AdmittedTest{std::move(judged), event, operation_id, deadline, start};
  }();
  if (!admitted) end_test(std::move(event), operation_id, admitted.error().reason, start, caller);
  return admitted;
}

Result<TestReport> CatalogService::run_test(const AdmittedTest& test, const Caller& caller,
                                            CheckProgress::Observer observer) {
  const CallContext context{test.operation_id, Deadline::after(test.deadline), caller.stop};
  auto report = check_connection(test.judged, context, CheckProgress(std::move(observer)));
  if (report) report->took = since(test.start);
  const auto error_class = !report ? report.error().reason : report->diagnosis ? report->diagnosis->code : "";
  end_test(test.event, test.operation_id, error_class, test.start, caller);
  return report;
}

void CatalogService::end_test(AuditEvent event, const std::string& operation_id, std::string_view error_class,
                              SteadyClock::time_point start, const Caller& caller) {
  ports_.metrics.operation("test", error_class.empty(), Seconds(SteadyClock::now() - start));
  audit(std::move(event), caller, operation_id, error_class);
}

std::optional<FieldValues> CatalogService::form_values(const Catalog& catalog) const {
  const auto* definition = connectors_.find(catalog.spec.connector);
  if (definition == nullptr) return std::nullopt;
  RawValues raw{catalog.spec.properties, {}};
  if (definition->hides_fields()) {
    auto secrets = ports_.store.secrets(catalog.spec.name);
    if (!secrets) return std::nullopt;
    raw.secrets = std::move(*secrets);
  }
  auto values = definition->form_values(raw, catalog.spec.options);
  if (values) values->secrets.clear();
  return values;
}

Result<void> CatalogService::remove(std::string_view name, std::optional<std::uint64_t> if_match,
                                    const Caller& caller) {
  const auto start = SteadyClock::now();
  const auto operation_id = new_operation_id();
  std::optional<Catalog> found;
  const auto snapshot = ports_.store.snapshot();
  if (const auto* catalog = snapshot->find(name)) found = *catalog;
  Result<void> result = found ? deregister(name, if_match, caller, operation_id, *found)
                              : Result<void>(fail(ErrorCode::not_found, "catalog_not_found",
                                                  "there is no registered catalog of this name"));
  ports_.metrics.operation("delete", result.has_value(), Seconds(SteadyClock::now() - start));
  AuditEvent event;
  event.event = result ? "CATALOG_DELETED" : "CATALOG_DELETE_FAILED";
  if (found) {
    event.name = found->spec.name.text();
    event.connector = found->spec.connector;
    event.allow_roles = found->spec.allow_roles;
  }
  audit(std::move(event), caller, operation_id, result ? "" : result.error().reason);
  return result;
}

// What was asked is written down only where it is well-formed: a name can be anything, a password too.
AuditEvent CatalogService::audit_event(std::string_view name, const CatalogRequest& request) const {
  AuditEvent event;
  event.event = name;
  if (CatalogName::parse(request.name)) event.name = request.name;
  if (connectors_.find(request.connector) != nullptr) event.connector = request.connector;
  return event;
}

void CatalogService::audit(AuditEvent event, const Caller& caller, const std::string& operation_id,
                           std::string_view error_class) {
  event.user = caller.principal.name;
  event.result = error_class.empty() ? "success" : "failed";
  event.code = error_class;
  event.operation_id = operation_id;
  event.request_id = caller.request_id;
  event.client = caller.client;
  ports_.audit.write(event);
}

std::chrono::milliseconds CatalogService::deadline_of(const ConnectorDefinition& definition) const {
  return std::min(settings_.deadline, definition.deadline());
}

std::string CatalogService::network_skip_reason() const {
  return settings_.network_checks ? "" : "switched off by AKKO_NETWORK_CHECKS; Trino checks it";
}

// Everything a registration needs; nothing has been changed yet.
Result<Undertaking> CatalogService::prepare(const JudgedRequest& judged, const CatalogRequest& request,
                                            const Caller& caller, const std::string& operation_id) {
  const auto& definition = *judged.definition;
  AKKO_TRY(const auto secret_revision, ports_.store.next_secret_revision());
  auto complete = definition.complete(judged.raw, ConnectorDefinition::Purpose::registration);
  const auto now = ports_.clock.now();
  Catalog draft{.spec = {*judged.name, request.connector, judged.raw.properties, judged.options,
                         request.description, judged.allow_roles},
                .phase = Phase::registering,
                .health = {Health::registering, "", "", 0},
                .secrets = {},
                .secret_revision = secret_revision,
                .revision = 0,
                .operation_id = operation_id,
                .created_at = now,
                .created_by = caller.principal.name,
                .updated_at = now,
                .updated_by = caller.principal.name};
  for (const auto& [property, value] : complete.secrets)
    draft.secrets[property] = {now, caller.principal.name};
  auto spec = render_for_trino(*judged.name, definition, complete, secret_revision, transport());
  auto probe = definition.probe_plan(*judged.name, complete, judged.options).runs;
  return Undertaking{.plan = plan_registration(!complete.secrets.empty(), !definition.trial_first()),
                     .operation = {operation_id, Plan::Kind::register_catalog, *judged.name, 0, false,
                                   caller.principal.name, now},
                     .catalog = std::move(draft),
                     .secrets = std::move(complete.secrets),
                     .trino = std::move(spec),
                     .probe = std::move(probe),
                     .progress = CheckProgress()};
}

Result<Catalog> CatalogService::register_catalog(const JudgedRequest& judged, const CatalogRequest& request,
                                                 const Caller& caller, const std::string& operation_id,
                                                 std::vector<StepReport>& steps) {
  const auto& definition = *judged.definition;
  const auto deadline = deadline_of(definition);
  const CallContext context{operation_id, Deadline::after(deadline), caller.stop};
  const auto held = coordination_.names.try_hold(*judged.name);
  if (!held) {
    return fail(ErrorCode::already_exists, "name_taken",
                "the name " + judged.name->text() + " is being registered or removed right now",
                "Choose another name, or wait until that has ended.");
  }
  const auto snapshot = ports_.store.snapshot();
  const auto texts = texts_of(definition, judged.raw, deadline);
  CheckProgress progress;
  // A name that is taken is told by `reserve` below, and before anything else is asked.
  if (snapshot->find(judged.name->text()) == nullptr) {
    auto problem = check_network(ports_.network, definition.network_targets(judged.raw),
                                 network_skip_reason(), texts, context, progress);
    steps = progress.steps();
    if (!problem && definition.trial_first()) {
      TestReport trial;
      AKKO_TRY(problem, try_in_trino(judged, texts, context, progress, trial));
      steps = progress.steps();
    }
    if (problem) return tl::make_unexpected(error_of(*problem));
    if (!definition.trial_first()) progress.begin(CheckStep::sign_in);  // the saga probes the catalog itself
  }
  AKKO_TRY(auto undertaking, prepare(judged, request, caller, operation_id));
  undertaking.progress = std::move(progress);
  AKKO_TRY(undertaking.catalog,
           ports_.store.reserve(undertaking.catalog, undertaking.secrets, undertaking.operation));

  const auto failure = saga_.run(undertaking, context);
  if (!failure) return with_first_check(std::move(undertaking.catalog), undertaking.progress.steps(), caller);
  if (!failure->settled) coordination_.unsettled = true;
  auto error = registration_error(*failure, texts, undertaking);
  steps = undertaking.progress.steps();
  return tl::make_unexpected(std::move(error));
}

Error CatalogService::registration_error(const SagaFailure& failure, const DiagnosisContext& texts,
                                         Undertaking& undertaking) const {
  Error error;
  if (failure.error) {
    error = *failure.error;
  } else {
    auto context = texts;
    const bool created = std::holds_alternative<step::ProbeInTrino>(failure.step);
    context.step = created ? TestStep::probe : TestStep::create;
    const auto diagnosis = diagnose(*failure.trino, context, Scrubber(undertaking.secrets));
    undertaking.progress.fail_in_trino(diagnosis);
    error = error_of(diagnosis);
  }
  if (!failure.settled) {
    if (!error.message.ends_with('.')) error.message += '.';
    error.message +=
        " The undoing could not be completed yet; it goes on by itself, and until then the name stays in "
        "use.";
  }
  return error;
}

Result<TestReport> CatalogService::check_connection(const JudgedRequest& judged, const CallContext& context,
                                                    CheckProgress progress) {
  const auto& definition = *judged.definition;
  const auto texts = texts_of(definition, judged.raw, deadline_of(definition));
  TestReport report;
  report.diagnosis = check_network(ports_.network, definition.network_targets(judged.raw),
                                   network_skip_reason(), texts, context, progress);
  if (!report.diagnosis) {
    AKKO_TRY(report.diagnosis, try_in_trino(judged, texts, context, progress, report));
  }
  report.steps = progress.steps();
  return report;
}

// Sign-in and metadata, under a name of the probe pool.
Result<std::optional<Diagnosis>> CatalogService::try_in_trino(const JudgedRequest& judged,
                                                              DiagnosisContext texts,
                                                              const CallContext& context,
                                                              CheckProgress& progress, TestReport& report) {
  const auto& definition = *judged.definition;
  progress.begin(CheckStep::sign_in);
  auto lease = coordination_.probes.lease(context.deadline, context.stop);
  if (!lease && context.stop.stop_requested())
    return fail(ErrorCode::unavailable, "cancelled", "the caller has left");
  if (!lease) {
    return fail(ErrorCode::unavailable, "tests_busy", "too many connection tests are running",
                "Wait for one to end, or raise AKKO_PROBE_POOL.");
  }
  const auto& name = lease->name();
  AKKO_TRY(const auto secret_revision, ports_.store.next_secret_revision());
  const auto complete = definition.complete(judged.raw, ConnectorDefinition::Purpose::dry_run);
  const auto spec = render_for_trino(name, definition, complete, secret_revision, transport());
  const auto plan = definition.probe_plan(name, judged.raw, judged.options);
  report.proves = plan.proves;
  report.explanation = plan.explanation;

  if (lease->was_dirty()) static_cast<void>(ports_.trino.drop(name, context));  // if it fails, CREATE tells
  if (!complete.secrets.empty()) AKKO_CHECK(ports_.secrets.put(name, secret_revision, complete.secrets));
  texts.step = TestStep::create;
  auto outcome = ports_.trino.create(spec, context);
  // Whether the catalog may still come into being.
  const bool unclear = !outcome && outcome.error().kind != TrinoFailure::Kind::statement;
  if (outcome) {
    texts.step = TestStep::probe;
    outcome = run_probe(ports_.trino, plan.runs, context, progress);
  }

  const auto failure = outcome ? std::nullopt : std::optional<TrinoFailure>(outcome.error());
  // Not stopped by what stopped the test: nothing may be left behind.
  const CallContext clean_up{context.operation_id, clean_up_deadline(failure), {}};
  const bool dropped = ports_.trino.drop(name, clean_up).has_value();
  const bool forgotten = ports_.secrets.remove(name).has_value();
  if (dropped && forgotten && !unclear) lease->clean();  // else the name is swept before it is used again
  if (!failure) return std::optional<Diagnosis>();
  const auto diagnosis = diagnose(*failure, texts, Scrubber(complete.secrets));
  progress.fail_in_trino(diagnosis);
  return std::optional<Diagnosis>(diagnosis);
}

Result<void> CatalogService::deregister(std::string_view name, std::optional<std::uint64_t> if_match,
                                        const Caller& caller, const std::string& operation_id,
                                        Catalog& found) {
  const CallContext context{operation_id, Deadline::after(settings_.deadline), caller.stop};
  const auto held = coordination_.names.hold(found.spec.name, context.deadline, context.stop);
  const auto snapshot = ports_.store.snapshot();  // what is true now that we hold the name
  const auto* current = snapshot->find(name);
  if (current == nullptr) {
    return fail(ErrorCode::not_found, "catalog_not_found", "there is no registered catalog of this name");
  }
  if (!held || current->phase != Phase::ready) {
    return fail(ErrorCode::already_exists, "operation_in_progress",
                "the catalog " + found.spec.name.text() + " is being registered or removed right now",
                "Wait until that has ended, then try again.");
  }
  if (if_match && *if_match != current->revision) {
    return fail(ErrorCode::aborted, "revision_mismatch",
                "the catalog was changed by " + current->updated_by + " since you read it",
                "Read it again and decide anew.");
  }
  found = *current;
  Undertaking undertaking{.plan = plan_removal(),
                          .operation = {operation_id, Plan::Kind::deregister_catalog, found.spec.name, 0,
                                        false, caller.principal.name, ports_.clock.now()},
                          .catalog = found,
                          .secrets = {},
                          .trino = std::nullopt,
                          .probe = {},
                          .progress = CheckProgress()};
  auto removing = found;
  removing.phase = Phase::removing;
  removing.operation_id = operation_id;
  removing.updated_by = caller.principal.name;  // whom the next one is told about
  AKKO_TRY(undertaking.catalog, ports_.store.update(removing, &undertaking.operation, nullptr));
  auto failure = saga_.run(undertaking, context);
  if (!failure) return {};
  if (!failure->settled) coordination_.unsettled = true;
  if (failure->error) {
    failure->error->message += " Trino has dropped the catalog; the rest of the removal goes on by itself.";
    return tl::make_unexpected(std::move(*failure->error));
  }
  return fail(ErrorCode::unavailable, "trino_unavailable",
              "Trino did not drop the catalog, so it stays registered: " +
                  Scrubber().scrub(failure->trino->message, 500),
              "Try again when Trino answers.");
}

}  // namespace akko
