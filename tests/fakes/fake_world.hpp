// A small world for the use cases: a Trino that keeps catalogs, a store and a secret source in memory. Each
// can be told to fail at a call, so that a test can inject a failure at every step in turn.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "domain/sql.hpp"

namespace akko::fakes {

struct FakeClock final : Clock {
  UnixMillis now() const override { return time; }
  UnixMillis time = 1'700'000'000'000;
};

inline TrinoFailure trino_failure(TrinoFailure::Kind kind, std::string message, std::string error_name = "") {
  TrinoFailure failure;
  failure.kind = kind;
  failure.message = message;
  failure.error_name = std::move(error_name);
  failure.causes = {{"java.lang.RuntimeException", std::move(message)}};
  return failure;
}

// Keeps catalogs as a coordinator with catalog.store=memory does. `on_call` may make a call fail, or let
// it happen and lose the answer ("after").
class FakeTrino final : public TrinoCatalogs {
 public:
  struct Fault {
    TrinoFailure failure;
    bool after = false;  // the call takes effect first, and its answer is lost
  };
  TrinoRows rows = {{"information_schema"}, {"shop"}};  // of every statement

  // Asked with "create", "drop", "run", "list", … and the statement or name.
  std::function<std::optional<Fault>(std::string_view call, std::string_view what)> on_call;

  TrinoResult<void> create(const TrinoCatalogSpec& spec, const CallContext& context) override {
    return guarded("create", spec.name.text(), [&]() -> TrinoResult<void> {
      if (catalogs_.contains(spec.name.text()))
        return tl::make_unexpected(
            trino_failure(TrinoFailure::Kind::statement, "Catalog already exists", "ALREADY_EXISTS"));
      if (const auto refusal = refuse(spec)) return tl::make_unexpected(*refusal);
      catalogs_.emplace(spec.name.text(), spec);
      statements_.push_back(
          create_catalog_statement(spec.name, spec.connector, spec.properties, context.operation_id));
      return {};
    });
  }
  TrinoResult<void> drop(const CatalogName& name, const CallContext&) override {
    return guarded("drop", name.text(), [&]() -> TrinoResult<void> {
      catalogs_.erase(name.text());
      return {};
    });
  }
  TrinoResult<TrinoRows> run(std::string_view statement, const CallContext&) override {
    return guarded("run", statement, [&]() -> TrinoResult<TrinoRows> { return rows; });
  }
  TrinoResult<Listing> list(const CallContext&) override {
    return guarded("list", "", [&]() -> TrinoResult<Listing> {
      Listing listing{{"system"}, run_id};
      for (const auto& [name, spec] : catalogs_) listing.names.push_back(name);
      std::sort(listing.names.begin(), listing.names.end());
      for (const auto& name : listing.names) {
        const auto found = catalogs_.find(name);
        listing.catalogs.push_back(
            {name, found == catalogs_.end() ? "system" : found->second.connector, broken.contains(name)});
      }
      return listing;
    });
  }
  TrinoResult<CoordinatorState> state(const CallContext&) override {
    return guarded("state", "", [&]() -> TrinoResult<CoordinatorState> {
      CoordinatorState state;
      state.version = "476";
      state.uptime_seconds = uptime;
      return state;
    });
  }
  TrinoResult<std::optional<bool>> created_by_us(const TrinoCatalogSpec& spec,
                                                 const CallContext& context) override {
    return guarded("created_by_us", spec.name.text(), [&]() -> TrinoResult<std::optional<bool>> {
      const auto statement =
          create_catalog_statement(spec.name, spec.connector, spec.properties, context.operation_id);
      if (!remembers_queries) return std::optional<bool>();
      return std::optional(std::find(statements_.begin(), statements_.end(), statement) != statements_.end());
    });
  }
  TrinoResult<std::vector<std::string>> connectors(const CallContext&) override {
    return guarded("connectors", "", [&]() -> TrinoResult<std::vector<std::string>> { return available; });
  }
  std::size_t queue_depth() const override { return 0; }

  // What the world outside did.
  void put_foreign(const std::string& name) {
    const std::lock_guard lock(mutex_);
    catalogs_.emplace(name, TrinoCatalogSpec{*CatalogName::parse("foreign"), "memory", {}});
  }
  void restart() {
    const std::lock_guard lock(mutex_);
    catalogs_.clear();
    statements_.clear();
    run_id = "run" + std::to_string(++restarts_);
    uptime = 1;
  }

  std::set<std::string> names() const {
    const std::lock_guard lock(mutex_);
    std::set<std::string> names;
    for (const auto& [name, spec] : catalogs_) names.insert(name);
    return names;
  }
  std::optional<TrinoCatalogSpec> find(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = catalogs_.find(name);
    return found == catalogs_.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<std::string> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

  std::set<std::string> broken;  // names of catalogs that it says it could not load
  std::string run_id = "run0";
  double uptime = 100;
  bool has_provider = true;
  bool remembers_queries = true;
  std::vector<std::string> available = {"postgresql", "mysql"};

 private:
  std::optional<TrinoFailure> refuse(const TrinoCatalogSpec& spec) const {
    for (const auto& [key, value] : spec.properties) {
      if (!has_provider && value.starts_with("${akko:"))
        return trino_failure(TrinoFailure::Kind::statement, "No secret provider for key 'akko'",
                             "GENERIC_INTERNAL_ERROR");
    }
    if (spec.properties.contains("akko.capability"))
      return trino_failure(TrinoFailure::Kind::statement, "AKKO secret not found: akko-probe-1/capability.0",
                           "GENERIC_INTERNAL_ERROR");
    return std::nullopt;
  }

  template <typename Action>
  auto guarded(std::string_view call, std::string_view what, Action&& action) -> decltype(action()) {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::string(call) + " " + std::string(what));
    const auto fault = on_call ? on_call(call, what) : std::nullopt;
    if (fault && !fault->after) return tl::make_unexpected(fault->failure);
    auto result = action();
    if (fault) return tl::make_unexpected(fault->failure);
    return result;
  }

  mutable std::mutex mutex_;
  std::map<std::string, TrinoCatalogSpec> catalogs_;
  std::vector<std::string> statements_;
  std::vector<std::string> calls_;
  int restarts_ = 0;
};

class FakeSecrets final : public SecretSource {
 public:
  Result<void> put(const CatalogName& name, std::uint64_t revision, const SecretValues& values) override {
    const std::lock_guard lock(mutex_);
    if (fail_put) return fail(ErrorCode::internal, "secret_directory", "the disk is full");
    kept[name.text()] = {revision, values};
    return {};
  }
  Result<void> remove(const CatalogName& name) override {
    const std::lock_guard lock(mutex_);
    if (fail_remove) return fail(ErrorCode::internal, "secret_directory", "the disk is broken");
    kept.erase(name.text());
    return {};
  }
  Result<std::vector<std::string>> list() override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, values] : kept) names.push_back(name);
    return names;
  }
  std::string description() const override { return "memory"; }

  std::map<std::string, std::pair<std::uint64_t, SecretValues>> kept;
  bool fail_put = false;
  bool fail_remove = false;

 private:
  std::mutex mutex_;
};

struct RecordingAudit final : AuditLog {
  void write(const AuditEvent& event) override {
    const std::lock_guard lock(mutex);
    events.push_back(event);
  }
  std::vector<AuditEvent> events;
  std::mutex mutex;
};

}  // namespace akko::fakes
