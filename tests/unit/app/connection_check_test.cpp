#include "app/connection_check.hpp"

#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/use_case_fixture.hpp"

namespace akko {
namespace {

using namespace std::chrono_literals;
using fakes::FakeNetwork;
using fakes::trino_failure;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Status = StepReport::Status;

class ConnectionCheck : public testing::Test {
 protected:
  static const ConnectorRegistry& connectors() {
    static const ConnectorRegistry registry = fakes::connectors_of_the_product();
    return registry;
  }

  static NetworkTarget target(std::vector<Url::Host> hosts) {
    NetworkTarget out;
    out.hosts = std::move(hosts);
    return out;
  }
  static NetworkTarget tls_target(std::vector<Url::Host> hosts, bool verify = true) {
    auto out = target(std::move(hosts));
    out.tls = true;
    out.verify = verify;
    return out;
  }

  std::optional<Diagnosis> check(const std::vector<NetworkTarget>& targets,
                                 NetworkPart part = NetworkPart::checked) {
    const DiagnosisContext texts{
        .definition = *connectors().find("kafka"), .host = "first", .port = "1", .user = {}, .database = {}};
    return check_network(network, targets, part, texts, {"op", Deadline::after(deadline), stop.get_token()},
                         progress);
  }

  const StepReport& step(CheckStep wanted) const {
    return progress.steps()[static_cast<std::size_t>(wanted)];
  }
  // "passed", "passed", "skipped", …
  std::vector<std::string> statuses() const {
    std::vector<std::string> out;
    for (const auto& report : progress.steps()) out.emplace_back(to_string(report.status));
    return out;
  }

  FakeNetwork network;
  std::stop_source stop;
  std::chrono::milliseconds deadline = 5s;
  std::vector<std::string> seen;  // by the observer
  CheckProgress progress{[this](const StepReport& report) {
    seen.push_back(std::string(to_string(report.step)) + " " + std::string(to_string(report.status)));
  }};
};

TEST_F(ConnectionCheck, GoesStepByStep) {
  EXPECT_FALSE(check({tls_target({{"db.example", 5432}})}));
  EXPECT_THAT(network.calls(), ElementsAre("resolve db.example", "connect 10.0.0.1:5432",
                                           "handshake db.example 10.0.0.1:5432"));
  EXPECT_THAT(statuses(), ElementsAre("passed", "passed", "passed", "not_run", "not_run"));
  EXPECT_EQ(step(CheckStep::dns).message, "db.example is 10.0.0.1");
  EXPECT_EQ(step(CheckStep::tcp).message, "db.example:5432 accepts connections");
  EXPECT_EQ(step(CheckStep::dns).facts,
            (Facts{{"resolves_to", {{"host", "db.example"}, {"addresses", "10.0.0.1"}}}}));
  EXPECT_EQ(step(CheckStep::tcp).facts, (Facts{{"accepts_connections", {{"host", "db.example:5432"}}}}));
  EXPECT_EQ(step(CheckStep::tls).message,
            "db.example:5432 speaks TLSv1.3, certificate valid until 2099-12-31");
  EXPECT_THAT(seen, ElementsAre("dns running", "dns passed", "tcp running", "tcp passed", "tls running",
                                "tls passed"));
  for (const auto& report : progress.steps())
    EXPECT_EQ(ran_from(report.step), report.step < CheckStep::sign_in ? "manager" : "trino");
}

TEST_F(ConnectionCheck, TheFirstFailureEndsIt) {
  network.on_resolve("gone.example", FakeNetwork::failure("dns_not_found"));
  const auto diagnosis = check({target({{"gone.example", 1}})});
  ASSERT_TRUE(diagnosis);
  EXPECT_EQ(diagnosis->code, "dns_not_found");
  EXPECT_THAT(statuses(), ElementsAre("failed", "not_run", "not_run", "not_run", "not_run"));
  EXPECT_THAT(network.calls(), ElementsAre("resolve gone.example"));
  EXPECT_THAT(seen, ElementsAre("dns running", "dns failed"));
  EXPECT_EQ(step(CheckStep::dns).code, "dns_not_found");
  EXPECT_THAT(step(CheckStep::dns).message, HasSubstr("gone.example"));
  EXPECT_FALSE(step(CheckStep::dns).fix.empty());
}

TEST_F(ConnectionCheck, ARefusedPortIsNamed) {
  network.on_connect(5432, FakeNetwork::failure("tcp_refused", "10.0.0.1"));
  const auto diagnosis = check({tls_target({{"db.example", 5432}})});
  ASSERT_TRUE(diagnosis);
  EXPECT_EQ(diagnosis->message, "db.example refused port 5432.");
  EXPECT_THAT(statuses(), ElementsAre("passed", "failed", "not_run", "not_run", "not_run"));
}

TEST_F(ConnectionCheck, OneOfSeveralHostsIsEnough) {
  network.on_resolve("a", FakeNetwork::failure("dns_not_found"));
  network.on_connect(2, FakeNetwork::failure("tcp_refused"));
  EXPECT_FALSE(check({tls_target({{"a", 1}, {"b", 2}, {"c", 3}})}));
  EXPECT_THAT(network.calls(), ElementsAre("resolve a", "resolve b", "resolve c", "connect 10.0.0.1:2",
                                           "connect 10.0.0.1:3", "handshake c 10.0.0.1:3"));
  EXPECT_EQ(step(CheckStep::tcp).message, "c:3 accepts connections");
}

TEST_F(ConnectionCheck, OneHostWithTlsIsEnough) {
  network.on_handshake("a", FakeNetwork::failure("tls_name", "other.example", kCertificateOfOther));
  EXPECT_FALSE(check({tls_target({{"a", 1}, {"b", 2}})}));
  EXPECT_THAT(step(CheckStep::tls).message, HasSubstr("b:2 speaks TLSv1.3"));
}

TEST_F(ConnectionCheck, EachTargetNeedsOne) {
  network.on_connect(2, FakeNetwork::failure("tcp_refused"));
  const auto diagnosis = check({target({{"a", 1}}), target({{"b", 2}})});
  ASSERT_TRUE(diagnosis);
  EXPECT_EQ(diagnosis->message, "b refused port 2.");
}

TEST_F(ConnectionCheck, TheFirstFailureOfATargetIsTold) {
  network.on_connect(1, FakeNetwork::failure("tcp_refused"));
  network.on_connect(2, FakeNetwork::failure("tcp_timeout"));
  const auto diagnosis = check({target({{"a", 1}, {"b", 2}})});
  ASSERT_TRUE(diagnosis);
  EXPECT_EQ(diagnosis->code, "tcp_refused");
}

TEST_F(ConnectionCheck, SaysTheGreetingWhereThereIsOne) {
  auto kafka = target({{"a", 9092}});
  kafka.greeting = Greeting{"hello", "yes"};
  EXPECT_FALSE(check({kafka}));
  EXPECT_THAT(network.calls(), ElementsAre("resolve a", "greet 10.0.0.1:9092"));
  EXPECT_EQ(step(CheckStep::tcp).message, "a:9092 answers as Kafka does");
  EXPECT_EQ(step(CheckStep::tcp).facts.front(),
            (Fact{"answers_as", {{"host", "a:9092"}, {"title", "Kafka"}}}));
}

TEST_F(ConnectionCheck, AHostThatFailsItsGreetingIsOneThatFails) {
  network.on_connect(1, FakeNetwork::failure("timeout"));
  auto kafka = target({{"a", 1}, {"b", 2}});
  kafka.greeting = Greeting{"hello", "yes"};
  EXPECT_FALSE(check({kafka}));
}

// Trino's client might take that one first, and what it would do there the greeting is to prevent.
TEST_F(ConnectionCheck, AnotherServiceIsNotMadeUpForByTheNextHost) {
  network.on_connect(2, FakeNetwork::failure("wrong_service"));
  auto kafka = target({{"a", 1}, {"b", 2}});
  kafka.greeting = Greeting{"hello", "yes"};
  const auto diagnosis = check({kafka});
  ASSERT_TRUE(diagnosis);
  EXPECT_EQ(diagnosis->message, "What answers at b:2 does not speak Kafka.");
}

TEST_F(ConnectionCheck, TlsIsTriedOnlyWhereTheDefinitionSays) {
  EXPECT_FALSE(check({target({{"db", 1}})}));
  EXPECT_EQ(step(CheckStep::tls).status, Status::skipped);
  EXPECT_EQ(step(CheckStep::tls).message, "these properties do not ask for TLS");
  EXPECT_EQ(step(CheckStep::tls).facts, (Facts{{"tls_not_asked"}}));
  EXPECT_THAT(seen, testing::Contains("tls skipped"));
}

TEST_F(ConnectionCheck, SkipsAHandshakeThatItCannotDo) {
  auto inside = tls_target({{"db", 1}});
  inside.tls_unknown = "TLS begins inside the protocol";
  EXPECT_FALSE(check({inside}));
  EXPECT_EQ(step(CheckStep::tls).message, "TLS begins inside the protocol");
  EXPECT_EQ(step(CheckStep::tcp).status, Status::passed);
}

TEST_F(ConnectionCheck, SkipsAConnectThatDoesHarm) {
  auto counting = tls_target({{"db", 1}});
  counting.tcp_unknown = "it counts";
  counting.tls_unknown = "inside";
  EXPECT_FALSE(check({counting}));
  EXPECT_THAT(network.calls(), ElementsAre("resolve db"));
  EXPECT_THAT(statuses(), ElementsAre("passed", "skipped", "skipped", "not_run", "not_run"));
  EXPECT_EQ(step(CheckStep::tcp).message, "it counts");
  EXPECT_EQ(step(CheckStep::tls).message, "inside");
}

TEST_F(ConnectionCheck, AnUnknownTargetSkipsAll) {
  auto unknown = target({{"cluster.example", 0}});
  unknown.unknown = "the name stands for several servers";
  EXPECT_FALSE(check({unknown}));
  EXPECT_THAT(network.calls(), IsEmpty());
  EXPECT_THAT(statuses(), ElementsAre("skipped", "skipped", "skipped", "not_run", "not_run"));
  EXPECT_EQ(step(CheckStep::tls).message, "the name stands for several servers");
}

TEST_F(ConnectionCheck, SkipsAllForAReason) {
  EXPECT_FALSE(check({target({{"db", 1}})}, NetworkPart::switched_off));
  EXPECT_THAT(network.calls(), IsEmpty());
  EXPECT_THAT(step(CheckStep::dns).message, HasSubstr("AKKO_NETWORK_CHECKS"));
  EXPECT_EQ(step(CheckStep::dns).facts, (Facts{{"network_checks_off"}}));
  EXPECT_FALSE(check({}));
  EXPECT_THAT(step(CheckStep::dns).message, HasSubstr("names no address"));
}

TEST_F(ConnectionCheck, AnAuthorityThatIsNotKnownHerePassesWithARemark) {
  network.on_handshake("db", Network::TlsReport{"TLSv1.2", false, "Customer CA", "2030-01-02"});
  EXPECT_FALSE(check({tls_target({{"db", 1}})}));
  EXPECT_EQ(step(CheckStep::tls).status, Status::passed);
  EXPECT_THAT(step(CheckStep::tls).message,
              AllOf(HasSubstr("Customer CA"), HasSubstr("trust store of Trino's Java")));
  EXPECT_FALSE(check({tls_target({{"db", 1}}, false)}));
  EXPECT_EQ(step(CheckStep::tls).message, "db:1 speaks TLSv1.2, certificate valid until 2030-01-02");
}

TEST_F(ConnectionCheck, ACertificateForAnotherNameFails) {
  network.on_handshake("db", FakeNetwork::failure("tls_name", "other.example", kCertificateOfOther));
  const auto diagnosis = check({tls_target({{"db", 1}})});
  ASSERT_TRUE(diagnosis);
  EXPECT_EQ(diagnosis->message, "The certificate of db is for another name: other.example.");
  EXPECT_EQ(step(CheckStep::tls).code, "tls_name");
  EXPECT_EQ(step(CheckStep::tls).facts.front().message, kCertificateOfOther);
}

TEST_F(ConnectionCheck, PassesOnWhatTheHandshakeNeeds) {
  auto postgres = tls_target({{"db", 1}}, false);
  postgres.tls_start = {"ask", "S"};
  EXPECT_FALSE(check({postgres}));
  ASSERT_EQ(network.tls_requests().size(), 1U);
  EXPECT_EQ(network.tls_requests()[0].start.send, "ask");
  EXPECT_EQ(network.tls_requests()[0].start.expect, "S");
  EXPECT_FALSE(network.tls_requests()[0].verify);
}

TEST_F(ConnectionCheck, AStopEndsIt) {
  network.hang("connect");
  std::jthread stopper([this] {
    std::this_thread::sleep_for(50ms);
    stop.request_stop();
  });
  const auto diagnosis = check({target({{"a", 1}, {"b", 2}})});
  ASSERT_TRUE(diagnosis);
  EXPECT_EQ(diagnosis->code, "cancelled");
  EXPECT_EQ(network.calls().size(), 3U) << "b is not tried any more";
}

TEST_F(ConnectionCheck, TellsHowLongAStepTook) {
  deadline = 100ms;
  network.hang("connect");
  const auto diagnosis = check({target({{"a", 1}})});
  ASSERT_TRUE(diagnosis);
  EXPECT_EQ(diagnosis->code, "tcp_timeout");
  EXPECT_GE(step(CheckStep::tcp).took, 90ms);
  EXPECT_LT(step(CheckStep::dns).took, 90ms);
  EXPECT_EQ(step(CheckStep::sign_in).took, 0ms);
}

TEST_F(ConnectionCheck, DeadHostsLeaveTimeForOthersAndForTrino) {
  deadline = 400ms;
  network.hang("connect");
  EXPECT_TRUE(check({target({{"a", 1}, {"b", 2}, {"c", 3}})}));
  EXPECT_EQ(network.calls().size(), 6U);
  EXPECT_LT(step(CheckStep::tcp).took, 350ms);
}

// ---- in Trino

class Probing : public ConnectionCheck {
 protected:
  TrinoResult<void> run(const std::vector<ProbeRun>& runs) {
    progress.begin(CheckStep::sign_in);
    return run_probe(trino, runs, {"op", Deadline::after(5s), {}}, progress);
  }
  fakes::FakeTrino trino;
};

TEST_F(Probing, CountsTheRowsWithoutInformationSchema) {
  trino.rows = {{"information_schema"}, {"shop"}, {"hr"}, {}};
  EXPECT_TRUE(run({{CheckStep::sign_in, "SHOW SCHEMAS", "schemas"}}));
  EXPECT_THAT(statuses(), ElementsAre("not_run", "not_run", "not_run", "passed", "passed"));
  EXPECT_EQ(step(CheckStep::metadata).message, "3 schemas visible");
  EXPECT_EQ(step(CheckStep::metadata).facts, (Facts{{"visible", {{"count", "3"}, {"what", "schemas"}}}}));
  EXPECT_THAT(seen, ElementsAre("sign_in running", "sign_in passed", "metadata running", "metadata passed"));
}

TEST_F(Probing, SaysWhereNothingIsVisible) {
  trino.rows = {{"information_schema"}};
  EXPECT_TRUE(run({{CheckStep::sign_in, "SHOW SCHEMAS", "schemas"}}));
  EXPECT_THAT(step(CheckStep::metadata).message, HasSubstr("no schemas visible"));
  EXPECT_EQ(step(CheckStep::metadata).facts, (Facts{{"nothing_visible", {{"what", "schemas"}}}}));
}

TEST_F(Probing, AStatementOfItsOwnForTheMetadata) {
  EXPECT_TRUE(run({{CheckStep::sign_in, "one", "schemas"}, {CheckStep::metadata, "two", ""}}));
  EXPECT_THAT(trino.calls(), ElementsAre("run one", "run two"));
  EXPECT_EQ(step(CheckStep::metadata).message, "1 schemas visible");
}

TEST_F(Probing, AFailureIsFiledUnderTheStepItBelongsTo) {
  progress.begin(CheckStep::sign_in);
  progress.fail_in_trino({.code = "auth_refused", .message = "m", .fix = "f", .raw = {}});
  EXPECT_THAT(statuses(), ElementsAre("not_run", "not_run", "not_run", "failed", "not_run"));
  for (const auto* code : {"permission", "database_not_found"}) {
    seen.clear();
    progress.begin(CheckStep::sign_in);
    progress.fail_in_trino({.code = code, .message = "m", .fix = "f", .raw = {}});
    EXPECT_EQ(step(CheckStep::sign_in).status, Status::passed);
    EXPECT_EQ(step(CheckStep::metadata).code, code);
    EXPECT_THAT(seen,
                ElementsAre("sign_in running", "sign_in passed", "metadata running", "metadata failed"));
  }
}

}  // namespace
}  // namespace akko
