// What an operation tells of a registration or a removal: its steps in order, what was undone, what is left.
#include <thread>

#include <gmock/gmock.h>

#include "fakes/use_case_fixture.hpp"

namespace akko {
namespace {

using fakes::trino_failure;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Fault = fakes::FakeTrino::Fault;
using Kind = TrinoFailure::Kind;

class Lines final : public OperationWatcher {
 public:
  void tell(const OperationEvent& event) override {
    if (event.kind == OperationEvent::Kind::step)
      lines.push_back(event.step.id + " " + std::string(to_string(event.step.status)));
  }
  void end() override {}
  bool gone() const override { return false; }
  std::vector<std::string> lines;
};

class CatalogOperation : public fakes::UseCases {
 protected:
  CatalogOperation() { tick(); }

  void fail_at(const std::string& call, TrinoFailure failure, bool after = false) {
    trino.on_call = [=](std::string_view asked, std::string_view what) -> std::optional<Fault> {
      if (asked != call || what.starts_with("akko-probe")) return std::nullopt;
      return Fault{failure, after};
    };
  }
  std::shared_ptr<const Operation> operation() { return coordination->operations.find(last_operation); }
  std::vector<std::string> events() {
    auto lines = std::make_shared<Lines>();
    EXPECT_TRUE(coordination->operations.watch(last_operation, 0, lines));
    return lines->lines;
  }
  // "create_in_trino failed", … of the steps that did not pass.
  std::vector<std::string> not_passed() {
    std::vector<std::string> out;
    for (const auto& step : operation()->steps) {
      if (step.status != OperationStep::Status::passed)
        out.push_back(step.id + " " + std::string(to_string(step.status)));
    }
    return out;
  }
};

TEST_F(CatalogOperation, ARegistrationTellsEveryStep) {
  ASSERT_TRUE(create());
  EXPECT_THAT(events(),
              ElementsAre("dns running", "dns passed", "tcp running", "tcp passed", "tls skipped",
                          "reserve_name running", "reserve_name passed", "write_secrets running",
                          "write_secrets passed", "create_in_trino running", "create_in_trino passed",
                          "sign_in running", "sign_in passed", "metadata running", "metadata passed",
                          "mark_ready running", "mark_ready passed"));
  EXPECT_EQ(operation()->status, Operation::Status::succeeded);
  EXPECT_EQ(operation()->user, "alice");
  EXPECT_EQ(operation()->connector, "postgresql");
  EXPECT_EQ(operation()->request_id, "request-1");
  EXPECT_THAT(operation()->undone, IsEmpty());
}

TEST_F(CatalogOperation, AFailureOfTheNetworkLeavesTheRestNotRun) {
  network.on_connect(5432, fakes::FakeNetwork::failure("tcp_refused"));
  ASSERT_FALSE(create());
  EXPECT_THAT(events(), ElementsAre("dns running", "dns passed", "tcp running", "tcp failed"));
  EXPECT_EQ(operation()->problem->reason, "tcp_refused");
  EXPECT_EQ(operation()->checked.size(), 5U);
  EXPECT_EQ(operation()->steps[1].code, "tcp_refused");
  EXPECT_THAT(operation()->steps[1].fix, Not(IsEmpty()));
  EXPECT_THAT(operation()->undone, IsEmpty());
}

TEST_F(CatalogOperation, ANameThatCannotBeReservedFailsThere) {
  store.fail_writes_from(1);
  ASSERT_FALSE(create());
  EXPECT_EQ(events().back(), "reserve_name failed");
  EXPECT_EQ(operation()->problem->reason, "store_failed");
  EXPECT_THAT(operation()->undone, IsEmpty());
}

TEST_F(CatalogOperation, SecretsThatCannotBeWrittenGiveTheNameBack) {
  secrets.fail_put = true;
  ASSERT_FALSE(create());
  EXPECT_THAT(not_passed(), ElementsAre("tls skipped", "reserve_name undone", "write_secrets failed",
                                        "create_in_trino not_run", "sign_in not_run", "metadata not_run",
                                        "mark_ready not_run"));
  EXPECT_THAT(operation()->undone, ElementsAre("write_secrets", "reserve_name"));
  expect_nothing_left();
}

TEST_F(CatalogOperation, ACreateThatTrinoRefusesIsUndoneInReverse) {
  fail_at("create", trino_failure(Kind::statement, "Invalid configuration: s3cret-value"));
  ASSERT_FALSE(create());
  const auto all = events();
  EXPECT_THAT((std::vector<std::string>(all.end() - 4, all.end())),
              ElementsAre("create_in_trino running", "create_in_trino failed", "write_secrets undone",
                          "reserve_name undone"));
  EXPECT_THAT(operation()->undone, ElementsAre("write_secrets", "reserve_name"));
  const auto& step = operation()->steps[5];
  EXPECT_EQ(step.id, "create_in_trino");
  EXPECT_THAT(step.message, Not(HasSubstr("s3cret-value")));
  EXPECT_EQ(step.code, operation()->problem->reason);
  EXPECT_EQ(operation()->steps[6].status, OperationStep::Status::not_run);
  expect_nothing_left();
}

TEST_F(CatalogOperation, ACreateWhoseAnswerWasLostIsTakenBackToo) {
  fail_at("create", trino_failure(Kind::unreachable, "reset"), true);
  ASSERT_FALSE(create());
  EXPECT_THAT(operation()->undone, ElementsAre("create_in_trino", "write_secrets", "reserve_name"));
  EXPECT_EQ(operation()->steps[5].status, OperationStep::Status::failed);
  expect_nothing_left();
}

TEST_F(CatalogOperation, ARefusedSignInIsUndoneInReverse) {
  fail_at("run", trino_failure(Kind::statement, "FATAL: password authentication failed for user \"reader\"",
                               "JDBC_ERROR"));
  ASSERT_FALSE(create());
  EXPECT_THAT(not_passed(), ElementsAre("tls skipped", "reserve_name undone", "write_secrets undone",
                                        "create_in_trino undone", "sign_in failed", "metadata not_run",
                                        "mark_ready not_run"));
  const auto all = events();
  EXPECT_THAT(
      (std::vector<std::string>(all.end() - 4, all.end())),
      ElementsAre("sign_in failed", "create_in_trino undone", "write_secrets undone", "reserve_name undone"));
  EXPECT_EQ(operation()->problem->reason, "auth_refused");
  EXPECT_THAT(operation()->left, IsEmpty());
}

TEST_F(CatalogOperation, ARecordThatCannotBeClosedIsUndone) {
  const auto before = store.writes();
  ASSERT_TRUE(create());
  const auto writes = store.writes() - before;
  ASSERT_TRUE(service->remove("client-pg-01", std::nullopt, alice()));
  // The very last write files the first check; the one before closes the record, later ones would undo it.
  store.fail_writes_from(writes - 1);
  ASSERT_FALSE(create());
  EXPECT_EQ(operation()->steps.back().status, OperationStep::Status::failed);
  EXPECT_THAT(operation()->undone, IsEmpty());
  EXPECT_THAT(operation()->left,
              ElementsAre("the catalog client-pg-01 in Trino", "its secret values in the memory",
                          "the record, which keeps the name client-pg-01 in use"));
}

TEST_F(CatalogOperation, WhatCouldNotBeUndoneIsNamedUntilItIs) {
  bool down = false;
  trino.on_call = [&](std::string_view call, std::string_view) -> std::optional<Fault> {
    if (call == "run") down = true;
    return down ? std::optional(Fault{trino_failure(Kind::unreachable, "refused"), false}) : std::nullopt;
  };
  ASSERT_FALSE(create());
  EXPECT_THAT(operation()->undone, IsEmpty());
  EXPECT_THAT(operation()->left,
              ElementsAre("the catalog client-pg-01 in Trino", "its secret values in the memory",
                          "the record, which keeps the name client-pg-01 in use"));
  EXPECT_THAT(operation()->problem->message, HasSubstr("goes on by itself"));
  trino.on_call = nullptr;
  tick();
  EXPECT_THAT(operation()->left, IsEmpty());
  expect_nothing_left();
}

TEST_F(CatalogOperation, SecretsThatCannotBeRemovedAreNamed) {
  secrets.fail_remove = true;
  fail_at("create", trino_failure(Kind::statement, "Invalid configuration"));
  ASSERT_FALSE(create());
  EXPECT_THAT(operation()->left, ElementsAre("its secret values in the memory",
                                             "the record, which keeps the name client-pg-01 in use"));
}

TEST_F(CatalogOperation, ATrialComesBeforeTheReservation) {
  trino.available.push_back("cassandra");
  restart_product();
  tick();
  auto asked = request();
  asked.connector = "cassandra";
  asked.properties = {{"cassandra.contact-points", "db"},
                      {"cassandra.load-policy.dc-aware.local-dc", "dc1"},
                      {"cassandra.username", "reader"},
                      {"cassandra.security", "PASSWORD"}};
  asked.credentials.clear();
  asked.credentials["cassandra.password"] = Secret("s3cret-value");
  const auto created = create(asked);
  ASSERT_TRUE(created) << created.error().message
                       << (created.error().violations.empty() ? "" : created.error().violations[0].field);
  std::vector<std::string> ids;
  for (const auto& step : operation()->steps) ids.push_back(step.id);
  EXPECT_THAT(ids, ElementsAre("dns", "tcp", "tls", "sign_in", "metadata", "reserve_name", "write_secrets",
                               "create_in_trino", "mark_ready"));
  for (const auto& step : operation()->steps)
    EXPECT_NE(step.status, OperationStep::Status::not_run) << step.id;
}

TEST_F(CatalogOperation, WhatIsRefusedAtOnceIsNoOperation) {
  ASSERT_TRUE(create());
  last_operation.clear();
  const auto taken = create();
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().reason, "name_taken");
  EXPECT_THAT(last_operation, IsEmpty());
  EXPECT_EQ(audit.events.back().event, "CATALOG_CREATE_FAILED");
  EXPECT_EQ(audit.events.back().code, "name_taken");
}

TEST_F(CatalogOperation, AnAdmittedNameIsTakenUntilItsRunHasEnded) {
  auto admitted = service->admit_registration(request(), {}, alice());
  ASSERT_TRUE(admitted);
  EXPECT_EQ(create().error().reason, "name_taken");
  EXPECT_EQ(coordination->operations.running_for("client-pg-01")->user, "alice");
  ASSERT_TRUE(service->run_registration(std::move(*admitted), alice()));
  EXPECT_EQ(coordination->operations.running_for("client-pg-01"), nullptr);
}

// The reconciler looks after a name now and then.
TEST_F(CatalogOperation, ANameThatIsHeldForAMomentIsWaitedFor) {
  auto held = std::make_optional(coordination->names.try_hold(*CatalogName::parse("client-pg-01")));
  std::jthread releases([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    held.reset();
  });
  const auto created = create();
  EXPECT_TRUE(created) << created.error().message;
}

TEST_F(CatalogOperation, ARemovalIsOneToo) {
  ASSERT_TRUE(create());
  secrets.fail_remove = true;
  const auto removed = service->remove("client-pg-01", std::nullopt, alice());
  ASSERT_FALSE(removed);
  EXPECT_THAT(removed.error().message, HasSubstr("Still there: its secret values in the memory, the record"));
  last_operation = store.open_operations()->front().id;
  EXPECT_EQ(operation()->kind, Operation::Kind::remove_catalog);
  EXPECT_THAT(events(), ElementsAre("drop_from_trino running", "drop_from_trino passed",
                                    "remove_secrets running", "remove_secrets failed"));
  EXPECT_THAT(operation()->left, ElementsAre("its secret values in the memory",
                                             "the record, which keeps the name client-pg-01 in use"));
  secrets.fail_remove = false;
  tick();
  EXPECT_THAT(operation()->left, IsEmpty());
  expect_nothing_left();
}

TEST_F(CatalogOperation, TheListingForgetsWhatWeDropped) {
  trino.put_foreign("analytics");
  ASSERT_TRUE(create());
  tick();
  ASSERT_NE(coordination->listing.get()->find("client-pg-01"), nullptr);
  EXPECT_EQ(coordination->listing.get()->find("analytics")->connector, "memory");
  ASSERT_TRUE(service->remove("client-pg-01", std::nullopt, alice()));
  EXPECT_EQ(coordination->listing.get()->find("client-pg-01"), nullptr);
  EXPECT_NE(coordination->listing.get()->find("analytics"), nullptr);
}

TEST(LatestListing, WhatIsDroppedWhileTrinoAnswersDoesNotComeBack) {
  LatestListing latest;
  latest.set(latest.begin_reading(), {{{"a", "memory"}, {"b", "memory"}}, 1});
  const auto reading = latest.begin_reading();
  latest.forget("a");
  latest.set(reading, {{{"a", "memory"}, {"b", "memory"}}, 2});
  EXPECT_EQ(latest.get()->find("a"), nullptr);
  EXPECT_NE(latest.get()->find("b"), nullptr);
  EXPECT_EQ(latest.get()->read_at, 2);
  latest.set(latest.begin_reading(), {{{"a", "memory"}}, 3});
  EXPECT_NE(latest.get()->find("a"), nullptr);
}

}  // namespace
}  // namespace akko
