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

Result<Catalog> CatalogService::create(const CatalogRequest& request, std::vector<FieldViolation> violations,
                                       const Caller& caller) {
  const auto start = SteadyClock::now();
  const auto operation_id = new_operation_id();
  Result<Catalog> result = [&]() -> Result<Catalog> {
    AKKO_TRY(const auto judged,
             judge(request, std::move(violations), true, connectors_, settings_.default_allow_roles));
    AKKO_CHECK(check_trino(judged));
    return register_catalog(judged, request, caller, operation_id);
  }();
  ports_.metrics.operation("create", result.has_value(), Seconds(SteadyClock::now() - start));
  auto event = audit_event(result ? "CATALOG_CREATED" : "CATALOG_CREATE_FAILED", request);
  if (result) event.allow_roles = result->spec.allow_roles;
  audit(std::move(event), caller, operation_id, result ? "" : result.error().reason);
  return result;
}

Result<TestReport> CatalogService::test(const CatalogRequest& request, std::vector<FieldViolation> violations,
                                        const Caller& caller) {
  const auto start = SteadyClock::now();
  const CallContext context{new_operation_id(), Deadline::after(settings_.deadline), caller.stop};
  Result<TestReport> result = [&]() -> Result<TestReport> {
    AKKO_TRY(const auto judged,
             judge(request, std::move(violations), false, connectors_, settings_.default_allow_roles));
    AKKO_CHECK(check_trino(judged));
    return run_test(judged, request, context);
  }();
  const bool passed = result && !result->diagnosis;
  if (result) result->took = since(start);
  ports_.metrics.operation("test", passed, Seconds(SteadyClock::now() - start));
  const auto error_class = passed ? "" : result ? result->diagnosis->code : result.error().reason;
  audit(audit_event("CATALOG_TESTED", request), caller, context.operation_id, error_class);
  return result;
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

SecretTransport CatalogService::transport() const {
  return secret_transport(coordination_.trino.facts(), settings_.allow_secrets_in_statements);
}

Result<void> CatalogService::check_trino(const JudgedRequest& judged) const {
  const auto facts = coordination_.trino.facts();
  if (!facts.up) {
    return fail(ErrorCode::unavailable, "trino_unavailable", "Trino does not answer: " + facts.problem,
                "Start the coordinator or check AKKO_TRINO_URL, then try again.");
  }
  if (facts.connectors_known && !facts.connectors.contains(judged.definition->trino_connector())) {
    return fail(
        ErrorCode::failed_precondition, "plugin_missing",
        "connection test failed: this Trino has no connector " + judged.definition->trino_connector() + ".",
        "Install the connector's plugin on the coordinator and every worker, then restart Trino.");
  }
  const bool refused =
      facts.secrets_provider == SecretsProvider::missing && !settings_.allow_secrets_in_statements;
  if (refused) {
    auto error =
        fail(ErrorCode::unavailable, "secrets_plugin_missing",
             "Trino has no secret provider `akko`, so secrets could only be sent inside statements, where "
             "anyone who may see Trino's queries could read them.",
             "Install trino-plugin on the coordinator and every worker (trino-plugin/README.md) and restart "
             "Trino. To accept the risk instead, set AKKO_ALLOW_SECRETS_IN_STATEMENTS=true.");
    error.value().retryable = false;
    return error;
  }
  if (facts.secrets_provider == SecretsProvider::elsewhere) {
    auto error =
        fail(ErrorCode::unavailable, "secret_not_found",
             "Trino's secret provider `akko` does not see the secrets of this product in " +
                 ports_.secrets.description() + ".",
             "Set akko.secrets.directory of every Trino node to the place that AKKO_SECRETS_DIR names.");
    error.value().retryable = false;
    return error;
  }
  return {};
}

Result<Catalog> CatalogService::register_catalog(const JudgedRequest& judged, const CatalogRequest& request,
                                                 const Caller& caller, const std::string& operation_id) {
  const auto& definition = *judged.definition;
  const CallContext context{operation_id, Deadline::after(settings_.deadline), caller.stop};
  const auto held = coordination_.names.try_hold(*judged.name);
  if (!held) {
    return fail(ErrorCode::already_exists, "name_taken",
                "the name " + judged.name->text() + " is being registered or removed right now",
                "Choose another name, or wait until that has ended.");
  }
  AKKO_TRY(const auto secret_revision, ports_.store.next_secret_revision());
  const auto now = ports_.clock.now();
  Catalog draft{
      .spec = {*judged.name, request.connector, request.properties, request.description, judged.allow_roles},
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
  for (const auto& [property, value] : request.credentials)
    draft.secrets[property] = {now, caller.principal.name};

  Undertaking undertaking{.plan = plan_registration(!request.credentials.empty()),
                          .operation = {operation_id, Plan::Kind::register_catalog, *judged.name, 0, false,
                                        caller.principal.name, now},
                          .catalog = std::move(draft),
                          .secrets = request.credentials,
                          .trino = render_for_trino(*judged.name, definition, request.properties,
                                                    ConnectorDefinition::Purpose::registration,
                                                    request.credentials, secret_revision, transport()),
                          .probe = definition.probe_statement(*judged.name)};
  AKKO_TRY(undertaking.catalog,
           ports_.store.reserve(undertaking.catalog, undertaking.secrets, undertaking.operation));

  const auto failure = saga_.run(undertaking, context);
  if (!failure) return std::move(undertaking.catalog);
  if (!failure->settled) coordination_.unsettled = true;
  const Scrubber scrubber(request.credentials);
  return tl::make_unexpected(registration_error(*failure, request, definition, scrubber));
}

Diagnosis CatalogService::diagnose_failure(const TrinoFailure& failure, TestStep step,
                                           const CatalogRequest& request,
                                           const ConnectorDefinition& definition,
                                           const Scrubber& scrubber) const {
  const auto endpoint = definition.endpoint(request.properties);
  return diagnose(failure,
                  {.definition = definition,
                   .step = step,
                   .host = endpoint.host,
                   .port = endpoint.port,
                   .user = endpoint.user,
                   .database = endpoint.database,
                   .deadline = settings_.deadline},
                  scrubber);
}

Error CatalogService::registration_error(const SagaFailure& failure, const CatalogRequest& request,
                                         const ConnectorDefinition& definition,
                                         const Scrubber& scrubber) const {
  const bool created = std::holds_alternative<step::ProbeInTrino>(failure.step);
  Error error = failure.error
                    ? *failure.error
                    : error_of(diagnose_failure(*failure.trino, created ? TestStep::probe : TestStep::create,
                                                request, definition, scrubber));
  if (!failure.settled) {
    if (!error.message.ends_with('.')) error.message += '.';
    error.message +=
        " The undoing could not be completed yet; it goes on by itself, and until then the name stays in "
        "use.";
  }
  return error;
}

Result<TestReport> CatalogService::run_test(const JudgedRequest& judged, const CatalogRequest& request,
                                            const CallContext& context) {
  const auto& definition = *judged.definition;
  auto lease = coordination_.probes.lease(context.deadline, context.stop);
  if (!lease) {
    return fail(ErrorCode::unavailable, "tests_busy", "too many connection tests are running",
                "Wait for one to end, or raise AKKO_PROBE_POOL.");
  }
  const auto& name = lease->name();
  AKKO_TRY(const auto secret_revision, ports_.store.next_secret_revision());
  const auto spec =
      render_for_trino(name, definition, request.properties, ConnectorDefinition::Purpose::dry_run,
                       request.credentials, secret_revision, transport());
  TestReport report;
  report.proves = definition.probe().proves;
  report.explanation = definition.probe().explanation;
  report.steps = {{TestStep::create}, {TestStep::probe}};
  const Scrubber scrubber(request.credentials);
  std::optional<TrinoFailure> failure;
  const auto attempt = [&](StepReport& step, auto&& action) {
    if (report.diagnosis) return;
    const auto start = SteadyClock::now();
    const TrinoResult<void> outcome = action();
    step.took = since(start);
    step.status = outcome ? StepReport::Status::passed : StepReport::Status::failed;
    if (!outcome)
      report.diagnosis = diagnose_failure(outcome.error(), step.step, request, definition, scrubber);
  };

  if (lease->was_dirty()) static_cast<void>(ports_.trino.drop(name, context));  // if it fails, CREATE tells
  if (!request.credentials.empty())
    AKKO_CHECK(ports_.secrets.put(name, secret_revision, request.credentials));
  bool unclear = false;  // whether the catalog may still come into being
  attempt(report.steps[0], [&] {
    auto created = ports_.trino.create(spec, context);
    unclear = !created && created.error().kind != TrinoFailure::Kind::statement;
    return created;
  });
  attempt(report.steps[1], [&] { return ports_.trino.run(definition.probe_statement(name), context); });

  const CallContext clean_up{context.operation_id, clean_up_deadline(failure), context.stop};
  const bool dropped = ports_.trino.drop(name, clean_up).has_value();
  const bool forgotten = ports_.secrets.remove(name).has_value();
  if (dropped && forgotten && !unclear) lease->clean();  // else the name is swept before it is used again
  return report;
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
                          .probe = {}};
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
