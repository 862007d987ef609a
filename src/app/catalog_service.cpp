#include "app/catalog_service.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "app/operation_id.hpp"
#include "domain/validation.hpp"

namespace akko {
namespace {

constexpr std::size_t kMaxDescription = 1000;
constexpr std::size_t kMaxRoles = 64;
constexpr std::size_t kMaxRoleLength = 255;
// Removing what a test left must work also when the test used up its deadline.
constexpr auto kCleanUpDeadline = std::chrono::seconds(10);

using Seconds = std::chrono::duration<double>;
using SteadyClock = std::chrono::steady_clock;

std::chrono::milliseconds since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start);
}

void check_description(const std::string& description, std::vector<FieldViolation>& violations) {
  if (description.size() > kMaxDescription) {
    violations.push_back({"description", "too_long", "at most 1000 bytes"});
  } else if (const auto problem = check_characters(description)) {
    violations.push_back({"description", problem->code, problem->message});
  }
}

void check_roles(const std::vector<std::string>& roles, std::vector<FieldViolation>& violations) {
  if (roles.empty()) {
    violations.push_back({"allow_roles", "required", "name at least one role: nobody could query this catalog"});
  }
  if (roles.size() > kMaxRoles) violations.push_back({"allow_roles", "too_many", "at most 64 roles"});
  for (std::size_t index = 0; index < roles.size() && index < kMaxRoles; ++index) {
    const auto field = "allow_roles[" + std::to_string(index) + "]";
    const auto& role = roles[index];
    if (role.empty() || role.size() > kMaxRoleLength) {
      violations.push_back({field, "pattern", "a role name has 1 to 255 bytes"});
    } else if (const auto problem = check_characters(role)) {
      violations.push_back({field, problem->code, problem->message});
    }
  }
}

std::vector<std::string> without_duplicates(const std::vector<std::string>& roles) {
  std::vector<std::string> kept;
  std::set<std::string_view> seen;
  for (const auto& role : roles) {
    if (seen.insert(role).second) kept.push_back(role);
  }
  return kept;
}

Error invalid_request(std::vector<FieldViolation> violations) {
  Error error;
  error.code = ErrorCode::invalid_argument;
  error.reason = "invalid_request";
  error.message = violations.size() == 1 ? violations.front().field + ": " + violations.front().message
                                         : std::to_string(violations.size()) + " members of the request are wrong";
  error.violations = std::move(violations);
  return error;
}

// Classes that say "not now" or "not here" rather than "this connection does not work".
ErrorCode code_of(const Diagnosis& diagnosis) {
  if (diagnosis.code == "trino_duplicate") return ErrorCode::already_exists;
  if (diagnosis.code == "trino_unavailable" || diagnosis.code == "cancelled" ||
      diagnosis.code == "secrets_plugin_missing" || diagnosis.code == "secret_not_found") {
    return ErrorCode::unavailable;
  }
  return ErrorCode::failed_precondition;
}

Error error_of(const Diagnosis& diagnosis) {
  Error error;
  error.code = code_of(diagnosis);
  error.reason = diagnosis.code == "trino_duplicate" ? "name_taken_in_trino" : diagnosis.code;
  error.message = (error.code == ErrorCode::failed_precondition ? "connection test failed: " : "") + diagnosis.message;
  error.fix = diagnosis.fix;
  error.raw = diagnosis.raw;
  error.retryable = diagnosis.retryable;
  return error;
}

}  // namespace

struct CatalogService::Judged {
  const ConnectorDefinition* definition = nullptr;
  std::optional<CatalogName> name;
  std::vector<std::string> allow_roles;
};

CatalogService::CatalogService(ServiceSettings settings, Ports ports, const ConnectorRegistry& connectors,
                               Coordination& coordination, Saga& saga)
    : settings_(std::move(settings)), ports_(ports), connectors_(connectors), coordination_(coordination), saga_(saga) {}

Result<Catalog> CatalogService::create(const CatalogRequest& request, std::vector<FieldViolation> violations,
                                       const Caller& caller) {
  const auto start = SteadyClock::now();
  const auto operation_id = new_operation_id();
  Result<Catalog> result = [&]() -> Result<Catalog> {
    AKKO_TRY(const auto judged, judge(request, std::move(violations), true));
    AKKO_CHECK(check_trino(judged));
    return register_catalog(judged, request, caller, operation_id);
  }();
  ports_.metrics.operation("create", result.has_value(), Seconds(SteadyClock::now() - start));
  const bool known = connectors_.find(request.connector) != nullptr;
  ports_.audit.write({.event = result ? "CATALOG_CREATED" : "CATALOG_CREATE_FAILED",
                      .name = CatalogName::parse(request.name) ? request.name : "",
                      .connector = known ? request.connector : "",
                      .user = caller.principal.name,
                      .allow_roles = result ? result->spec.allow_roles : std::vector<std::string>{},
                      .result = result ? "success" : "failed",
                      .code = result ? "" : result.error().reason,
                      .operation_id = operation_id,
                      .request_id = caller.request_id,
                      .client = caller.client,
                      .detail = {}});
  return result;
}

Result<TestReport> CatalogService::test(const CatalogRequest& request, std::vector<FieldViolation> violations,
                                        const Caller& caller) {
  const auto start = SteadyClock::now();
  const CallContext context{new_operation_id(), Deadline::after(settings_.deadline), caller.stop};
  Result<TestReport> result = [&]() -> Result<TestReport> {
    AKKO_TRY(const auto judged, judge(request, std::move(violations), false));
    AKKO_CHECK(check_trino(judged));
    return run_test(judged, request, context);
  }();
  const bool passed = result && !result->diagnosis;
  if (result) result->took = since(start);
  ports_.metrics.operation("test", passed, Seconds(SteadyClock::now() - start));
  const bool known = connectors_.find(request.connector) != nullptr;
  ports_.audit.write({.event = "CATALOG_TESTED",
                      .name = CatalogName::parse(request.name) ? request.name : "",
                      .connector = known ? request.connector : "",
                      .user = caller.principal.name,
                      .allow_roles = {},
                      .result = passed ? "success" : "failed",
                      .code = passed ? "" : (result ? result->diagnosis->code : result.error().reason),
                      .operation_id = context.operation_id,
                      .request_id = caller.request_id,
                      .client = caller.client,
                      .detail = {}});
  return result;
}

Result<void> CatalogService::remove(std::string_view name, std::optional<std::uint64_t> if_match, const Caller& caller) {
  const auto start = SteadyClock::now();
  const auto operation_id = new_operation_id();
  std::optional<Catalog> found;
  const auto snapshot = ports_.store.snapshot();
  if (const auto* catalog = snapshot->find(name)) found = *catalog;
  Result<void> result = found ? deregister(name, if_match, caller, operation_id, *found)
                              : Result<void>(fail(ErrorCode::not_found, "catalog_not_found",
                                                  "there is no registered catalog of this name"));
  ports_.metrics.operation("delete", result.has_value(), Seconds(SteadyClock::now() - start));
  ports_.audit.write({.event = result ? "CATALOG_DELETED" : "CATALOG_DELETE_FAILED",
                      .name = found ? found->spec.name.text() : "",
                      .connector = found ? found->spec.connector : "",
                      .user = caller.principal.name,
                      .allow_roles = found ? found->spec.allow_roles : std::vector<std::string>{},
                      .result = result ? "success" : "failed",
                      .code = result ? "" : result.error().reason,
                      .operation_id = operation_id,
                      .request_id = caller.request_id,
                      .client = caller.client,
                      .detail = {}});
  return result;
}

Result<CatalogService::Judged> CatalogService::judge(const CatalogRequest& request,
                                                     std::vector<FieldViolation> violations, bool needs_name) const {
  Judged judged;
  const auto complained = [&](std::string_view field) {
    return std::any_of(violations.begin(), violations.end(), [&](const auto& v) { return v.field == field; });
  };
  if ((needs_name || !request.name.empty()) && !complained("name")) {
    auto name = CatalogName::parse(request.name);
    if (name) {
      judged.name = std::move(*name);
    } else {
      std::move(name.error().violations.begin(), name.error().violations.end(), std::back_inserter(violations));
    }
  }
  judged.definition = connectors_.find(request.connector);
  if (judged.definition != nullptr) {
    judged.definition->validate(request.properties, request.credentials, violations);
  } else if (!complained("connector")) {
    violations.push_back(request.connector.empty()
                             ? FieldViolation{"connector", "required", "name a connector; GET /api/admin/connectors lists them"}
                             : FieldViolation{"connector", "unknown", "there is no such connector; GET /api/admin/connectors lists them"});
  }
  check_description(request.description, violations);
  if (!complained("allow_roles")) {
    const auto& roles = request.allow_roles ? *request.allow_roles : settings_.default_allow_roles;
    check_roles(roles, violations);
    judged.allow_roles = without_duplicates(roles);
  }
  if (!violations.empty()) return tl::make_unexpected(invalid_request(std::move(violations)));
  return judged;
}

SecretTransport CatalogService::transport() const {
  // The opt-in is for a Trino without our provider; where it has one, references are always better.
  const bool lacks_provider = coordination_.trino.facts().secrets_provider == SecretsProvider::missing;
  return settings_.allow_secrets_in_statements && lacks_provider ? SecretTransport::in_statement
                                                                 : SecretTransport::reference;
}

Result<void> CatalogService::check_trino(const Judged& judged) const {
  const auto facts = coordination_.trino.facts();
  if (!facts.up) {
    return fail(ErrorCode::unavailable, "trino_unavailable", "Trino does not answer: " + facts.problem,
                "Start the coordinator or check AKKO_TRINO_URL, then try again.");
  }
  if (facts.connectors_known && !facts.connectors.contains(judged.definition->trino_connector())) {
    return fail(ErrorCode::failed_precondition, "plugin_missing",
                "connection test failed: this Trino has no connector " + judged.definition->trino_connector() + ".",
                "Install the connector's plugin on the coordinator and every worker, then restart Trino.");
  }
  const bool refused = facts.secrets_provider == SecretsProvider::missing && !settings_.allow_secrets_in_statements;
  if (refused) {
    auto error = fail(ErrorCode::unavailable, "secrets_plugin_missing",
                      "Trino has no secret provider `akko`, so secrets could only be sent inside statements, where "
                      "anyone who may see Trino's queries could read them.",
                      "Install trino-plugin on the coordinator and every worker (trino-plugin/README.md) and restart "
                      "Trino. To accept the risk instead, set AKKO_ALLOW_SECRETS_IN_STATEMENTS=true.");
    error.value().retryable = false;
    return error;
  }
  if (facts.secrets_provider == SecretsProvider::elsewhere) {
    auto error = fail(ErrorCode::unavailable, "secret_not_found",
                      "Trino's secret provider `akko` does not see the secrets of this product in " +
                          ports_.secrets.description() + ".",
                      "Set akko.secrets.directory of every Trino node to the place that AKKO_SECRETS_DIR names.");
    error.value().retryable = false;
    return error;
  }
  return {};
}

Result<Catalog> CatalogService::register_catalog(const Judged& judged, const CatalogRequest& request,
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
  Catalog draft{.spec = {*judged.name, request.connector, request.properties, request.description, judged.allow_roles},
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
  for (const auto& [property, value] : request.credentials) draft.secrets[property] = {now, caller.principal.name};

  Undertaking undertaking{
      .plan = plan_registration(!request.credentials.empty()),
      .operation = {operation_id, Plan::Kind::register_catalog, *judged.name, 0, false, caller.principal.name, now},
      .catalog = std::move(draft),
      .secrets = request.credentials,
      .trino = render_for_trino(*judged.name, definition, request.properties,
                                ConnectorDefinition::Purpose::registration, request.credentials, secret_revision,
                                transport()),
      .probe = definition.probe_statement(*judged.name)};
  AKKO_TRY(undertaking.catalog, ports_.store.reserve(undertaking.catalog, undertaking.secrets, undertaking.operation));

  const auto failure = saga_.run(undertaking, context);
  if (!failure) return std::move(undertaking.catalog);
  if (!failure->settled) coordination_.unsettled = true;
  const Scrubber scrubber(request.credentials);
  return tl::make_unexpected(registration_error(*failure, request, definition, scrubber));
}

Diagnosis CatalogService::diagnose_failure(const TrinoFailure& failure, TestStep step, const CatalogRequest& request,
                                           const ConnectorDefinition& definition, const Scrubber& scrubber) const {
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
                                         const ConnectorDefinition& definition, const Scrubber& scrubber) const {
  const bool created = std::holds_alternative<step::ProbeInTrino>(failure.step);
  Error error = failure.error ? *failure.error
                              : error_of(diagnose_failure(*failure.trino, created ? TestStep::probe : TestStep::create,
                                                          request, definition, scrubber));
  if (!failure.settled) {
    error.message += " The undoing could not be completed yet; it goes on by itself, and until then the name stays in use.";
  }
  return error;
}

Result<TestReport> CatalogService::run_test(const Judged& judged, const CatalogRequest& request,
                                            const CallContext& context) {
  const auto& definition = *judged.definition;
  auto lease = coordination_.probes.lease(context.deadline, context.stop);
  if (!lease) {
    return fail(ErrorCode::unavailable, "tests_busy", "too many connection tests are running",
                "Wait for one to end, or raise AKKO_PROBE_POOL.");
  }
  const auto& name = lease->name();
  AKKO_TRY(const auto secret_revision, ports_.store.next_secret_revision());
  const auto spec = render_for_trino(name, definition, request.properties, ConnectorDefinition::Purpose::dry_run,
                                     request.credentials, secret_revision, transport());
  TestReport report;
  report.proves = definition.probe().proves;
  report.explanation = definition.probe().explanation;
  report.steps = {{TestStep::create}, {TestStep::probe}};
  const Scrubber scrubber(request.credentials);
  const auto attempt = [&](StepReport& step, auto&& action) {
    if (report.diagnosis) return;
    const auto start = SteadyClock::now();
    const TrinoResult<void> outcome = action();
    step.took = since(start);
    step.status = outcome ? StepReport::Status::passed : StepReport::Status::failed;
    if (!outcome) report.diagnosis = diagnose_failure(outcome.error(), step.step, request, definition, scrubber);
  };

  if (lease->was_dirty()) static_cast<void>(ports_.trino.drop(name, context));  // if it fails, CREATE tells
  if (!request.credentials.empty()) AKKO_CHECK(ports_.secrets.put(name, secret_revision, request.credentials));
  bool unclear = false;  // whether the catalog may still come into being
  attempt(report.steps[0], [&] {
    auto created = ports_.trino.create(spec, context);
    unclear = !created && created.error().kind != TrinoFailure::Kind::statement;
    return created;
  });
  attempt(report.steps[1], [&] { return ports_.trino.run(definition.probe_statement(name), context); });

  const CallContext clean_up{context.operation_id, Deadline::after(kCleanUpDeadline), context.stop};
  const bool dropped = ports_.trino.drop(name, clean_up).has_value();
  const bool forgotten = ports_.secrets.remove(name).has_value();
  if (dropped && forgotten && !unclear) lease->clean();  // else the name is swept before it is used again
  return report;
}

Result<void> CatalogService::deregister(std::string_view name, std::optional<std::uint64_t> if_match,
                                        const Caller& caller, const std::string& operation_id, Catalog& found) {
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
  Undertaking undertaking{
      .plan = plan_removal(),
      .operation = {operation_id, Plan::Kind::deregister_catalog, found.spec.name, 0, false, caller.principal.name,
                    ports_.clock.now()},
      .catalog = found,
      .secrets = {},
      .trino = std::nullopt,
      .probe = {}};
  auto removing = found;
  removing.phase = Phase::removing;
  removing.operation_id = operation_id;
  AKKO_TRY(undertaking.catalog, ports_.store.update(removing, &undertaking.operation, nullptr));
  auto failure = saga_.run(undertaking, context);
  if (!failure) return {};
  if (!failure->settled) coordination_.unsettled = true;
  if (failure->error) {
    failure->error->message += " Trino has dropped the catalog; the rest of the removal goes on by itself.";
    return tl::make_unexpected(std::move(*failure->error));
  }
  return fail(ErrorCode::unavailable, "trino_unavailable",
              "Trino did not drop the catalog, so it stays registered: " + Scrubber().scrub(failure->trino->message, 500),
              "Try again when Trino answers.");
}

}  // namespace akko
