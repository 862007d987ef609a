#include "app/catalog_service.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "fakes/use_case_fixture.hpp"

namespace akko {
namespace {

using fakes::trino_failure;
using Fault = fakes::FakeTrino::Fault;
using Kind = TrinoFailure::Kind;

class CatalogServiceTest : public fakes::UseCases {
 protected:
  CatalogServiceTest() { tick(); }

  // Fails the first call of that kind.
  void fail_once(std::string call, Fault fault) {
    trino.on_call = [call = std::move(call), fault = std::move(fault), done = false](
                        std::string_view asked, std::string_view) mutable -> std::optional<Fault> {
      if (done || asked != call) return std::nullopt;
      done = true;
      return fault;
    };
  }
};

TEST_F(CatalogServiceTest, RegistersWithReferencesOnly) {
  const auto created = create();
  ASSERT_TRUE(created) << created.error().message;
  expect_registered("client-pg-01");
  EXPECT_EQ(created->spec.allow_roles, std::vector<std::string>{"akko-admin"});
  EXPECT_EQ(created->health.health, Health::healthy);
  EXPECT_EQ(created->created_by, "alice");
  const auto spec = trino.find("client-pg-01");
  ASSERT_TRUE(spec);
  for (const auto& [key, value] : spec->properties)
    EXPECT_EQ(value.find("s3cret-value"), std::string::npos) << key;
  EXPECT_EQ(spec->properties.at("connection-password"),
            "${akko:client-pg-01/connection-password." + std::to_string(created->secret_revision) + "}");
}

TEST_F(CatalogServiceTest, TellsAllViolationsAtOnceAndChangesNothing) {
  auto bad = request("Client_1");
  bad.connector = "postgresql";
  bad.properties = {{"nonsense", "1"}};
  bad.allow_roles.emplace();
  bad.description = std::string("a\x01");
  const auto created = create(bad);
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, ErrorCode::invalid_argument);
  std::set<std::string> fields;
  for (const auto& violation : created.error().violations) fields.insert(violation.field);
  for (const auto* field :
       {"name", "description", "allow_roles", "properties.nonsense", "properties.connection-url"}) {
    EXPECT_TRUE(fields.contains(field)) << field;
  }
  expect_nothing_left();
}

TEST_F(CatalogServiceTest, FailureAtEachCallLeavesNothing) {
  const std::vector<std::pair<std::string, Fault>> faults = {
      {"create", {trino_failure(Kind::statement, "Invalid value"), false}},
      {"create", {trino_failure(Kind::deadline, "deadline"), false}},
      {"create", {trino_failure(Kind::deadline, "deadline"), true}},
      {"create", {trino_failure(Kind::unreachable, "reset"), true}},
      {"create", {trino_failure(Kind::protocol, "garbage"), true}},
      {"run",
       {trino_failure(Kind::statement, "password authentication failed for user \"reader\"", "JDBC_ERROR"),
        false}},
      {"run", {trino_failure(Kind::deadline, "deadline"), false}},
      {"run", {trino_failure(Kind::unreachable, "refused"), false}},
  };
  for (const auto& [call, fault] : faults) {
    fail_once(call, fault);
    const auto created = create();
    ASSERT_FALSE(created) << call << ": " << fault.failure.message;
    EXPECT_FALSE(created.error().reason.empty());
    expect_nothing_left();
  }
  trino.on_call = nullptr;
  secrets.fail_put = true;
  EXPECT_FALSE(create());
  secrets.fail_put = false;
  expect_nothing_left();
  ASSERT_TRUE(create());  // and the name is free
}

TEST_F(CatalogServiceTest, FailureOfTheStoreAtEachWriteLeavesNothingOrTheJournal) {
  const auto before = store.writes();
  ASSERT_TRUE(create());
  const auto writes = store.writes() - before;
  ASSERT_TRUE(service->remove("client-pg-01", std::nullopt, alice()));
  ASSERT_GE(writes, 3);
  for (int n = 1; n <= writes; ++n) {
    store.fail_writes_from(n);
    EXPECT_FALSE(create()) << "write " << n;
    store.fail_writes_from(0);
    restart_product();  // whatever could not be written is settled from the journal
    ASSERT_TRUE(reconciler->restore_secrets());
    tick();
    expect_nothing_left();
  }
}

TEST_F(CatalogServiceTest, AFailedTestIsClassifiedAndSaysSo) {
  auto failure = trino_failure(Kind::statement, "FATAL: password authentication failed for user \"reader\"",
                               "JDBC_ERROR");
  failure.causes = {
      {"io.trino.spi.TrinoException", "FATAL: password authentication failed for user \"reader\""},
      {"org.postgresql.util.PSQLException",
       "FATAL: password authentication failed for user \"reader\" s3cret-value"}};
  fail_once("run", {failure, false});
  const auto created = create();
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, ErrorCode::failed_precondition);
  EXPECT_EQ(created.error().reason, "auth_refused");
  EXPECT_TRUE(created.error().message.starts_with("connection test failed")) << created.error().message;
  EXPECT_FALSE(created.error().fix.empty());
  EXPECT_EQ(created.error().raw.find("s3cret-value"), std::string::npos);
}

TEST_F(CatalogServiceTest, NeverDropsACatalogThatIsNotOurs) {
  trino.put_foreign("client-pg-01");
  const auto created = create();
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().reason, "name_taken_in_trino");
  EXPECT_EQ(created.error().code, ErrorCode::already_exists);
  EXPECT_TRUE(trino.names().contains("client-pg-01"));
  // The answer to the CREATE is lost: only Trino's memory tells that it was refused.
  fail_once("create", {trino_failure(Kind::deadline, "deadline"), false});
  EXPECT_FALSE(create());
  EXPECT_TRUE(trino.names().contains("client-pg-01"));
  EXPECT_TRUE(store.snapshot()->catalogs.empty());
}

// The HTTP client sends a statement again when a kept connection breaks before the answer.
TEST_F(CatalogServiceTest, RecognisesItsOwnCatalogWhenTheCreateWasSentTwice) {
  fail_once("create", {trino_failure(Kind::statement, "Catalog already exists", "ALREADY_EXISTS"), true});
  ASSERT_TRUE(create());
  expect_registered("client-pg-01");
}

TEST_F(CatalogServiceTest, TwoAdminsOneName) {
  std::vector<std::jthread> admins;
  std::atomic<int> won = 0;
  std::atomic<int> taken = 0;
  for (int i = 0; i < 8; ++i) {
    admins.emplace_back([&] {
      const auto created = create();
      if (created) ++won;
      if (!created && created.error().reason == "name_taken") ++taken;
    });
  }
  admins.clear();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(taken, 7);
  expect_registered("client-pg-01");
}

TEST_F(CatalogServiceTest, UndoingGoesOnWhenTrinoCannotBeReached) {
  bool down = false;
  trino.on_call = [&](std::string_view call, std::string_view) -> std::optional<Fault> {
    if (call == "run") down = true;
    if (down) return Fault{trino_failure(Kind::unreachable, "refused"), false};
    return std::nullopt;
  };
  const auto created = create();
  ASSERT_FALSE(created);
  EXPECT_NE(created.error().message.find("goes on by itself"), std::string::npos);
  EXPECT_TRUE(trino.names().contains("client-pg-01"));
  EXPECT_EQ(store.open_operations()->size(), 1U);
  trino.on_call = nullptr;
  tick();
  expect_nothing_left();
}

TEST_F(CatalogServiceTest, ATestLeavesNothingWhateverHappens) {
  auto report = test(request(""));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_FALSE(report->diagnosis);
  EXPECT_FALSE(report->proves.empty());
  expect_nothing_left();
  for (const auto* call : {"create", "run"}) {
    fail_once(call, {trino_failure(Kind::statement, "java.net.UnknownHostException: db"), false});
    report = test(request());
    ASSERT_TRUE(report);
    ASSERT_TRUE(report->diagnosis) << call;
    expect_nothing_left();
  }
  fail_once("create", {trino_failure(Kind::deadline, "deadline"), true});
  report = test(request());
  ASSERT_TRUE(report->diagnosis);
  EXPECT_EQ(report->diagnosis->code, "timeout");
  expect_nothing_left();
}

TEST_F(CatalogServiceTest, RemovesEverything) {
  ASSERT_TRUE(create());
  ASSERT_TRUE(service->remove("client-pg-01", std::nullopt, alice()));
  expect_nothing_left();
  const auto again = service->remove("client-pg-01", std::nullopt, alice());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::not_found);
}

TEST_F(CatalogServiceTest, ARemovalThatTrinoRefusesChangesNothing) {
  ASSERT_TRUE(create());
  fail_once("drop", {trino_failure(Kind::unreachable, "refused"), false});
  ASSERT_FALSE(service->remove("client-pg-01", std::nullopt, alice()));
  expect_registered("client-pg-01");
}

TEST_F(CatalogServiceTest, ARemovalIsFinishedLaterWhenOnlyTheRestFailed) {
  ASSERT_TRUE(create());
  secrets.fail_remove = true;
  const auto removed = service->remove("client-pg-01", std::nullopt, alice());
  ASSERT_FALSE(removed);
  EXPECT_FALSE(trino.names().contains("client-pg-01"));
  secrets.fail_remove = false;
  tick();
  expect_nothing_left();
}

TEST_F(CatalogServiceTest, RemovalHonoursTheRevisionThatWasSeen) {
  const auto created = create();
  ASSERT_TRUE(created);
  const auto refused = service->remove("client-pg-01", created->revision + 1, alice());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::aborted);
  expect_registered("client-pg-01");
  EXPECT_TRUE(service->remove("client-pg-01", created->revision, alice()));
}

TEST_F(CatalogServiceTest, WithoutTheProviderItRefusesUnlessTheOperatorOptedIn) {
  trino.has_provider = false;
  trino.restart();
  tick();
  auto created = create();
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().reason, "secrets_plugin_missing");
  EXPECT_FALSE(created.error().fix.empty());
  expect_nothing_left();
  restart_product(true);
  tick();
  created = create();
  ASSERT_TRUE(created) << created.error().message;
  EXPECT_EQ(trino.find("client-pg-01")->properties.at("connection-password"), "s3cret-value");
}

TEST_F(CatalogServiceTest, RefusesAtOnceWhatThisTrinoCannotDo) {
  trino.available = {"postgresql"};
  trino.restart();
  tick();
  auto asked = request();
  asked.connector = "mysql";
  asked.properties = {{"connection-url", "jdbc:mysql://db:3306"}, {"connection-user", "u"}};
  const auto created = create(asked);
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().reason, "plugin_missing");
  trino.on_call = [](std::string_view, std::string_view) {
    return std::optional(Fault{trino_failure(Kind::unreachable, "connection refused"), false});
  };
  tick();
  const auto down = create();
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().reason, "trino_unavailable");
  EXPECT_EQ(down.error().code, ErrorCode::unavailable);
}

TEST_F(CatalogServiceTest, AuditsEveryAttempt) {
  ASSERT_TRUE(create());
  ASSERT_FALSE(create());
  ASSERT_TRUE(test(request("other")));
  ASSERT_TRUE(service->remove("client-pg-01", std::nullopt, alice()));
  ASSERT_FALSE(service->remove("client-pg-01", std::nullopt, alice()));
  std::vector<std::string> events;
  for (const auto& event : audit.events) events.push_back(event.event + " " + event.result);
  EXPECT_EQ(events, (std::vector<std::string>{"CATALOG_CREATED success", "CATALOG_CREATE_FAILED failed",
                                              "CATALOG_TESTED success", "CATALOG_DELETED success",
                                              "CATALOG_DELETE_FAILED failed"}));
  EXPECT_EQ(audit.events.front().user, "alice");
  EXPECT_EQ(audit.events.front().allow_roles, std::vector<std::string>{"akko-admin"});
}

}  // namespace
}  // namespace akko
