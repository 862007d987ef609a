#include "app/warm_up.hpp"

#include <algorithm>
#include <set>

#include "app/operation_id.hpp"
#include "app/rendering.hpp"
#include "base/log.hpp"

namespace akko {
namespace {

using namespace std::chrono_literals;

// Loading the classes of a connector took up to 16 s on a loaded machine (measured on 476).
constexpr auto kWarmUpDeadline = 60s;
constexpr std::string_view kWarmedKey = "warmed_connectors";

std::string join(const std::set<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text.append(text.empty() ? "" : ",").append(part);
  return text;
}

// A secret that this connector takes here, so that Trino has something to look up.
void add_some_secret(const ConnectorDefinition& definition, RawValues& raw) {
  const auto values = definition.form_values(raw, {});
  if (!values || !raw.secrets.empty()) return;
  for (const auto& field : definition.fields()) {
    const bool plain = field.kind == FieldKind::secret && field.to && field.to->part == Address::Part::whole;
    if (!plain || !values->holds(field.show_when)) continue;
    raw.secrets[field.to->property] = Secret("warm-up");
    return;
  }
}

}  // namespace

ConnectorWarmUp::ConnectorWarmUp(CatalogStore& store, SecretSource& secrets, TrinoCatalogs& trino,
                                 const ConnectorRegistry& connectors, Coordination& coordination,
                                 std::chrono::milliseconds drop_deadline)
    : store_(store),
      secrets_(secrets),
      trino_(trino),
      connectors_(connectors),
      coordination_(coordination),
      drop_deadline_(drop_deadline) {}

// What an earlier process warmed in this same run of the coordinator: "<run> id,id,…".
void ConnectorWarmUp::restore(const std::string& run) {
  const auto remembered = store_.recall(kWarmedKey);
  if (!remembered || !remembered->starts_with(run + " ")) return;
  std::set<std::string> warmed;
  std::string_view rest = std::string_view(*remembered).substr(run.size() + 1);
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    warmed.emplace(rest.substr(0, comma));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  coordination_.trino.change([&](TrinoFacts& facts) { facts.warmed = warmed; });
}

// What is waited for first: connectors of registered catalogs, then databases, which most begin with.
int ConnectorWarmUp::rank(const ConnectorDefinition& definition) const {
  const auto snapshot = store_.snapshot();
  const bool used =
      std::any_of(snapshot->catalogs.begin(), snapshot->catalogs.end(),
                  [&](const auto& catalog) { return catalog->spec.connector == definition.id(); });
  if (used) return 0;
  return definition.category() == "relational" ? 1 : 2;
}

// One connector per tick, so that a restart of Trino or a drift is noticed between two.
void ConnectorWarmUp::next(const std::stop_token& stop) {
  const auto facts = coordination_.trino.facts();
  if (facts.warm_up == WarmUp::off || facts.warm_up == WarmUp::done) return;
  const ConnectorDefinition* next = nullptr;
  for (const auto& definition : connectors_.all()) {
    if (!facts.connectors.contains(definition->trino_connector()) || facts.warmed.contains(definition->id()))
      continue;
    if (next == nullptr || rank(*definition) < rank(*next)) next = definition.get();
  }
  if (next == nullptr) {
    coordination_.trino.change([](TrinoFacts& f) { f.warm_up = WarmUp::done; });
    return;
  }
  coordination_.trino.change([](TrinoFacts& f) { f.warm_up = WarmUp::running; });
  if (!warm(*next, stop)) return;
  coordination_.trino.change([&](TrinoFacts& f) { f.warmed.insert(next->id()); });
  const auto warmed = coordination_.trino.facts();
  if (auto kept = store_.remember(kWarmedKey, warmed.coordinator_run + " " + join(warmed.warmed)); !kept) {
    log::warn("the warm-up could not be recorded", {{"reason", kept.error().message}});
  }
}

// Creates, probes and drops a catalog that reaches nothing, which makes Trino load the connector's classes
// (4 to 16 s the first time), and tells whether Trino sees the secrets that we write. False: try again.
bool ConnectorWarmUp::warm(const ConnectorDefinition& definition, const std::stop_token& stop) {
  const CallContext patient{new_operation_id(), Deadline::after(kWarmUpDeadline), stop};
  auto lease = coordination_.probes.lease(patient.deadline, stop);
  if (!lease) return false;
  const auto& name = lease->name();
  const auto revision = store_.next_secret_revision();
  if (!revision) return false;
  auto complete = definition.warm_up_properties();
  const bool uses_reference = coordination_.trino.facts().secrets_provider == SecretsProvider::present;
  if (uses_reference) add_some_secret(definition, complete);
  const auto& values = complete.secrets;
  if (!values.empty() && !secrets_.put(name, *revision, values)) return false;
  const auto spec =
      render_for_trino(name, definition, complete, *revision,
                       uses_reference ? SecretTransport::reference : SecretTransport::in_statement);
  const auto start = Deadline::Clock::now();
  if (lease->was_dirty()) static_cast<void>(trino_.drop(name, patient));
  const auto created = trino_.create(spec, patient);
  const auto plan = definition.probe_plan(name, complete, {});
  if (created && !plan.runs.empty())
    static_cast<void>(trino_.run(plan.runs.front().statement, patient));  // refused, of course
  const bool dropped =
      trino_.drop(name, {patient.operation_id, Deadline::after(drop_deadline_), stop}).has_value();
  const bool forgotten = secrets_.remove(name).has_value();
  const bool clear = created || created.error().kind == TrinoFailure::Kind::statement;
  if (dropped && forgotten && clear) lease->clean();
  if (!created && created.error().message.find("AKKO secret not found") != std::string::npos) {
    coordination_.trino.change(
        [](TrinoFacts& facts) { facts.secrets_provider = SecretsProvider::elsewhere; });
    log::error("Trino's secret provider `akko` reads another place than this product writes to",
               {{"written_to", secrets_.description()}});
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Deadline::Clock::now() - start);
  log::info("warmed a connector up",
            {{"connector", definition.id()},
             {"milliseconds", static_cast<std::int64_t>(took.count())},
             {"refusal", created ? "" : Scrubber(values).scrub(created.error().message, 300)}});
  return clear;
}

}  // namespace akko
