#include "app/catalog_service.hpp"

#include <algorithm>
#include <utility>

#include "app/operation_id.hpp"
#include "app/operation_report.hpp"
#include "app/refusals.hpp"

namespace akko {
namespace {

using Seconds = std::chrono::duration<double>;
using SteadyClock = std::chrono::steady_clock;

std::chrono::milliseconds since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start);
}

// Why a catalog could not be removed.
Error removal_error(const SagaFailure& failure) {
  if (failure.error) return *failure.error;
  return fail(ErrorCode::unavailable, "trino_unavailable",
              "Trino did not drop the catalog, so it stays registered: " +
                  Scrubber().scrub(failure.trino->message, 500),
              "Try again when Trino answers.")
      .value();
}

}  // namespace

CatalogService::CatalogService(ServiceSettings settings, Ports ports, const ConnectorRegistry& connectors,
                               Coordination& coordination, Saga& saga)
    : settings_(std::move(settings)),
      ports_(ports),
      connectors_(connectors),
      coordination_(coordination),
      saga_(saga) {}

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
  std::optional<RunningOperation> operation;
  Result<void> result = found ? deregister(name, if_match, caller, operation_id, *found, operation)
                              : Result<void>(no_such_catalog());
  ports_.metrics.operation("delete", result.has_value(), Seconds(SteadyClock::now() - start));
  AuditEvent event;
  event.event = result ? "CATALOG_DELETED" : "CATALOG_DELETE_FAILED";
  if (found) {
    event.name = found->spec.name.text();
    event.connector = found->spec.connector;
    event.allow_roles = found->spec.allow_roles;
  }
  audit(std::move(event), caller, operation_id, result ? "" : result.error().reason);
  if (operation && result) operation->succeed();
  if (operation && !result) operation->fail(result.error());
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

Operation CatalogService::operation_on(const CatalogName& name, const std::string& connector,
                                       const std::string& id, const Caller& caller) const {
  Operation plan;
  plan.id = id;
  plan.catalog = name.text();
  plan.connector = connector;
  plan.user = caller.principal.name;
  plan.request_id = caller.request_id;
  plan.started_at = ports_.clock.now();
  return plan;
}

std::chrono::milliseconds CatalogService::deadline_of(const ConnectorDefinition& definition) const {
  return std::min(settings_.deadline, definition.deadline());
}

NetworkPart CatalogService::network_part() const {
  return settings_.network_checks ? NetworkPart::checked : NetworkPart::switched_off;
}

Result<TestReport> CatalogService::check_connection(const JudgedRequest& judged, const CallContext& context,
                                                    CheckProgress progress) {
  const auto& definition = *judged.definition;
  const auto texts = texts_of(definition, judged.raw, deadline_of(definition));
  TestReport report;
  report.diagnosis = check_network(ports_.network, definition.network_targets(judged.raw), network_part(),
                                   texts, context, progress);
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
                                        const Caller& caller, const std::string& operation_id, Catalog& found,
                                        std::optional<RunningOperation>& operation) {
  const CallContext context{operation_id, Deadline::after(settings_.deadline), caller.stop};
  const auto held = coordination_.names.hold(found.spec.name, context.deadline, context.stop);
  const auto snapshot = ports_.store.snapshot();  // what is true now that we hold the name
  const auto* current = snapshot->find(name);
  if (current == nullptr) return no_such_catalog();
  if (!held || current->phase != Phase::ready) return operation_holds(found.spec.name);
  if (if_match && *if_match != current->revision) {
    return fail(ErrorCode::aborted, "revision_mismatch",
                "the catalog was changed by " + current->updated_by + " since you read it",
                "Read it again and decide anew.");
  }
  found = *current;
  auto plan = operation_on(found.spec.name, found.spec.connector, operation_id, caller);
  plan.kind = Operation::Kind::remove_catalog;
  plan.steps = removal_steps();
  operation.emplace(coordination_.operations.begin(std::move(plan)));
  OperationReport report(*operation, coordination_.listing, found.spec.name, ports_.secrets.description(),
                         [](const SagaFailure& failure) { return removal_error(failure); });
  Undertaking undertaking{.plan = plan_removal(),
                          .operation = {operation_id, Plan::Kind::deregister_catalog, found.spec.name, 0,
                                        false, caller.principal.name, ports_.clock.now()},
                          .catalog = found,
                          .secrets = {},
                          .trino = std::nullopt,
                          .probe = {},
                          .progress = CheckProgress(),
                          .observer = &report};
  auto removing = found;
  removing.phase = Phase::removing;
  removing.operation_id = operation_id;
  removing.updated_by = caller.principal.name;  // whom the next one is told about
  AKKO_TRY(undertaking.catalog, ports_.store.update(removing, &undertaking.operation, nullptr));
  const auto failure = saga_.run(undertaking, context);
  if (!failure) return {};
  auto error = removal_error(*failure);
  if (failure->settled) return tl::make_unexpected(std::move(error));
  coordination_.unsettled = true;
  if (!error.message.ends_with('.')) error.message += '.';
  error.message += " The rest of the removal goes on by itself. Still there: " + report.left() + ".";
  return tl::make_unexpected(std::move(error));
}

}  // namespace akko
