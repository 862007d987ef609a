// The use cases over the fake world, with one small connector definition.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "app/catalog_checks.hpp"
#include "app/catalog_service.hpp"
#include "app/reconciler.hpp"
#include "fakes/fake_network.hpp"
#include "fakes/fake_store.hpp"
#include "fakes/fake_world.hpp"

namespace akko::fakes {

// The product's own definitions, so that the tests speak of what ships.
inline ConnectorRegistry connectors_of_the_product() {
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& entry : std::filesystem::directory_iterator(AKKO_SOURCE_DIR "/connectors")) {
    if (!entry.is_regular_file()) continue;  // locales/
    std::ifstream stream(entry.path());
    files.emplace_back(entry.path().filename(), std::string(std::istreambuf_iterator<char>(stream), {}));
  }
  return load_connectors({}, files).value();
}

class UseCases : public ::testing::Test {
 protected:
  UseCases() { restart_product(); }

  // As a new process would come up: same store, same Trino, nothing in memory.
  void restart_product(bool allow_secrets_in_statements = false) {
    reconciler.reset();
    catalog_checks.reset();
    service.reset();
    saga.reset();
    coordination.emplace(2U);
    saga.emplace(store, secrets, trino, clock);
    service.emplace(
        ServiceSettings{std::chrono::seconds(5), true, {"akko-admin"}, allow_secrets_in_statements},
        CatalogService::Ports{store, secrets, trino, network, audit, metrics, clock, checks}, registry,
        *coordination, *saga);
    make_checks({});
    ReconcilerSettings settings;
    settings.warm_up = false;
    settings.drift_interval = std::chrono::milliseconds(0);  // every tick is a full check
    settings.allow_secrets_in_statements = allow_secrets_in_statements;
    reconciler.emplace(settings, Reconciler::Ports{store, secrets, trino, metrics, clock}, registry,
                       *coordination, *saga);
  }

  void make_checks(CheckSettings settings) {
    catalog_checks.emplace(settings,
                           CatalogChecks::Ports{store, trino, network, audit, metrics, clock, checks},
                           registry, *coordination);
  }

  void tick() { reconciler->tick({}); }

  static CatalogRequest request(std::string name = "client-pg-01") {
    CatalogRequest request;
    request.name = std::move(name);
    request.connector = "postgresql";
    request.properties = {{"connection-url", "jdbc:postgresql://db:5432/sales"},
                          {"connection-user", "reader"}};
    request.credentials["connection-password"] = Secret("s3cret-value");
    return request;
  }
  static Caller alice() { return {{"sub-alice", "alice", {"akko-admin"}}, "request-1", "127.0.0.1", {}}; }

  // One thread at a time: it keeps the steps.
  Result<Catalog> create(const CatalogRequest& asked = request()) {
    steps.clear();
    AKKO_TRY(auto admitted, service->admit_registration(asked, {}, alice()));
    last_operation = admitted.operation.id();
    auto created = service->run_registration(std::move(admitted), alice());
    if (created) return std::move(*created);
    steps = std::move(created.error().steps);
    return tl::make_unexpected(std::move(created.error().error));
  }
  std::vector<StepReport> steps;  // of the last registration that failed
  std::string last_operation;     // id of the last registration that was admitted

  Result<TestReport> test(const CatalogRequest& asked = request(), CheckProgress::Observer observer = {},
                          std::stop_token stop = {}) {
    auto caller = alice();
    caller.stop = std::move(stop);
    AKKO_TRY(const auto admitted, service->admit_test(asked, {}, caller));
    return service->run_test(admitted, caller, std::move(observer));
  }

  // The invariant after a failure: nothing anywhere.
  void expect_nothing_left() {
    EXPECT_TRUE(store.snapshot()->catalogs.empty());
    EXPECT_TRUE(store.open_operations()->empty());
    EXPECT_TRUE(secrets.kept.empty());
    EXPECT_TRUE(trino.names().empty());
  }
  void expect_registered(const std::string& name) {
    const auto snapshot = store.snapshot();
    const auto* catalog = snapshot->find(name);
    ASSERT_NE(catalog, nullptr) << name;
    EXPECT_EQ(catalog->phase, Phase::ready);
    EXPECT_TRUE(store.open_operations()->empty());
    EXPECT_TRUE(secrets.kept.contains(name));
    EXPECT_TRUE(trino.names().contains(name));
  }

  FakeClock clock;
  FakeTrino trino;
  FakeStore store;
  FakeSecrets secrets;
  FakeNetwork network;
  RateLimiter checks{100000};
  RecordingAudit audit;
  Metrics metrics;
  ConnectorRegistry registry = connectors_of_the_product();
  std::optional<Coordination> coordination;
  std::optional<Saga> saga;
  std::optional<CatalogService> service;
  std::optional<Reconciler> reconciler;
  std::optional<CatalogChecks> catalog_checks;
};

}  // namespace akko::fakes
