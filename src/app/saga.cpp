#include "app/saga.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"

namespace akko {
namespace {

using namespace std::chrono_literals;

// How long a CREATE CATALOG that we gave up may come true in Trino: the slowest class loading that was
// measured took 16 s.
constexpr auto kLateCreate = 2min;

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

std::optional<SagaFailure> failed(const Step& step, Error error) {
  return SagaFailure{std::move(error), std::nullopt, step};
}

std::optional<SagaFailure> failed(const Step& step, TrinoFailure failure) {
  return SagaFailure{std::nullopt, std::move(failure), step};
}

template <typename Outcome>
std::optional<SagaFailure> failure_of(const Step& step, Outcome outcome) {
  if (outcome) return std::nullopt;
  return failed(step, std::move(outcome).error());
}

Error undo_error(const CatalogName& name, const TrinoFailure& failure) {
  return fail(ErrorCode::unavailable, "trino_unavailable",
              "the catalog " + name.text() + " could not be dropped from Trino: " + failure.message)
      .value();
}

// For an undertaking that nobody observes.
class NoObserver final : public SagaObserver {
 public:
  void begins(std::string_view) override {}
  void done(std::string_view) override {}
  void failed(const SagaFailure&) override {}
  void undone(std::string_view) override {}
  void stuck(std::string_view) override {}
};

SagaObserver& observer_of(const Undertaking& undertaking) {
  static NoObserver nobody;
  return undertaking.observer != nullptr ? *undertaking.observer : nobody;
}

bool has_catalog(const std::vector<std::string>& names, const CatalogName& name) {
  return std::find(names.begin(), names.end(), name.text()) != names.end();
}

}  // namespace

Deadline clean_up_deadline(const std::optional<TrinoFailure>& failure) {
  using Kind = TrinoFailure::Kind;
  const bool mute = failure && (failure->kind == Kind::unreachable ||
                                (failure->kind == Kind::deadline && failure->query_id.empty()));
  return Deadline::after(mute ? 1s : 10s);
}

Saga::Saga(CatalogStore& store, SecretSource& secrets, TrinoCatalogs& trino, const Clock& clock)
    : store_(store), secrets_(secrets), trino_(trino), clock_(clock) {}

std::optional<SagaFailure> Saga::run(Undertaking& undertaking, const CallContext& context) {
  auto& operation = undertaking.operation;
  const auto& steps = undertaking.plan.steps;
  for (bool first = true; operation.step < steps.size(); ++operation.step, first = false) {
    const auto& step = steps[operation.step];
    auto& observer = observer_of(undertaking);
    std::optional<SagaFailure> failure;
    observer.begins(name_of(step));
    // The journal says "step n may have happened" before it does. The first one was journaled together with
    // the reservation, and the last one closes the journal itself.
    const bool last = operation.step + 1 == steps.size();
    if (!first && !last) failure = failure_of(step, store_.journal(operation));
    if (!failure) failure = perform(step, undertaking, context);
    if (!failure) {
      observer.done(name_of(step));
      continue;
    }
    observer.failed(*failure);
    settle_failure(*failure, undertaking, context);
    return failure;
  }
  return std::nullopt;
}

std::optional<SagaFailure> Saga::perform(const Step& step, Undertaking& undertaking,
                                         const CallContext& context) {
  auto& catalog = undertaking.catalog;
  const auto& name = catalog.spec.name;
  return std::visit(
      Overloaded{
          [&](step::WriteSecrets) {
            return failure_of(step, secrets_.put(name, catalog.secret_revision, undertaking.secrets));
          },
          [&](step::CreateInTrino) {
            auto created = create_or_recognise(*undertaking.trino, context);
            using Created = Undertaking::Created;
            if (created) {
              undertaking.created = Created::yes;
            } else {
              // Only an error that Trino itself reported proves that there is no catalog.
              const bool refused = created.error().kind == TrinoFailure::Kind::statement ||
                                   created.error().kind == TrinoFailure::Kind::refused;
              undertaking.created = refused ? Created::no : Created::unclear;
            }
            return failure_of(step, std::move(created));
          },
          [&](step::ProbeInTrino) {
            return failure_of(step, run_probe(trino_, undertaking.probe, context, undertaking.progress));
          },
          [&](step::MarkReady) -> std::optional<SagaFailure> {
            auto ready = catalog;
            ready.phase = Phase::ready;
            ready.health = {Health::healthy, "", "", clock_.now()};
            ready.updated_at = clock_.now();
            auto updated = store_.update(ready, nullptr, &undertaking.operation.id);
            if (!updated) return failed(step, std::move(updated).error());
            catalog = std::move(*updated);
            return std::nullopt;
          },
          [&](step::DropFromTrino) { return failure_of(step, trino_.drop(name, context)); },
          [&](step::RemoveSecrets) { return failure_of(step, secrets_.remove(name)); },
          [&](step::EraseRecord) { return failure_of(step, store_.erase(name, undertaking.operation.id)); },
      },
      step);
}

// A connection that breaks before the answer makes the HTTP client send the statement again, which then finds
// its own catalog in the way.
TrinoResult<void> Saga::create_or_recognise(const TrinoCatalogSpec& spec, const CallContext& context) {
  auto created = trino_.create(spec, context);
  if (created || created.error().error_name != "ALREADY_EXISTS") return created;
  const auto ours = trino_.created_by_us(spec, context);
  if (!ours) return tl::make_unexpected(ours.error());
  if (*ours && **ours) return {};
  return created;
}

void Saga::settle_failure(SagaFailure& failure, Undertaking& undertaking, const CallContext& context) {
  auto& operation = undertaking.operation;
  if (undertaking.plan.kind == Plan::Kind::register_catalog) {
    const CallContext own{operation.id, clean_up_deadline(failure.trino), context.stop};
    failure.settled = undo(undertaking, own).has_value();
    return;
  }
  if (!std::holds_alternative<step::DropFromTrino>(failure.step)) {
    failure.settled = false;  // dropped already: the removal is finished later, not taken back
    observer_of(undertaking).stuck(name_of(failure.step));
    return;
  }
  // Nothing is known to have changed: the catalog stays registered. If Trino dropped it all the same, the
  // reconciler finds it missing and creates it again.
  auto restored = undertaking.catalog;
  restored.phase = Phase::ready;
  auto updated = store_.update(restored, nullptr, &operation.id);
  failure.settled = updated.has_value();
  if (!failure.settled) observer_of(undertaking).stuck(name_of(failure.step));
}

Result<void> Saga::undo(Undertaking& undertaking, const CallContext& context) {
  auto& operation = undertaking.operation;
  auto& observer = observer_of(undertaking);
  const auto& steps = undertaking.plan.steps;
  const auto last = std::min<std::size_t>(operation.step + 1, steps.size());
  if (!std::exchange(operation.undoing, true)) {
    if (auto journaled = store_.journal(operation); !journaled) {
      observer.stuck(last == 0 ? SagaObserver::kReserveName : name_of(steps[last - 1]));
      return journaled;
    }
  }
  for (auto step = last; step-- > 0;) {
    const auto taken_back = compensate(steps[step], undertaking, context);
    if (!taken_back) {
      observer.stuck(name_of(steps[step]));
      return tl::make_unexpected(taken_back.error());
    }
    if (*taken_back) observer.undone(name_of(steps[step]));
  }
  auto erased = store_.erase(operation.name, operation.id);
  if (erased) {
    observer.undone(SagaObserver::kReserveName);
  } else {
    observer.stuck(SagaObserver::kReserveName);
  }
  return erased;
}

Result<bool> Saga::compensate(const Step& step, Undertaking& undertaking, const CallContext& context) {
  if (std::holds_alternative<step::WriteSecrets>(step)) {
    AKKO_CHECK(secrets_.remove(undertaking.operation.name));
    return true;
  }
  if (std::holds_alternative<step::CreateInTrino>(step)) return undo_create(undertaking, context);
  return false;
}

Result<bool> Saga::undo_create(Undertaking& undertaking, const CallContext& context) {
  using Created = Undertaking::Created;
  const auto& name = undertaking.operation.name;
  if (undertaking.created == Created::no) return false;
  if (undertaking.created == Created::unclear) {
    const auto listing = trino_.list(context);
    if (!listing) return tl::make_unexpected(undo_error(name, listing.error()));
    if (!has_catalog(listing->names, name)) {
      if (undertaking.trino) {
        const std::lock_guard lock(mutex_);
        suspects_.push_back({*undertaking.trino, context.operation_id, Deadline::after(kLateCreate)});
      }
      return false;
    }
    // The name is there: ours, unless Trino remembers that our statement failed (someone else took it).
    if (undertaking.trino) {
      const auto ours = trino_.created_by_us(*undertaking.trino, context);
      if (!ours) return tl::make_unexpected(undo_error(name, ours.error()));
      if (*ours && !**ours) return false;
    }
  }
  const auto dropped = trino_.drop(name, context);
  if (!dropped) return tl::make_unexpected(undo_error(name, dropped.error()));
  undertaking.created = Created::no;
  return true;
}

bool Saga::watches_late_catalogs() const {
  const std::lock_guard lock(mutex_);
  return !suspects_.empty();
}

void Saga::drop_late_catalogs(const std::vector<std::string>& names, const CallContext& context) {
  std::vector<Suspect> watched;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(suspects_, [](const Suspect& suspect) { return suspect.until.passed(); });
    watched = suspects_;
  }
  const auto snapshot = store_.snapshot();
  for (const auto& suspect : watched) {
    const auto& name = suspect.spec.name;
    if (!has_catalog(names, name) || snapshot->find(name.text()) != nullptr) continue;
    const CallContext then{suspect.operation_id, context.deadline, context.stop};
    const auto ours = trino_.created_by_us(suspect.spec, then);
    if (!ours || !*ours || !**ours) continue;
    if (!trino_.drop(name, context)) continue;
    log::warn("dropped a catalog that Trino created after we had given it up", {{"catalog", name.text()}});
    const std::lock_guard lock(mutex_);
    std::erase_if(suspects_, [&](const Suspect& other) { return other.spec.name == name; });
  }
}

}  // namespace akko
