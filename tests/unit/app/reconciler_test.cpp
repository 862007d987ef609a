#include "app/reconciler.hpp"

#include <gtest/gtest.h>

#include "fakes/use_case_fixture.hpp"

namespace akko {
namespace {

using fakes::trino_failure;
using Fault = fakes::FakeTrino::Fault;
using Kind = TrinoFailure::Kind;

class ReconcilerTest : public fakes::UseCases {
 protected:
  ReconcilerTest() { tick(); }
};

TEST_F(ReconcilerTest, ARestartedTrinoGetsEveryCatalogBack) {
  ASSERT_TRUE(create(request("one")));
  ASSERT_TRUE(create(request("two")));
  trino.restart();
  EXPECT_TRUE(trino.names().empty());
  tick();
  expect_registered("one");
  expect_registered("two");
}

TEST_F(ReconcilerTest, ARestartIsNoticedByTheUptimeThatWentBack) {
  ReconcilerSettings settings;
  settings.warm_up = false;
  settings.drift_interval = std::chrono::hours(1);
  Reconciler patient(settings, {store, secrets, trino, metrics, clock}, registry, *coordination, *saga);
  patient.tick({});
  ASSERT_TRUE(create(request("one")));
  patient.tick({});
  trino.restart();
  patient.tick({});
  expect_registered("one");
}

TEST_F(ReconcilerTest, ACatalogDroppedBehindOurBackComesBack) {
  ASSERT_TRUE(create());
  ASSERT_TRUE(trino.drop(CatalogName::parse("client-pg-01").value(),
                         {"x", Deadline::after(std::chrono::seconds(1)), {}}));
  tick();
  expect_registered("client-pg-01");
}

TEST_F(ReconcilerTest, CatalogsOfOthersAreLeftAlone) {
  trino.put_foreign("not-ours");
  tick();
  tick();
  EXPECT_TRUE(trino.names().contains("not-ours"));
}

TEST_F(ReconcilerTest, TheProbePoolIsSweptAtStart) {
  trino.put_foreign("akko-probe-1");
  trino.put_foreign("akko-probe-2");
  secrets.kept["akko-probe-1"] = {};
  restart_product();
  ASSERT_TRUE(reconciler->restore_secrets());
  tick();
  EXPECT_TRUE(trino.names().empty());
  EXPECT_TRUE(secrets.kept.empty());
}

TEST_F(ReconcilerTest, SecretsAreRefilledAndOrphansRemoved) {
  ASSERT_TRUE(create());
  secrets.kept.clear();
  secrets.kept["gone"] = {};
  restart_product();
  ASSERT_TRUE(reconciler->restore_secrets());
  ASSERT_TRUE(secrets.kept.contains("client-pg-01"));
  EXPECT_EQ(secrets.kept.at("client-pg-01").second.at("connection-password").reveal(), "s3cret-value");
  EXPECT_FALSE(secrets.kept.contains("gone"));
}

// A process that dies at any call to Trino or any write leaves a catalog or nothing.
TEST_F(ReconcilerTest, DeathAtEachPointOfARegistrationEndsInNothing) {
  for (const bool after : {false, true}) {
    for (int point = 0;; ++point) {
      int calls = 0;
      bool died = false;
      trino.on_call = [&](std::string_view, std::string_view) -> std::optional<Fault> {
        if (!died && calls++ < point) return std::nullopt;
        const bool first = !std::exchange(died, true);
        // From the moment of death on nothing has any effect, not even the undoing.
        store.fail_writes_from(1);
        secrets.fail_remove = true;
        return Fault{trino_failure(Kind::cancelled, "killed"), first && after};
      };
      const auto created = create();
      trino.on_call = nullptr;
      store.fail_writes_from(0);
      secrets.fail_remove = false;
      if (!died) {
        ASSERT_TRUE(created);
        ASSERT_GT(point, 1);
        ASSERT_TRUE(service->remove("client-pg-01", std::nullopt, alice()));
        break;
      }
      ASSERT_FALSE(created);
      restart_product();
      ASSERT_TRUE(reconciler->restore_secrets());
      tick();
      expect_nothing_left();
    }
  }
}

TEST_F(ReconcilerTest, DeathDuringARemovalEndsInNothing) {
  ASSERT_TRUE(create());
  trino.on_call = [&](std::string_view call, std::string_view) -> std::optional<Fault> {
    if (call != "drop") return std::nullopt;
    store.fail_writes_from(1);
    return Fault{trino_failure(Kind::cancelled, "killed"), true};
  };
  EXPECT_FALSE(service->remove("client-pg-01", std::nullopt, alice()));
  trino.on_call = nullptr;
  store.fail_writes_from(0);
  restart_product();
  ASSERT_TRUE(reconciler->restore_secrets());
  tick();
  expect_nothing_left();
}

TEST_F(ReconcilerTest, ALateCatalogIsDropped) {
  bool lost = false;
  std::optional<TrinoCatalogSpec> late;
  trino.on_call = [&](std::string_view call, std::string_view) -> std::optional<Fault> {
    if (call != "create" || lost) return std::nullopt;
    lost = true;
    return Fault{trino_failure(Kind::deadline, "deadline"), false};
  };
  auto asked = request();
  ASSERT_FALSE(create(asked));
  trino.on_call = nullptr;
  expect_nothing_left();
  ASSERT_TRUE(saga->watches_late_catalogs());
  // The CREATE comes true after all: same name, same references.
  const auto& definition = *registry.find("postgresql");
  const auto spec = render_for_trino(
      CatalogName::parse("client-pg-01").value(), definition,
      definition.complete({asked.properties, asked.credentials}, ConnectorDefinition::Purpose::registration),
      1, SecretTransport::reference);
  const auto operation_id = audit.events.back().operation_id;
  ASSERT_TRUE(trino.create(spec, {operation_id, Deadline::after(std::chrono::seconds(1)), {}}));
  tick();
  EXPECT_TRUE(trino.names().empty());
}

TEST_F(ReconcilerTest, ACatalogThatCannotComeBackIsMarkedFailingAndRetried) {
  ASSERT_TRUE(create());
  trino.restart();
  trino.on_call = [](std::string_view call, std::string_view what) -> std::optional<Fault> {
    if (call != "create" || what != "client-pg-01") return std::nullopt;
    return Fault{trino_failure(Kind::statement, "Configuration errors: 1) Error: broken"), false};
  };
  tick();
  EXPECT_EQ(store.snapshot()->find("client-pg-01")->health.health, Health::failing);
  trino.on_call = nullptr;
  trino.restart();  // a new run is tried at once
  tick();
  expect_registered("client-pg-01");
  EXPECT_EQ(store.snapshot()->find("client-pg-01")->health.health, Health::unknown);
}

TEST_F(ReconcilerTest, WarmUpRunsOncePerRunOfTrino) {
  ReconcilerSettings settings;
  settings.drift_interval = std::chrono::hours(1);
  coordination.emplace(2U);
  Reconciler warming(settings, {store, secrets, trino, metrics, clock}, registry, *coordination, *saga);
  for (int i = 0; i < 4; ++i) warming.tick({});
  EXPECT_EQ(coordination->trino.facts().warm_up, WarmUp::done);
  EXPECT_EQ(coordination->trino.facts().warmed, (std::set<std::string>{"mysql", "postgresql"}));
  EXPECT_TRUE(trino.names().empty());
  EXPECT_TRUE(secrets.kept.empty());
  const auto calls = trino.calls().size();
  coordination.emplace(2U);
  Reconciler again(settings, {store, secrets, trino, metrics, clock}, registry, *coordination, *saga);
  for (int i = 0; i < 4; ++i) again.tick({});
  EXPECT_EQ(coordination->trino.facts().warm_up, WarmUp::done);
  const auto seen = trino.calls();
  EXPECT_EQ(
      std::count(
          seen.begin() + static_cast<std::ptrdiff_t>(calls), seen.end(),
          "run " + registry.find("mysql")->probe_plan(CatalogName::probe(1), {}, {}).runs.front().statement),
      0);
}

}  // namespace
}  // namespace akko
