#include "app/reconciler.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "app/operation_id.hpp"
#include "base/log.hpp"

namespace akko {
namespace {

using namespace std::chrono_literals;

constexpr auto kInfoDeadline = 2s;
// While a CREATE CATALOG that was given up may still come true.
constexpr auto kSuspectInterval = 5s;
constexpr auto kMaxBackoff = 60s;

std::chrono::milliseconds backoff(unsigned failures) {
  const auto wait = std::chrono::milliseconds(1000) * (1U << std::min(failures, 6U));
  return std::min<std::chrono::milliseconds>(wait, kMaxBackoff);
}

// Whether the CREATE CATALOG of a registration was reached: the journal says so before it is sent.
Undertaking::Created may_have_created(const OperationRecord& operation, bool has_secrets) {
  const auto plan = plan_registration(has_secrets);
  for (std::size_t step = 0; step < plan.steps.size() && step <= operation.step; ++step) {
    if (std::holds_alternative<step::CreateInTrino>(plan.steps[step])) return Undertaking::Created::unclear;
  }
  return Undertaking::Created::no;
}

// What the refusal of a reference that leads nowhere tells about the provider.
SecretsProvider provider_of(const TrinoFailure& failure) {
  if (failure.message.find("No secret provider for key") != std::string::npos)
    return SecretsProvider::missing;
  const bool answered = failure.message.find("AKKO secret not found") != std::string::npos;
  return answered ? SecretsProvider::present : SecretsProvider::unknown;
}

}  // namespace

Reconciler::Reconciler(ReconcilerSettings settings, Ports ports, const ConnectorRegistry& connectors,
                       Coordination& coordination, Saga& saga)
    : settings_(settings),
      ports_(ports),
      connectors_(connectors),
      coordination_(coordination),
      saga_(saga),
      warm_up_(ports.store, ports.secrets, ports.trino, connectors, coordination, settings.deadline) {
  if (!settings_.warm_up) coordination_.trino.change([](TrinoFacts& facts) { facts.warm_up = WarmUp::off; });
}

void Reconciler::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Reconciler::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void Reconciler::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  while (!stop.stop_requested()) {
    tick(stop);
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, settings_.interval, [] { return false; });
  }
}

CallContext Reconciler::context(const std::stop_token& stop) const {
  return {new_operation_id(), Deadline::after(settings_.deadline), stop};
}

SecretTransport Reconciler::transport() const {
  return secret_transport(coordination_.trino.facts(), settings_.allow_secrets_in_statements);
}

Result<void> Reconciler::restore_secrets() {
  const auto snapshot = ports_.store.snapshot();
  AKKO_TRY(const auto present, ports_.secrets.list());
  for (const auto& name : present) {
    const auto orphan = CatalogName::parse(name);  // not for a name of the probe pool
    if (orphan && snapshot->find(name) == nullptr) AKKO_CHECK(ports_.secrets.remove(*orphan));
  }
  for (unsigned number = 1; number <= CatalogName::kMaxProbes; ++number) {
    AKKO_CHECK(ports_.secrets.remove(CatalogName::probe(number)));
  }
  for (const auto& catalog : snapshot->catalogs) {
    if (catalog->secrets.empty() || catalog->phase != Phase::ready) continue;
    AKKO_TRY(const auto values, ports_.store.secrets(catalog->spec.name));
    AKKO_CHECK(ports_.secrets.put(catalog->spec.name, catalog->secret_revision, values));
  }
  return {};
}

void Reconciler::tick(const std::stop_token& stop) {
  const auto state = ports_.trino.state({new_operation_id(), Deadline::after(kInfoDeadline), stop});
  if (stop.stop_requested()) return;
  if (!state) return went_down(Scrubber().scrub(state.error().message, 300));
  if (state->starting) return went_down("the coordinator is starting");
  if (needs_full_check(*state) && !full_check(*state, stop)) return;
  was_down_ = false;
  last_ = *state;
  warm_up_.next(stop);
}

bool Reconciler::needs_full_check(const CoordinatorState& state) {
  // Trino >= 480 names its run in /v1/info. Before, a restart shows as an uptime that went back.
  const bool restarted = was_down_ || !last_ || state.coordinator_id != last_->coordinator_id ||
                         state.uptime_seconds < last_->uptime_seconds;
  return restarted || coordination_.unsettled.exchange(false) || !next_full_check_ ||
         next_full_check_->passed();
}

void Reconciler::went_down(const std::string& why) {
  if (!was_down_) log::warn("Trino does not answer", {{"reason", why}});
  was_down_ = true;
  coordination_.trino.change([&](TrinoFacts& facts) {
    facts.up = false;
    facts.problem = why;
  });
}

// False when Trino could not be asked: then nothing is known, and the next tick tries again.
bool Reconciler::full_check(const CoordinatorState& state, const std::stop_token& stop) {
  // The record first: whatever it says is ready had been created before Trino was asked.
  const auto before = ports_.store.snapshot();
  const auto reading = coordination_.listing.begin_reading();
  const auto listing = ports_.trino.list(context(stop));
  if (!listing) {
    went_down(Scrubber().scrub(listing.error().message, 300));
    return false;
  }
  coordination_.listing.set(reading, {listing->catalogs, ports_.clock.now()});
  if (!enter_run(*listing, stop)) return false;
  coordination_.trino.change([&](TrinoFacts& facts) {
    facts.up = true;
    facts.problem.clear();
    facts.version = state.version;
  });
  saga_.drop_late_catalogs(listing->names, context(stop));
  recreate_missing(*before, *listing, stop);
  settle_operations(stop);
  sweep_probes(listing->names, stop);
  const bool soon = saga_.watches_late_catalogs() || !retries_.empty();
  next_full_check_ =
      Deadline::after(soon ? std::min<std::chrono::milliseconds>(kSuspectInterval, settings_.drift_interval)
                           : settings_.drift_interval);
  return true;
}

// Takes in which run of the coordinator answers; a new one has lost what the old one was taught.
bool Reconciler::enter_run(const TrinoCatalogs::Listing& listing, const std::stop_token& stop) {
  const auto known = coordination_.trino.facts();
  if (known.coordinator_run != listing.coordinator_run) {
    log::info("met a coordinator", {{"coordinator_run", listing.coordinator_run}});
    if (!known.coordinator_run.empty()) {
      ports_.metrics.count("akko_trino_restarts_total",
                           "Restarts of the Trino coordinator that were noticed.");
    }
    coordination_.trino.change([&](TrinoFacts& facts) {
      facts.coordinator_run = listing.coordinator_run;
      facts.secrets_provider = SecretsProvider::unknown;
      facts.connectors_known = false;
      facts.warmed.clear();
      if (settings_.warm_up) facts.warm_up = WarmUp::pending;
    });
    retries_.clear();
    warm_up_.restore(listing.coordinator_run);
  }
  return coordination_.trino.facts().connectors_known || learn_capabilities(stop);
}

// Which connectors this Trino has, and whether it has our secret provider: both by asking for what it must
// refuse, and reading the refusal.
bool Reconciler::learn_capabilities(const std::stop_token& stop) {
  const auto connectors = ports_.trino.connectors(context(stop));
  if (!connectors) {
    log::warn("Trino does not tell which connectors it has",
              {{"reason", Scrubber().scrub(connectors.error().message, 300)}});
    return connectors.error().kind == TrinoFailure::Kind::statement;
  }
  const std::set<std::string> available(connectors->begin(), connectors->end());
  auto provider = SecretsProvider::unknown;
  for (const auto& definition : connectors_.all()) {
    if (!available.contains(definition->trino_connector())) continue;
    const auto name = CatalogName::probe(1);
    const TrinoCatalogSpec spec{
        name, definition->trino_connector(), {{"akko.capability", secret_reference(name, "capability", 0)}}};
    const auto answer = ports_.trino.create(spec, context(stop));
    if (!answer) provider = provider_of(answer.error());
    break;
  }
  coordination_.trino.change([&](TrinoFacts& facts) {
    facts.connectors = available;
    facts.connectors_known = true;
    facts.secrets_provider = provider;
  });
  if (provider == SecretsProvider::missing) {
    log::warn(settings_.allow_secrets_in_statements ? "Trino lacks the secret provider `akko`: secrets are "
                                                      "sent INSIDE STATEMENTS, readable in its query list"
                                                    : "Trino lacks the secret provider `akko`: registrations "
                                                      "are refused until trino-plugin is installed");
  }
  return true;
}

// What a crash, or an operation that could not end cleanly, has left open.
void Reconciler::settle_operations(const std::stop_token& stop) {
  const auto open = ports_.store.open_operations();
  if (!open) {
    log::error("the journal cannot be read", {{"reason", open.error().message}});
    return;
  }
  for (const auto& operation : *open) {
    if (stop.stop_requested()) return;
    // Who runs an operation holds its name; what nobody holds has been left behind.
    if (const auto held = coordination_.names.try_hold(operation.name)) settle(operation, stop);
  }
}

void Reconciler::settle(const OperationRecord& operation, const std::stop_token& stop) {
  const auto snapshot = ports_.store.snapshot();
  const auto* catalog = snapshot->find(operation.name.text());
  if (catalog == nullptr || catalog->operation_id != operation.id) return;  // it ended while we looked
  const bool removal = operation.kind == Plan::Kind::deregister_catalog;
  Undertaking undertaking{.plan = removal ? plan_removal() : plan_registration(!catalog->secrets.empty()),
                          .operation = operation,
                          .catalog = *catalog,
                          .secrets = {},
                          .trino = std::nullopt,
                          .probe = {},
                          .progress = CheckProgress(),
                          .created = may_have_created(operation, !catalog->secrets.empty())};
  const auto* definition = connectors_.find(catalog->spec.connector);
  auto values = ports_.store.secrets(operation.name);
  if (definition != nullptr && values) {
    const auto complete =
        definition->complete({catalog->spec.properties, *values}, ConnectorDefinition::Purpose::registration);
    undertaking.trino =
        render_for_trino(operation.name, *definition, complete, catalog->secret_revision, transport());
  }
  std::string problem;
  if (removal) {
    if (auto failure = saga_.run(undertaking, context(stop))) {
      problem = failure->error ? failure->error->message : Scrubber().scrub(failure->trino->message, 300);
    }
  } else if (auto undone = saga_.undo(undertaking, {operation.id, Deadline::after(settings_.deadline), stop});
             !undone) {
    problem = undone.error().message;
  }
  if (problem.empty()) {
    coordination_.listing.forget(operation.name.text());
    coordination_.operations.settle(operation.id);
    log::info("settled an operation that was left open", {{"operation_id", operation.id},
                                                          {"catalog", operation.name.text()},
                                                          {"kind", to_string(operation.kind)}});
  } else {
    coordination_.unsettled = true;
    log::warn("an open operation could not be settled yet",
              {{"operation_id", operation.id}, {"catalog", operation.name.text()}, {"reason", problem}});
  }
}

void Reconciler::sweep_probes(const std::vector<std::string>& names, const std::stop_token& stop) {
  std::vector<ProbePool::Lease> kept;  // so that a name that stays dirty is not leased again in this loop
  while (auto lease = coordination_.probes.lease_dirty()) {
    const bool present = std::binary_search(names.begin(), names.end(), lease->name().text());
    if (!present || ports_.trino.drop(lease->name(), context(stop))) lease->clean();
    kept.push_back(std::move(*lease));
  }
}

void Reconciler::recreate_missing(const CatalogSnapshot& before, const TrinoCatalogs::Listing& listing,
                                  const std::stop_token& stop) {
  std::vector<std::shared_ptr<const Catalog>> missing;
  for (const auto& catalog : before.catalogs) {
    if (catalog->phase != Phase::ready) continue;
    if (std::binary_search(listing.names.begin(), listing.names.end(), catalog->spec.name.text())) {
      retries_.erase(catalog->spec.name.text());
    } else {
      missing.push_back(catalog);
    }
  }
  // One connector type after the other, so that classes load once.
  std::sort(missing.begin(), missing.end(), [](const auto& a, const auto& b) {
    return std::tie(a->spec.connector, a->spec.name) < std::tie(b->spec.connector, b->spec.name);
  });
  for (const auto& catalog : missing) {
    if (stop.stop_requested()) return;
    const auto retry = retries_.find(catalog->spec.name.text());
    if (retry == retries_.end() || retry->second.not_before.passed()) recreate(*catalog, stop);
  }
}

void Reconciler::recreate(const Catalog& seen, const std::stop_token& stop) {
  const auto& name = seen.spec.name;
  const auto held = coordination_.names.try_hold(name);
  if (!held) return;
  const auto snapshot = ports_.store.snapshot();
  const auto* catalog = snapshot->find(name.text());
  if (catalog == nullptr || catalog->phase != Phase::ready || catalog->revision != seen.revision) return;
  const auto* definition = connectors_.find(catalog->spec.connector);
  if (definition == nullptr) {
    Diagnosis diagnosis;
    diagnosis.code = "config";
    diagnosis.message = "The definition of connector " + catalog->spec.connector + " is gone.";
    return note_failure(*catalog, diagnosis);
  }
  const auto values = ports_.store.secrets(name);
  if (!values)
    return log::error("secrets cannot be read",
                      {{"catalog", name.text()}, {"reason", values.error().message}});
  if (!values->empty()) {
    if (auto put = ports_.secrets.put(name, catalog->secret_revision, *values); !put) {
      return log::error("secrets cannot be written",
                        {{"catalog", name.text()}, {"reason", put.error().message}});
    }
  }
  const auto complete =
      definition->complete({catalog->spec.properties, *values}, ConnectorDefinition::Purpose::registration);
  const auto spec = render_for_trino(name, *definition, complete, catalog->secret_revision, transport());
  const auto created = ports_.trino.create(spec, context(stop));
  if (created || created.error().error_name == "ALREADY_EXISTS") return note_success(*catalog);
  const auto endpoint = definition->endpoint(complete);
  note_failure(*catalog, diagnose(created.error(),
                                  {.definition = *definition,
                                   .step = TestStep::create,
                                   .host = endpoint.host,
                                   .port = endpoint.port,
                                   .user = endpoint.user,
                                   .database = endpoint.database,
                                   .deadline = settings_.deadline},
                                  Scrubber(*values)));
}

void Reconciler::note_success(const Catalog& catalog) {
  retries_.erase(catalog.spec.name.text());
  ports_.metrics.count("akko_catalogs_recreated_total",
                       "Catalogs that were missing in Trino and were created again.");
  log::info("created a missing catalog again", {{"catalog", catalog.spec.name.text()}});
  if (catalog.health.health != Health::failing) return;
  HealthDetail mended;
  mended.message = "Created again in Trino; not checked since.";
  mended.checked_at = catalog.health.checked_at;
  mended.since = ports_.clock.now();
  record_health(catalog, mended);
}

void Reconciler::record_health(const Catalog& catalog, const HealthDetail& health) {
  const auto recorded = ports_.store.record_health(catalog.spec.name, catalog.revision, health, nullptr);
  if (recorded) return;
  log::warn("health could not be recorded",
            {{"catalog", catalog.spec.name.text()}, {"reason", recorded.error().message}});
}

void Reconciler::note_failure(const Catalog& catalog, const Diagnosis& diagnosis) {
  auto& retry = retries_.try_emplace(catalog.spec.name.text(), Retry{Deadline::after(0ms), 0}).first->second;
  retry.not_before = Deadline::after(backoff(retry.failures++));
  log::warn("a missing catalog could not be created again",
            {{"catalog", catalog.spec.name.text()}, {"code", diagnosis.code}, {"reason", diagnosis.message}});
  if (catalog.health.health == Health::failing && catalog.health.code == diagnosis.code) return;
  HealthDetail failing;
  failing.health = Health::failing;
  failing.code = diagnosis.code;
  failing.message = diagnosis.message;
  failing.fix = diagnosis.fix;
  failing.facts = {diagnosis.fact};
  failing.checked_at = ports_.clock.now();
  record_health(catalog, health_after(catalog.health, failing));
}

}  // namespace akko
