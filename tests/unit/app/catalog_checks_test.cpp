#include "app/catalog_checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "app/health_monitor.hpp"
#include "fakes/use_case_fixture.hpp"

namespace akko {
namespace {

using namespace std::chrono_literals;
using fakes::trino_failure;
using testing::HasSubstr;
using Fault = fakes::FakeTrino::Fault;
using Kind = TrinoFailure::Kind;

class CatalogChecksTest : public fakes::UseCases {
 protected:
  CatalogChecksTest() {
    tick();
    clock.time += 1000;
  }

  static CatalogName name(const std::string& text = "client-pg-01") { return *CatalogName::parse(text); }
  Catalog on_record(const std::string& text = "client-pg-01") const { return *store.snapshot()->find(text); }
  void register_one(const std::string& text = "client-pg-01") {
    const auto created = create(request(text));
    ASSERT_TRUE(created) << created.error().message;
    clock.time += 1000;
  }
  void refuse_statements(TrinoFailure failure) {
    trino.on_call = [failure](std::string_view call, std::string_view) -> std::optional<Fault> {
      if (call != "run") return std::nullopt;
      return Fault{failure, false};
    };
  }
  static TrinoFailure wrong_password() {
    return trino_failure(Kind::statement, "FATAL: password authentication failed for user \"reader\"",
                         "JDBC_ERROR");
  }
  std::size_t statements() const {
    const auto calls = trino.calls();
    return static_cast<std::size_t>(std::count_if(calls.begin(), calls.end(), [](const std::string& call) {
      return call.starts_with("run ") && call.find("akko-probe") == std::string::npos;
    }));
  }
  TestReport ask(CheckProgress::Observer observer = {}) {
    auto asked = catalog_checks->admit("client-pg-01", alice());
    if (!asked) {
      ADD_FAILURE() << asked.error().message;
      return {};
    }
    return catalog_checks->run(**asked, {}, std::move(observer));
  }
};

TEST_F(CatalogChecksTest, ARegistrationIsTheFirstCheck) {
  const auto created = create();
  ASSERT_TRUE(created);
  EXPECT_EQ(created->health.health, Health::healthy);
  EXPECT_EQ(created->health.checked_at, clock.time);
  EXPECT_EQ(created->health.since, clock.time);
  EXPECT_TRUE(created->health.took.has_value());
  const auto history = *catalog_checks->history("client-pg-01");
  ASSERT_EQ(history.size(), 1U);
  EXPECT_EQ(history[0].trigger, CheckTrigger::registration);
  EXPECT_EQ(history[0].user, "alice");
  EXPECT_EQ(history[0].health, Health::healthy);
  EXPECT_EQ(history[0].message, "1 schemas visible");
  ASSERT_EQ(history[0].steps.size(), 5U);
  EXPECT_EQ(history[0].steps[0].status, StepReport::Status::passed);
  EXPECT_EQ(history[0].steps[3].status, StepReport::Status::passed);
  EXPECT_EQ(created->revision, on_record().revision);
  EXPECT_EQ(created->health_revision, on_record().health_revision);
}

TEST_F(CatalogChecksTest, AScheduledCheckIsOneStatementAndNothingElse) {
  register_one();
  const auto before = on_record();
  const auto asked_before = statements();
  const auto met_before = network.calls().size();
  const auto outcome = catalog_checks->check_on_schedule(name(), {});
  EXPECT_TRUE(outcome.asked);
  EXPECT_EQ(outcome.code, "");
  EXPECT_EQ(statements(), asked_before + 1);
  EXPECT_EQ(network.calls().size(), met_before);
  EXPECT_EQ(trino.calls().back(), "run SHOW SCHEMAS FROM \"client-pg-01\"");
  const auto after = on_record();
  EXPECT_EQ(after.health.health, Health::healthy);
  EXPECT_EQ(after.health.checked_at, clock.time);
  EXPECT_EQ(after.health.since, before.health.since);
  EXPECT_EQ(after.revision, before.revision);
  EXPECT_EQ(after.updated_at, before.updated_at);
  EXPECT_NE(after.health_revision, before.health_revision);
  const auto history = *catalog_checks->history("client-pg-01");
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[0].trigger, CheckTrigger::scheduled);
  EXPECT_EQ(history[0].user, "");
  EXPECT_EQ(history[0].steps[0].status, StepReport::Status::skipped);
  EXPECT_EQ(history[0].steps[3].status, StepReport::Status::passed);
}

TEST_F(CatalogChecksTest, AFailureIsToldWithClassCauseFixAndSince) {
  register_one();
  refuse_statements(wrong_password());
  const auto outcome = catalog_checks->check_on_schedule(name(), {});
  EXPECT_EQ(outcome.code, "auth_refused");
  const auto began = clock.time;
  EXPECT_EQ(on_record().health.health, Health::failing);
  EXPECT_EQ(on_record().health.code, "auth_refused");
  EXPECT_THAT(on_record().health.message, HasSubstr("reader"));
  EXPECT_NE(on_record().health.fix, "");
  EXPECT_EQ(on_record().health.since, began);
  clock.time += 60000;
  catalog_checks->check_on_schedule(name(), {});
  EXPECT_EQ(on_record().health.since, began);
  EXPECT_EQ(on_record().health.checked_at, clock.time);
  const auto history = *catalog_checks->history("client-pg-01");
  EXPECT_EQ(history[0].steps[3].status, StepReport::Status::failed);
  EXPECT_EQ(history[0].steps[3].code, "auth_refused");
  trino.on_call = nullptr;
  clock.time += 60000;
  catalog_checks->check_on_schedule(name(), {});
  EXPECT_EQ(on_record().health.health, Health::healthy);
  EXPECT_EQ(on_record().health.since, clock.time);
}

TEST_F(CatalogChecksTest, WhatTrinoDoesIsNotTheSourcesFault) {
  register_one();
  const auto before = on_record();
  auto full = trino_failure(Kind::statement, "Too many queued queries", "QUERY_QUEUE_FULL");
  full.error_type = "INSUFFICIENT_RESOURCES";
  for (const auto& failure :
       {trino_failure(Kind::unreachable, "refused"), trino_failure(Kind::protocol, "garbage"),
        trino_failure(Kind::refused, "401"), trino_failure(Kind::cancelled, "stop"),
        trino_failure(Kind::deadline, "not taken"), full,
        trino_failure(Kind::statement, "Catalog 'client-pg-01' not found", "CATALOG_NOT_FOUND")}) {
    refuse_statements(failure);
    const auto outcome = catalog_checks->check_on_schedule(name(), {});
    EXPECT_TRUE(outcome.asked) << failure.message;
    EXPECT_EQ(outcome.checked_at, 0) << failure.message;
    EXPECT_EQ(on_record().health_revision, before.health_revision) << failure.message;
  }
  EXPECT_TRUE(coordination->unsettled);  // the catalog that Trino has lost
  auto late = trino_failure(Kind::deadline, "deadline");
  late.query_id = "20261122_101010_00001_abcde";
  refuse_statements(late);
  catalog_checks->check_on_schedule(name(), {});
  EXPECT_EQ(on_record().health.code, "timeout");
}

TEST_F(CatalogChecksTest, ASlowSourceIsSlow) {
  make_checks({.slow_after = 20ms});
  register_one();
  trino.before_run = [](std::string_view, const CallContext&) { std::this_thread::sleep_for(60ms); };
  catalog_checks->check_on_schedule(name(), {});
  EXPECT_EQ(on_record().health.health, Health::slow);
  EXPECT_THAT(on_record().health.message, HasSubstr("0.1 s"));
  EXPECT_GE(*on_record().health.took, 60ms);
  EXPECT_EQ(health_samples(*store.snapshot())[0].value, 0.5);
}

TEST_F(CatalogChecksTest, TheMostTellingStatementIsChosen) {
  const auto kafka = [&] {
    auto asked = request("client-kafka");
    asked.connector = "kafka";
    asked.properties = {{"kafka.nodes", "broker:9092"}, {"kafka.table-names", "clicks,orders"}};
    asked.credentials.clear();
    return asked;
  }();
  coordination->trino.change([](TrinoFacts& facts) { facts.connectors.insert("kafka"); });
  const auto created = create(kafka);
  ASSERT_TRUE(created) << created.error().message;
  const auto greeted = network.calls().size();
  catalog_checks->check_on_schedule(name("client-kafka"), {});
  EXPECT_EQ(trino.calls().back(), "run SELECT 1 FROM \"client-kafka\".\"default\".\"clicks\" LIMIT 1");
  // A Kafka broker is greeted before Trino meets it: another service there could end the coordinator.
  const auto calls = network.calls();
  ASSERT_GT(calls.size(), greeted);
  EXPECT_THAT(calls.back(), HasSubstr("greet"));
  network.on_connect(9092, fakes::FakeNetwork::failure("wrong_service"));
  const auto before = statements();
  catalog_checks->check_on_schedule(name("client-kafka"), {});
  EXPECT_EQ(statements(), before);
  EXPECT_EQ(on_record("client-kafka").health.code, "wrong_service");
}

TEST_F(CatalogChecksTest, WhoTakesTheNameDoesNotWaitAndTheCheckIsDropped) {
  register_one();
  std::atomic<bool> entered = false;
  trino.before_run = [&](std::string_view statement, const CallContext& context) {
    if (statement.find("client-pg-01") == std::string_view::npos) return;
    entered = true;
    while (!context.stop.stop_requested() && !context.deadline.passed()) std::this_thread::sleep_for(1ms);
  };
  std::jthread checking([&] { catalog_checks->check_on_schedule(name(), {}); });
  while (!entered) std::this_thread::sleep_for(1ms);
  EXPECT_FALSE(catalog_checks->check_on_schedule(name(), {}).asked);  // never two
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(service->remove("client-pg-01", std::nullopt, alice()));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
  checking.join();
  expect_nothing_left();
}

TEST_F(CatalogChecksTest, AHeldNameIsNotChecked) {
  register_one();
  const auto before = statements();
  const auto held = coordination->names.try_hold(name());
  ASSERT_TRUE(held);
  EXPECT_FALSE(catalog_checks->check_on_schedule(name(), {}).asked);
  EXPECT_EQ(statements(), before);
  EXPECT_EQ(catalog_checks->admit("client-pg-01", alice()).error().reason, "check_in_progress");
}

TEST_F(CatalogChecksTest, AnAdminsCheckRunsAllStepsAndCounts) {
  register_one();
  std::vector<std::string> told;
  const auto report = ask([&](const StepReport& step) { told.emplace_back(to_string(step.step)); });
  EXPECT_FALSE(report.diagnosis);
  EXPECT_EQ(report.proves, "service");
  EXPECT_EQ(told.front(), "dns");
  EXPECT_EQ(report.steps[0].status, StepReport::Status::passed);
  EXPECT_EQ(on_record().health.checked_at, clock.time);
  const auto history = *catalog_checks->history("client-pg-01");
  EXPECT_EQ(history[0].trigger, CheckTrigger::manual);
  EXPECT_EQ(history[0].user, "alice");
  EXPECT_EQ(audit.events.back().event, "CATALOG_TESTED");
  EXPECT_EQ(audit.events.back().name, "client-pg-01");
  EXPECT_EQ(audit.events.back().detail, "db:5432");
  EXPECT_EQ(audit.events.back().result, "success");
  for (const auto& call : trino.calls()) EXPECT_EQ(call.find("s3cret-value"), std::string::npos);

  network.on_connect(5432, fakes::FakeNetwork::failure("tcp_refused"));
  EXPECT_EQ(ask().diagnosis->code, "tcp_refused");
  EXPECT_EQ(on_record().health.code, "tcp_refused");
  EXPECT_EQ(audit.events.back().code, "tcp_refused");
}

TEST_F(CatalogChecksTest, AnAdminsCheckIsRefusedForGoodReasons) {
  EXPECT_EQ(catalog_checks->admit("nobody", alice()).error().code, ErrorCode::not_found);
  register_one();
  auto removing = on_record();
  removing.phase = Phase::removing;
  const auto read = *store.update(removing, nullptr, nullptr);
  EXPECT_EQ(catalog_checks->admit("client-pg-01", alice()).error().reason, "operation_in_progress");
  auto ready = read;
  ready.phase = Phase::ready;
  ASSERT_TRUE(store.update(ready, nullptr, nullptr));
  {
    const auto first = catalog_checks->admit("client-pg-01", alice());
    ASSERT_TRUE(first);
    EXPECT_EQ(catalog_checks->admit("client-pg-01", alice()).error().reason, "check_in_progress");
  }
  coordination->trino.change([](TrinoFacts& facts) { facts.up = false; });
  EXPECT_EQ(catalog_checks->admit("client-pg-01", alice()).error().reason, "trino_unavailable");
  EXPECT_EQ(audit.events.back().event, "CATALOG_TESTED");
  EXPECT_EQ(audit.events.back().result, "failed");
}

TEST_F(CatalogChecksTest, AnAdminDoesNotWaitForACheckOnSchedule) {
  register_one();
  std::atomic<int> running = 0;
  trino.before_run = [&](std::string_view, const CallContext& context) {
    if (++running > 1) return;
    while (!context.stop.stop_requested() && !context.deadline.passed()) std::this_thread::sleep_for(1ms);
  };
  std::jthread checking([&] { catalog_checks->check_on_schedule(name(), {}); });
  while (running == 0) std::this_thread::sleep_for(1ms);
  EXPECT_FALSE(ask().diagnosis);
  checking.join();
  EXPECT_EQ(catalog_checks->history("client-pg-01")->at(0).trigger, CheckTrigger::manual);
}

// ---------------------------------------------------------------- the monitor

class HealthMonitorTest : public CatalogChecksTest {
 protected:
  // How many statements went to each catalog, and how many ran at once at most.
  void watch(std::chrono::milliseconds took) {
    trino.before_run = [this, took](std::string_view statement, const CallContext& context) {
      {
        const std::lock_guard lock(mutex);
        ++asked[std::string(statement)];
        most_at_once = std::max(most_at_once, ++at_once);
      }
      const auto until = std::chrono::steady_clock::now() + took;
      while (!context.stop.stop_requested() && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(1ms);
      const std::lock_guard lock(mutex);
      --at_once;
    };
  }
  std::mutex mutex;
  std::map<std::string, int> asked;
  int at_once = 0;
  int most_at_once = 0;
};

TEST_F(HealthMonitorTest, EachCatalogOnceInAnIntervalAndNotTooManyAtOnce) {
  for (int i = 0; i < 12; ++i) register_one("c" + std::to_string(i));
  watch(20ms);
  {
    HealthMonitor monitor({300ms, 3}, store, *coordination, *catalog_checks);
    monitor.start();
    std::this_thread::sleep_for(1050ms);
  }
  const std::lock_guard lock(mutex);
  EXPECT_EQ(asked.size(), 12U);
  for (const auto& [statement, count] : asked) {
    EXPECT_GE(count, 2) << statement;
    EXPECT_LE(count, 4)
        << statement;  // in 1.05 s: at most three intervals of 0.3 s have passed after the first
  }
  EXPECT_LE(most_at_once, 3);
  EXPECT_EQ(at_once, 0);
}

TEST_F(HealthMonitorTest, NothingIsAskedWhileTrinoIsDown) {
  register_one();
  watch(0ms);
  const auto before = on_record();
  coordination->trino.change([](TrinoFacts& facts) { facts.up = false; });
  HealthMonitor monitor({50ms, 2}, store, *coordination, *catalog_checks);
  monitor.start();
  std::this_thread::sleep_for(250ms);
  {
    const std::lock_guard lock(mutex);
    EXPECT_TRUE(asked.empty());
  }
  EXPECT_EQ(on_record().health_revision, before.health_revision);  // the last word
  coordination->trino.change([](TrinoFacts& facts) { facts.up = true; });
  std::this_thread::sleep_for(300ms);
  monitor.stop();
  const std::lock_guard lock(mutex);
  EXPECT_FALSE(asked.empty());
}

TEST_F(HealthMonitorTest, AStopCancelsWhatRuns) {
  register_one();
  watch(60s);
  HealthMonitor monitor({50ms, 2}, store, *coordination, *catalog_checks);
  monitor.start();
  for (bool running = false; !running; std::this_thread::sleep_for(1ms)) {
    const std::lock_guard lock(mutex);
    running = at_once > 0;
  }
  const auto begin = std::chrono::steady_clock::now();
  monitor.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}

TEST_F(HealthMonitorTest, AnIntervalOfZeroIsOff) {
  register_one();
  watch(0ms);
  HealthMonitor monitor({0ms, 2}, store, *coordination, *catalog_checks);
  monitor.start();
  std::this_thread::sleep_for(100ms);
  monitor.stop();
  EXPECT_TRUE(asked.empty());
}

}  // namespace
}  // namespace akko
