#include "domain/diagnosis.hpp"

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "connectors.hpp"

namespace akko {
namespace {

namespace json = boost::json;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::string text_of(const json::value& value) {
  const auto& text = value.as_string();
  return {text.data(), text.size()};
}

// tests/golden/diagnosis/<connector>.json: failures recorded on real servers.
struct Recorded {
  std::string connector;
  json::object content;

  std::string name() const { return connector + "_" + text_of(content.at("name")); }
  friend void PrintTo(const Recorded& recorded, std::ostream* out) { *out << recorded.name(); }
};

std::vector<Recorded> recorded_cases() {
  std::vector<Recorded> out;
  for (const auto& definition : test::connectors().all()) {
    const auto file =
        json::parse(test::read_file(test::source("tests/golden/diagnosis/" + definition->id() + ".json")));
    for (const auto& one : file.at("cases").as_array()) out.push_back({definition->id(), one.as_object()});
  }
  return out;
}

TrinoFailure failure_of(const json::value& value) {
  TrinoFailure failure;
  failure.error_name = text_of(value.at("error_name"));
  failure.error_type = text_of(value.at("error_type"));
  for (const auto& cause : value.at("causes").as_array()) {
    failure.causes.push_back({text_of(cause.at("type")), text_of(cause.at("message"))});
  }
  failure.message = failure.causes.front().message;
  return failure;
}

class RecordedFailure : public testing::TestWithParam<Recorded> {};

TEST_P(RecordedFailure, IsOfTheClassAndSaysSo) {
  const auto& [connector, content] = GetParam();
  const auto& definition = test::connector(connector);
  RawValues given;
  for (const auto& [name, value] : content.at("properties").as_object())
    given.properties[std::string(name)] = text_of(value);
  if (const auto* credentials = content.if_contains("credentials")) {
    for (const auto& [name, value] : credentials->as_object())
      given.secrets[std::string(name)] = Secret(text_of(value));
  }
  const auto endpoint = definition.endpoint(given);
  const auto diagnosis =
      diagnose(failure_of(content.at("failure")),
               {.definition = definition,
                .step = content.at("step") == "create" ? TestStep::create : TestStep::probe,
                .host = endpoint.host,
                .port = endpoint.port,
                .user = endpoint.user,
                .database = endpoint.database,
                .deadline = std::chrono::seconds(15)},
               Scrubber());
  EXPECT_EQ(diagnosis.code, text_of(content.at("expect").at("code")));
  EXPECT_EQ(diagnosis.message, text_of(content.at("expect").at("message")));
  EXPECT_THAT(diagnosis_codes(), Contains(diagnosis.code));
  EXPECT_FALSE(diagnosis.fix.empty());
  EXPECT_FALSE(diagnosis.raw.empty());
}

INSTANTIATE_TEST_SUITE_P(Golden, RecordedFailure, testing::ValuesIn(recorded_cases()),
                         [](const auto& param) { return param.param.name(); });

// ---------------------------------------------------------------- what cannot be recorded everywhere

DiagnosisContext context(TestStep step = TestStep::probe) {
  return {.definition = test::connector("postgresql"),
          .step = step,
          .host = "db.example",
          .port = "5432",
          .user = "alice",
          .database = "sales",
          .deadline = std::chrono::milliseconds(15000)};
}

TrinoFailure statement(std::vector<FailureCause> causes, std::string error_name = "GENERIC_INTERNAL_ERROR") {
  TrinoFailure failure;
  failure.message = causes.empty() ? "" : causes.front().message;
  failure.error_name = std::move(error_name);
  failure.causes = std::move(causes);
  return failure;
}

std::string code_of(const TrinoFailure& failure) { return diagnose(failure, context(), Scrubber()).code; }

TEST(Diagnosis, KnowsTheTextsOfTheJdk) {
  const std::vector<std::pair<FailureCause, std::string>> table = {
      {{"java.net.UnknownHostException", "db.example: Temporary failure in name resolution"},
       "dns_not_found"},
      {{"java.net.UnknownHostException", "Failed to resolve 'db.example' [A(1)] after 2 queries"},
       "dns_not_found"},
      {{"java.nio.channels.UnresolvedAddressException", ""}, "dns_not_found"},
      {{"java.net.NoRouteToHostException", "No route to host"}, "tcp_unreachable"},
      {{"java.net.ConnectException", "Network is unreachable"}, "tcp_unreachable"},
      {{"java.net.ConnectException", "Connection timed out"}, "tcp_timeout"},
      {{"java.net.http.HttpConnectTimeoutException", "HTTP connect timed out"}, "tcp_timeout"},
      {{"java.net.SocketTimeoutException", "connect timed out"}, "tcp_timeout"},
      {{"java.net.ConnectException", "Connection refused (Connection refused)"}, "tcp_refused"},
      {{"java.util.concurrent.TimeoutException", ""}, "timeout"},
      {{"java.security.cert.CertificateNotYetValidException", "NotBefore: Mon Jan 01 00:00:00 UTC 2035"},
       "tls_expired"},
      {{"java.security.cert.CertificateException",
        "No subject alternative DNS name matching db.example found."},
       "tls_name"},
      {{"java.security.cert.CertificateException", "No name matching db.example found"}, "tls_name"},
      {{"javax.net.ssl.SSLException", "Unrecognized SSL message, plaintext connection?"}, "tls_none"},
      {{"javax.net.ssl.SSLException", "Unsupported or unrecognized SSL message"}, "tls_none"},
      {{"javax.net.ssl.SSLHandshakeException", "Received fatal alert: handshake_failure"}, "tls_failed"},
      {{"java.io.EOFException", "SSL peer shut down incorrectly"}, "tls_failed"},
      {{"java.net.SocketException", "Broken pipe"}, "connection_closed"},
  };
  for (const auto& [cause, code] : table) {
    EXPECT_EQ(code_of(statement({{"io.trino.spi.TrinoException", "The connection attempt failed."}, cause},
                                "JDBC_ERROR")),
              code)
        << cause.type << ": " << cause.message;
  }
}

TEST(Diagnosis, KnowsTheTextsOfTrino) {
  const std::vector<std::pair<TrinoFailure, std::string>> table = {
      {statement({{"java.lang.RuntimeException",
                   "AKKO secret not found: client-pg-01/connection-password.7 (source: directory /s). Is it "
                   "there?"}}),
       "secret_not_found"},
      {statement({{"io.airlift.bootstrap.ApplicationConfigurationException",
                   "Configuration errors:\n\n1) Error: AKKO secret is not readable: a/b.1 (source: directory "
                   "/s)"}}),
       "secret_not_found"},
      {statement({{"java.lang.IllegalStateException",
                   "Connector 'x' requires additional JVM argument(s). Please add '--add-opens=a=b'"}}),
       "trino_setup"},
      {statement(
           {{"io.trino.spi.TrinoException", "CREATE CATALOG is not supported by the static catalog store"}},
           "NOT_SUPPORTED"),
       "trino_setup"},
      {statement({{"io.trino.spi.TrinoException", "Catalog store is read only"}}, "NOT_SUPPORTED"),
       "trino_setup"},
      {statement({{"io.trino.spi.TrinoException", "Error loading catalogs on worker: x"}},
                 "REMOTE_TASK_ERROR"),
       "trino_worker"},
      {statement({{"io.trino.spi.security.AccessDeniedException", "Access Denied: Cannot create catalog x"}},
                 "PERMISSION_DENIED"),
       "trino_denied"},
      {statement({{"io.trino.spi.TrinoException", "Catalog 'x' already exists"}}, "ALREADY_EXISTS"),
       "trino_duplicate"},
      {statement({{"io.trino.spi.TrinoException", "Query exceeded the maximum run time limit of 15.00s"}},
                 "EXCEEDED_TIME_LIMIT"),
       "timeout"},
      {statement({{"io.trino.spi.TrinoException", "Query was canceled"}}, "USER_CANCELED"), "cancelled"},
      {statement({{"io.trino.spi.TrinoException", "Trino server is still initializing"}},
                 "SERVER_STARTING_UP"),
       "trino_unavailable"},
      {statement({{"java.lang.NullPointerException", ""}}), "trino_rejected"},
      {statement({}), "trino_rejected"},
  };
  for (const auto& [failure, code] : table) EXPECT_EQ(code_of(failure), code) << failure.message;
}

TEST(Diagnosis, KnowsEveryKindOfFailure) {
  const auto of_kind = [](TrinoFailure::Kind kind, TestStep step = TestStep::probe) {
    TrinoFailure failure;
    failure.kind = kind;
    failure.message = "words of the transport";
    return diagnose(failure, context(step), Scrubber());
  };
  EXPECT_EQ(of_kind(TrinoFailure::Kind::unreachable).code, "trino_unavailable");
  EXPECT_TRUE(of_kind(TrinoFailure::Kind::unreachable).retryable);
  EXPECT_EQ(of_kind(TrinoFailure::Kind::refused).code, "trino_denied");
  EXPECT_EQ(of_kind(TrinoFailure::Kind::cancelled).code, "cancelled");
  EXPECT_EQ(of_kind(TrinoFailure::Kind::protocol).code, "internal");
  EXPECT_EQ(of_kind(TrinoFailure::Kind::protocol).raw, "words of the transport");
  EXPECT_EQ(of_kind(TrinoFailure::Kind::deadline).message, "db.example:5432 did not answer within 15 s.");
  EXPECT_THAT(of_kind(TrinoFailure::Kind::deadline, TestStep::create).message,
              HasSubstr("did not create the catalog within 15 s"));
}

TEST(Diagnosis, TheDeepestCauseThatARuleKnowsDecides) {
  const auto diagnosis =
      diagnose(statement({{"io.trino.spi.TrinoException", "FATAL: database \"sales\" does not exist"},
                          {"java.net.ConnectException", "Connection refused"},
                          {"java.lang.Error", "of no meaning"}}),
               context(), Scrubber());
  EXPECT_EQ(diagnosis.code, "tcp_refused");
  EXPECT_EQ(diagnosis.message, "db.example refused port 5432.");
  EXPECT_EQ(diagnosis.raw,
            "io.trino.spi.TrinoException: FATAL: database \"sales\" does not exist · caused by "
            "java.net.ConnectException: "
            "Connection refused · caused by java.lang.Error: of no meaning");
}

TEST(Diagnosis, MissingComesBeforeNotUsedAndNothingTwice) {
  const auto diagnosis = diagnose(
      statement({{"io.airlift.bootstrap.ApplicationConfigurationException",
                  "Configuration errors:\n\n"
                  "1) Error: Configuration property 'a' was not used\n\n"
                  "2) Error: Configuration property 'a' was not used\n\n"
                  "3) Error: Invalid configuration property b.c: must not be null (for class C.b)\n\n"
                  "3 errors"}}),
      context(TestStep::create), Scrubber());
  EXPECT_EQ(
      diagnosis.message,
      "These properties are not accepted: b.c: must not be null; Configuration property 'a' was not used");
}

TEST(Diagnosis, ScrubsForeignWordsEverywhere) {
  Scrubber scrubber;
  scrubber.add(Secret("hunter2hunter2"));
  for (const std::string message :
       {"database \"hunter2hunter2\" does not exist", "nobody knows hunter2hunter2",
        "Configuration errors:\n\n1) Error: Invalid value 'hunter2hunter2'"}) {
    const auto diagnosis = diagnose(statement({{"x.Y", message}}), context(), scrubber);
    for (const auto& text : {diagnosis.message, diagnosis.fix, diagnosis.raw})
      EXPECT_THAT(text, Not(HasSubstr("hunter2")));
    EXPECT_THAT(diagnosis.message, HasSubstr("***"));
  }
}

// A password can be a word of the driver, and can hold the character at which a pattern ends.
TEST(Diagnosis, ScrubsBeforeItCutsAndClassifiesBeforeItScrubs) {
  Scrubber words;
  words.add(Secret("password"));
  const auto refused =
      diagnose(statement({{"x.Y", "password authentication failed for user \"alice\""}}), context(), words);
  EXPECT_EQ(refused.code, "auth_refused");
  EXPECT_THAT(refused.raw, HasSubstr("*** authentication failed"));

  Scrubber brackets;
  brackets.add(Secret("hunter]2222"));
  const auto cut =
      diagnose(statement({{"x.Y", "No factory for connector 'z'. Available factories: [hunter]2222]"}}),
               context(), brackets);
  EXPECT_EQ(cut.code, "plugin_missing");
  EXPECT_THAT(cut.fix, HasSubstr("This Trino has: ***."));
  EXPECT_THAT(cut.raw, Not(HasSubstr("hunter")));
}

TEST(Diagnosis, BoundsWhatItRepeats) {
  const auto diagnosis = diagnose(statement({{"x.Y", std::string(1'000'000, 'z')}}), context(), Scrubber());
  EXPECT_LE(diagnosis.raw.size(), 2048U);
  EXPECT_LE(diagnosis.message.size(), 500U);
}

TEST(Diagnosis, HasTextsWithoutKnowingTheEndpoint) {
  const DiagnosisContext nothing{
      .definition = test::connector("postgresql"), .host = {}, .port = {}, .user = {}, .database = {}};
  const auto diagnosis = diagnose(statement({{"java.net.UnknownHostException", ""}}), nothing, Scrubber());
  EXPECT_EQ(diagnosis.message, "the server is not known to the name service of Trino.");
}

TEST(Diagnosis, TellsWhichSentencesItTookThatAreNotOfTheClass) {
  const auto of_class = diagnose(statement({{"x.Y", "Connection refused"}}), context(), Scrubber());
  EXPECT_EQ(of_class.fact.code, "tcp_refused");
  EXPECT_EQ(of_class.fact.values.at("port"), "5432");
  EXPECT_EQ(of_class.fact.message, "");
  EXPECT_EQ(of_class.fact.fix, "");

  const auto of_rule =
      diagnose(statement({{"x.Y", "database \"nix\" does not exist"}}), context(), Scrubber());
  EXPECT_EQ(of_rule.fact.message, "There is no database {1} at {host}.");
  EXPECT_EQ(of_rule.fact.values.at("detail"), "nix");
  EXPECT_EQ(of_rule.message, "There is no database nix at db.example.");
  EXPECT_EQ(of_rule.fact.fix, "");

  const auto of_hint = diagnose(statement({{"x.Y", "permission denied for schema"}}), context(), Scrubber());
  EXPECT_EQ(of_hint.fact.fix, test::connector("postgresql").hints().at("permission").fix);

  const auto ours = diagnose_network("tcp_timeout", "", "", context());
  EXPECT_EQ(ours.fact.message, "");
  EXPECT_THAT(ours.fact.fix, HasSubstr("{host}:{port}"));
  EXPECT_THAT(ours.fact.fix, HasSubstr("AKKO_NETWORK_CHECKS=off"));
  EXPECT_THAT(general_sentences(), Contains(ours.fact.fix));
}

TEST(Diagnosis, WhatItSaysInGeneralIsSaidInFrenchToo) {
  const auto words =
      read_translations({{"fr.json", test::read_file(test::source("connectors/locales/fr.json"))}});
  ASSERT_TRUE(words) << words.error().message;
  const auto sentences = general_sentences();
  EXPECT_GT(sentences.size(), 10U);
  for (const auto& sentence : sentences) {
    EXPECT_TRUE(placeholders_are_known(sentence)) << sentence;
    EXPECT_TRUE(words->contains(sentence)) << sentence;
  }
}

TEST(Diagnosis, ClassesAreUniqueAndPlaceholdersChecked) {
  const auto& codes = diagnosis_codes();
  EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), codes.size());
  EXPECT_TRUE(placeholders_are_known("{title} {host} {port} {user} {database} {seconds} {from} {1}"));
  EXPECT_FALSE(placeholders_are_known("{hots}"));
  EXPECT_FALSE(placeholders_are_known("{2}"));
}

}  // namespace
}  // namespace akko
