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
      auto admitted = service->admit_registration(request(), {}, alice());
      if (!admitted && admitted.error().reason == "name_taken") ++taken;
      if (admitted && service->run_registration(std::move(*admitted), alice())) ++won;
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

// ---- the check of a connection

class CheckedConnection : public CatalogServiceTest {
 protected:
  static std::vector<std::string> statuses(const std::vector<StepReport>& reports) {
    std::vector<std::string> out;
    for (const auto& report : reports) out.emplace_back(to_string(report.status));
    return out;
  }
  // Calls that change something in Trino or ask the source.
  std::vector<std::string> calls_that_matter() const {
    std::vector<std::string> out;
    for (const auto& call : trino.calls()) {
      const bool matters =
          call.starts_with("create ") || call.starts_with("run ") || call.starts_with("drop ");
      if (matters) out.push_back(call);
    }
    return out;
  }
  static CatalogRequest form_request(std::string connector, std::map<std::string, std::string> fields) {
    CatalogRequest asked;
    asked.name = "client-form-01";
    asked.connector = std::move(connector);
    asked.by_form = true;
    for (auto& [key, value] : fields) asked.field_texts[key] = Secret(std::move(value));
    return asked;
  }
  static CatalogRequest kafka_request() {
    return form_request("kafka", {{"brokers", "kafka.example:9092"},
                                  {"security", "SASL_PLAINTEXT"},
                                  {"user", "reader"},
                                  {"password", "s3cret-value"},
                                  {"topics", "shop.orders"}});
  }
  // As after the start of a Trino that has all connectors.
  void with_connectors(std::vector<std::string> names) {
    trino.available = std::move(names);
    trino.restart();
    tick();
  }
};

TEST_F(CheckedConnection, AFailureInTheNetworkReachesNeitherTrinoNorTheRecord) {
  network.on_connect(5432, fakes::FakeNetwork::failure("tcp_refused", "10.0.0.1"));
  const auto writes = store.writes();
  const auto revision = *store.next_secret_revision();
  const auto before = calls_that_matter().size();
  const auto created = create();
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().reason, "tcp_refused");
  EXPECT_EQ(created.error().code, ErrorCode::failed_precondition);
  EXPECT_EQ(statuses(steps), (std::vector<std::string>{"passed", "failed", "not_run", "not_run", "not_run"}));
  EXPECT_EQ(store.writes(), writes);
  EXPECT_EQ(*store.next_secret_revision(), revision + 1) << "not even a revision was taken";
  EXPECT_EQ(calls_that_matter().size(), before);
  expect_nothing_left();

  const auto report = test();
  ASSERT_TRUE(report);
  ASSERT_TRUE(report->diagnosis);
  EXPECT_EQ(report->diagnosis->code, "tcp_refused");
  EXPECT_EQ(statuses(report->steps), statuses(steps));
  EXPECT_EQ(calls_that_matter().size(), before);
}

TEST_F(CheckedConnection, ATakenNameIsToldBeforeAnyKnock) {
  ASSERT_TRUE(create());
  const auto knocks = network.calls().size();
  network.on_connect(5432, fakes::FakeNetwork::failure("tcp_refused"));
  const auto again = create();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, "name_taken");
  EXPECT_EQ(network.calls().size(), knocks);
  EXPECT_TRUE(steps.empty());
}

TEST_F(CheckedConnection, WhoAsksTooOftenIsToldToWait) {
  RateLimiter strict(2);
  service.emplace(ServiceSettings{std::chrono::seconds(5), true, {"akko-admin"}, false},
                  CatalogService::Ports{store, secrets, trino, network, audit, metrics, clock, strict},
                  registry, *coordination, *saga);
  EXPECT_TRUE(test());
  EXPECT_TRUE(create());
  const auto knocks = network.calls().size();
  for (const auto& refused : {test().error(), create(request("other")).error()}) {
    EXPECT_EQ(refused.reason, "too_many_checks");
    EXPECT_EQ(refused.code, ErrorCode::resource_exhausted);
    EXPECT_FALSE(refused.fix.empty());
  }
  EXPECT_EQ(network.calls().size(), knocks);
  auto bad = request();
  bad.properties["nonsense"] = "1";
  EXPECT_EQ(test(bad).error().reason, "invalid_request") << "a wrong request costs nothing";
  EXPECT_EQ(audit.events.back().code, "invalid_request");
}

TEST_F(CheckedConnection, ACancelledTestLeavesNothing) {
  ASSERT_TRUE(test());  // the names of the pool are clean
  while (auto dirty = coordination->probes.lease_dirty()) dirty->clean();
  std::stop_source stop;
  trino.on_call = [&](std::string_view call, std::string_view) -> std::optional<Fault> {
    if (call != "run") return std::nullopt;
    EXPECT_FALSE(secrets.kept.empty());
    stop.request_stop();
    return Fault{trino_failure(Kind::cancelled, "cancelled"), false};
  };
  const auto report = test(request(), {}, stop.get_token());
  ASSERT_TRUE(report);
  ASSERT_TRUE(report->diagnosis);
  EXPECT_EQ(report->diagnosis->code, "cancelled");
  EXPECT_TRUE(calls_that_matter().back().starts_with("drop akko-probe-"));
  expect_nothing_left();
  EXPECT_FALSE(coordination->probes.lease_dirty()) << "the name needs no sweep";
}

TEST_F(CheckedConnection, AStopBeforeTrinoIsAskedReachesNothing) {
  network.hang("connect");
  std::stop_source stop;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop.request_stop();
  });
  const auto before = calls_that_matter().size();
  const auto report = test(request(), {}, stop.get_token());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->diagnosis->code, "cancelled");
  EXPECT_EQ(calls_that_matter().size(), before);
}

TEST_F(CheckedConnection, WhatIsSaidAfterSignInCountsForTheMetadata) {
  const std::pair<std::string, std::string> cases[] = {
      {"org.postgresql.util.PSQLException: FATAL: database \"sales\" does not exist", "database_not_found"},
      {"org.postgresql.util.PSQLException: ERROR: permission denied for schema shop", "permission"}};
  for (const auto& [words, code] : cases) {
    fail_once("run", {trino_failure(Kind::statement, words, "JDBC_ERROR"), false});
    std::vector<std::string> seen;
    const auto report = test(request(), [&](const StepReport& step) {
      seen.push_back(std::string(to_string(step.step)) + " " + std::string(to_string(step.status)));
    });
    ASSERT_TRUE(report);
    ASSERT_TRUE(report->diagnosis) << code;
    EXPECT_EQ(report->diagnosis->code, code);
    EXPECT_EQ(report->steps.at(3).status, StepReport::Status::passed) << code;
    EXPECT_EQ(report->steps.at(4).code, code);
    EXPECT_EQ(seen.at(seen.size() - 2), "metadata running");
    EXPECT_EQ(seen.back(), "metadata failed");
    fail_once("run", {trino_failure(Kind::statement, words, "JDBC_ERROR"), false});
    EXPECT_FALSE(create());
    EXPECT_EQ(steps.at(4).code, code);
  }
}

TEST_F(CheckedConnection, SaysHowManySchemasThereAre) {
  trino.rows = {{"information_schema"}, {"shop"}, {"hr"}};
  const auto report = test();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->steps.at(4).message, "2 schemas visible");
  for (const auto& step : report->steps) EXPECT_NE(step.status, StepReport::Status::not_run);
}

TEST_F(CheckedConnection, AMySqlServerIsNotKnockedAt) {
  auto asked = request();
  asked.connector = "mysql";
  asked.properties = {{"connection-url", "jdbc:mysql://db:3306"}, {"connection-user", "u"}};
  const auto report = test(asked);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(network.calls(), std::vector<std::string>{"resolve db"});
  EXPECT_EQ(report->steps.at(1).status, StepReport::Status::skipped);
  EXPECT_NE(report->steps.at(1).message.find("max_connect_errors"), std::string::npos);
}

// Its client would take the words of another service for the length of a message, and ask for as much memory.
TEST_F(CheckedConnection, AKafkaBrokerIsGreetedBeforeTrinoMeetsIt) {
  with_connectors({"kafka"});
  network.on_connect(9092, fakes::FakeNetwork::failure("wrong_service"));
  const auto before = calls_that_matter().size();
  const auto report = test(kafka_request());
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_TRUE(report->diagnosis);
  EXPECT_EQ(report->diagnosis->code, "wrong_service");
  EXPECT_EQ(network.calls().back(), "greet 10.0.0.1:9092");
  EXPECT_EQ(calls_that_matter().size(), before);
  auto encrypted = kafka_request();
  encrypted.field_texts["security"] = Secret("SASL_SSL");
  ASSERT_TRUE(test(encrypted));
  EXPECT_EQ(network.calls().back(), "connect 10.0.0.1:9092") << "the greeting is for plain connections";
}

TEST_F(CheckedConnection, AFileOfSecretsIsHandedOverByItsPath) {
  with_connectors({"kafka"});
  const auto created = create(kafka_request());
  ASSERT_TRUE(created) << created.error().message;
  const auto spec = trino.find("client-form-01");
  ASSERT_TRUE(spec);
  EXPECT_EQ(
      spec->properties.at("kafka.config.resources"),
      "${akko:path:client-form-01/kafka.config.resources." + std::to_string(created->secret_revision) + "}");
  const auto file =
      std::string(secrets.kept.at("client-form-01").second.at("kafka.config.resources").reveal());
  EXPECT_NE(file.find("s3cret-value"), std::string::npos);
  for (const auto& [name, value] : spec->properties)
    EXPECT_EQ(value.find("s3cret-value"), std::string::npos) << name;
  const auto values = service->form_values(*created);
  ASSERT_TRUE(values);
  EXPECT_EQ(values->text("user"), "reader");
  EXPECT_TRUE(values->secrets.empty());
}

TEST_F(CheckedConnection, AFileOfSecretsNeedsThePluginWhateverTheOperatorAllows) {
  trino.has_provider = false;
  restart_product(true);
  with_connectors({"kafka", "postgresql"});
  ASSERT_TRUE(create()) << "a plain secret may be sent";
  const auto created = create(kafka_request());
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().reason, "secrets_plugin_missing");
  EXPECT_FALSE(trino.names().contains("client-form-01"));
  EXPECT_EQ(test(kafka_request()).error().reason, "secrets_plugin_missing");
}

TEST_F(CheckedConnection, AConstantOfAUrlIsAddedToARawOne) {
  with_connectors({"snowflake"});
  auto asked = form_request("snowflake", {});
  asked.by_form = false;
  asked.properties = {{"connection-url", "jdbc:snowflake://acme-x1.snowflakecomputing.com"},
                      {"connection-user", "reader"},
                      {"snowflake.account", "acme-x1"},
                      {"snowflake.database", "SALES"},
                      {"snowflake.warehouse", "WH"},
                      {"snowflake.role", "READER"}};
  asked.credentials["connection-password"] = Secret("s3cret-value");
  const auto created = create(asked);
  ASSERT_TRUE(created) << created.error().message
                       << (created.error().violations.empty()
                               ? ""
                               : ": " + created.error().violations.front().field);
  const auto url = trino.find("client-form-01")->properties.at("connection-url");
  EXPECT_NE(url.find("enablePutGet=false"), std::string::npos) << url;
  EXPECT_EQ(created->spec.properties.at("connection-url"), asked.properties.at("connection-url"))
      << "the record keeps what was given";
  asked.name = "client-form-02";
  asked.properties["connection-url"] += "?enablePutGet=true";
  EXPECT_EQ(create(asked).error().reason, "invalid_request");
}

// Without the form, Kafka's file would be missing and with it what keeps Trino safe.
TEST_F(CheckedConnection, PropertiesThatNoFormYieldsAreRefusedWhereTheFormWritesAFile) {
  with_connectors({"kafka"});
  auto asked = form_request("kafka", {});
  asked.by_form = false;
  asked.properties = {{"kafka.nodes", "kafka.example:9092"}, {"kafka.table-names", "shop.orders"}};
  asked.credentials["kafka.config.resources"] =
      Secret("security.protocol=PLAINTEXT\nssl.keystore.location=/etc/x\n");
  const auto created = create(asked);
  ASSERT_FALSE(created);
  ASSERT_EQ(created.error().violations.size(), 1U);
  EXPECT_EQ(created.error().violations.front().code, "template");
  expect_nothing_left();
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
