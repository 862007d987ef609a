// Registering a catalog: what is refused at once, then the check, the reservation and the saga.
#include <algorithm>
#include <array>
#include <utility>

#include "app/catalog_service.hpp"
#include "app/operation_id.hpp"
#include "app/operation_report.hpp"
#include "app/refusals.hpp"

namespace akko {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kMoment{500};

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

// What a failure of the saga means: for the step as it is returned, for the whole request in `answer`.
Error explain(const SagaFailure& failure, const DiagnosisContext& texts, Undertaking& undertaking,
              Error& answer) {
  if (failure.error) return answer = *failure.error;
  auto context = texts;
  const bool created = std::holds_alternative<step::ProbeInTrino>(failure.step);
  context.step = created ? TestStep::probe : TestStep::create;
  const auto diagnosis = diagnose(*failure.trino, context, Scrubber(undertaking.secrets));
  undertaking.progress.fail_in_trino(diagnosis);
  answer = error_of(diagnosis);
  auto of_step = answer;
  of_step.message = diagnosis.message;
  return of_step;
}

}  // namespace

Result<CatalogService::AdmittedRegistration> CatalogService::admit_registration(
    const CatalogRequest& request, std::vector<FieldViolation> violations, const Caller& caller) {
  const auto start = SteadyClock::now();
  const auto operation_id = new_operation_id();
  auto event = audit_event("CATALOG_CREATED", request);
  auto admitted = admit(request, std::move(violations), caller, operation_id, event);
  if (admitted) {
    admitted->event = std::move(event);
    admitted->start = start;
    return admitted;
  }
  ports_.metrics.operation("create", false, SteadyClock::now() - start);
  event.event = "CATALOG_CREATE_FAILED";
  audit(std::move(event), caller, operation_id, admitted.error().reason);
  return admitted;
}

Result<CatalogService::AdmittedRegistration> CatalogService::admit(const CatalogRequest& request,
                                                                   std::vector<FieldViolation> violations,
                                                                   const Caller& caller,
                                                                   const std::string& operation_id,
                                                                   AuditEvent& event) {
  AKKO_TRY(auto judged,
           judge(request, std::move(violations), true, connectors_, settings_.default_allow_roles));
  event.detail = target_text(*judged.definition, judged.raw);
  AKKO_CHECK(check_rate(caller));
  AKKO_CHECK(check_trino(judged));
  const auto& name = *judged.name;
  // Nobody waits for another registration; the reconciler holds a name for a moment only.
  const bool runs = coordination_.operations.running_for(name.text()) != nullptr;
  auto held = runs ? coordination_.names.try_hold(name)
                   : coordination_.names.hold(name, Deadline::after(kMoment), caller.stop);
  if (!held) {
    return fail(ErrorCode::already_exists, "name_taken",
                "the name " + name.text() + " is being registered or removed right now",
                "Choose another name, or wait until that has ended.");
  }
  const auto snapshot = ports_.store.snapshot();
  if (const auto* holder = snapshot->find(name.text())) return name_taken(*holder);
  const auto& definition = *judged.definition;
  auto complete = definition.complete(judged.raw, ConnectorDefinition::Purpose::registration);
  auto plan = operation_on(name, request.connector, operation_id, caller);
  plan.kind = Operation::Kind::register_catalog;
  plan.steps = registration_steps(!complete.secrets.empty(), definition.trial_first());
  return AdmittedRegistration{std::move(judged),
                              std::move(complete),
                              request.connector,
                              request.description,
                              std::move(held),
                              {},
                              coordination_.operations.begin(std::move(plan)),
                              {}};
}

tl::expected<Catalog, RegistrationFailure> CatalogService::run_registration(AdmittedRegistration admitted,
                                                                            const Caller& caller) {
  std::vector<StepReport> steps;
  auto result = register_catalog(admitted, caller, steps);
  admitted.held.reset();  // who hears of the end may ask for the name at once
  auto event = std::move(admitted.event);
  if (result) {
    event.allow_roles = result->spec.allow_roles;
  } else {
    event.event = "CATALOG_CREATE_FAILED";
  }
  ports_.metrics.operation("create", result.has_value(), SteadyClock::now() - admitted.start);
  audit(std::move(event), caller, admitted.operation.id(), result ? "" : result.error().reason);
  if (result) {
    admitted.operation.succeed();
    return std::move(*result);
  }
  admitted.operation.fail(result.error(), steps);
  return tl::make_unexpected(RegistrationFailure{std::move(result).error(), std::move(steps)});
}

// Everything a registration needs; nothing has been changed yet.
Result<Undertaking> CatalogService::prepare(AdmittedRegistration& admitted, const Caller& caller) {
  const auto& judged = admitted.judged;
  const auto& operation_id = admitted.operation.id();
  const auto& definition = *judged.definition;
  AKKO_TRY(const auto secret_revision, ports_.store.next_secret_revision());
  auto complete = std::move(admitted.complete);
  const auto now = ports_.clock.now();
  Catalog draft{.spec = {*judged.name, admitted.connector, judged.raw.properties, judged.options,
                         admitted.description, judged.allow_roles},
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

// The check of the connection, as far as it comes before anything is reserved.
Result<void> CatalogService::check_before(AdmittedRegistration& admitted, const DiagnosisContext& texts,
                                          const CallContext& context, CheckProgress& progress) {
  const auto& definition = *admitted.judged.definition;
  auto problem = check_network(ports_.network, definition.network_targets(admitted.judged.raw),
                               network_part(), texts, context, progress);
  if (!problem && definition.trial_first()) {
    TestReport trial;
    AKKO_TRY(problem, try_in_trino(admitted.judged, texts, context, progress, trial));
  }
  if (problem) return tl::make_unexpected(error_of(*problem));
  return {};
}

Result<Catalog> CatalogService::register_catalog(AdmittedRegistration& admitted, const Caller& caller,
                                                 std::vector<StepReport>& steps) {
  const auto& judged = admitted.judged;
  auto& operation = admitted.operation;
  const auto deadline = deadline_of(*judged.definition);
  const CallContext context{operation.id(), Deadline::after(deadline), caller.stop};
  const auto texts = texts_of(*judged.definition, judged.raw, deadline);
  std::optional<Undertaking> undertaking;
  Error error;
  OperationReport report(
      operation, coordination_.listing, *judged.name, ports_.secrets.description(),
      [&](const SagaFailure& failure) { return explain(failure, texts, *undertaking, error); });
  CheckProgress progress(report.check_observer());
  const auto checked = check_before(admitted, texts, context, progress);
  steps = progress.steps();
  if (!checked) return tl::make_unexpected(checked.error());

  operation.begin(SagaObserver::kReserveName);
  const auto reserved = [&]() -> Result<void> {
    AKKO_TRY(undertaking, prepare(admitted, caller));
    AKKO_TRY(undertaking->catalog,
             ports_.store.reserve(undertaking->catalog, undertaking->secrets, undertaking->operation));
    return {};
  }();
  if (!reserved) {
    operation.fail(SagaObserver::kReserveName, reserved.error());
    return tl::make_unexpected(reserved.error());
  }
  operation.pass(SagaObserver::kReserveName);

  undertaking->progress = std::move(progress);
  undertaking->observer = &report;
  if (!judged.definition->trial_first()) {  // the saga probes the catalog itself
    report.mute_check();
    undertaking->progress.begin(CheckStep::sign_in);
  }
  const auto failure = saga_.run(*undertaking, context);
  if (!failure)
    return with_first_check(std::move(undertaking->catalog), undertaking->progress.steps(), caller);
  if (failure->trino) steps = undertaking->progress.steps();
  if (failure->settled) return tl::make_unexpected(std::move(error));
  coordination_.unsettled = true;
  if (!error.message.ends_with('.')) error.message += '.';
  error.message +=
      " The undoing could not be completed yet; it goes on by itself, and until then the name stays in use.";
  return tl::make_unexpected(std::move(error));
}

}  // namespace akko
