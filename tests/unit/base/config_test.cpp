#include "base/config.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace akko {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Command = CommandLine::Command;

Environment complete() {
  return {{"HOME", "/home/alice"}, {"AKKO_TRINO_URL", "http://trino:8080"}, {"AKKO_DEV_ISSUER", "true"}};
}

Result<CommandLine> read(std::vector<const char*> arguments, const Environment& environment = complete()) {
  arguments.insert(arguments.begin(), "akko-catalog-manager");
  return read_command_line(static_cast<int>(arguments.size()), arguments.data(), environment);
}

Result<CommandLine> read_with(const std::string& name, const std::string& value) {
  auto environment = complete();
  environment[name] = value;
  return read({}, environment);
}

// "AKKO_LISTEN", … of every violation.
std::vector<std::string> fields(const Result<CommandLine>& line) {
  std::vector<std::string> names;
  if (line) return names;
  for (const auto& violation : line.error().violations) names.push_back(violation.field);
  return names;
}

TEST(ConfigTest, DefaultsOfTheTableAreThoseOfTheStruct) {
  const auto line = read({});
  ASSERT_TRUE(line) << line.error().message;
  const Config plain;
  const auto& config = line->config;
  EXPECT_EQ(line->command, Command::serve);
  EXPECT_EQ(config.listen_address, plain.listen_address);
  EXPECT_EQ(config.listen_port, plain.listen_port);
  EXPECT_EQ(config.io_threads, plain.io_threads);
  EXPECT_EQ(config.worker_threads, plain.worker_threads);
  EXPECT_EQ(config.drain, plain.drain);
  EXPECT_EQ(config.connectors_dir, plain.connectors_dir);
  EXPECT_EQ(config.trino_user, plain.trino_user);
  EXPECT_EQ(config.trino_ca_file, plain.trino_ca_file);
  EXPECT_EQ(config.allow_secrets_in_statements, plain.allow_secrets_in_statements);
  EXPECT_EQ(config.operation_deadline, plain.operation_deadline);
  EXPECT_EQ(config.reconcile_interval, plain.reconcile_interval);
  EXPECT_EQ(config.drift_check_interval, plain.drift_check_interval);
  EXPECT_EQ(config.probe_pool, plain.probe_pool);
  EXPECT_EQ(config.warm_up, plain.warm_up);
  EXPECT_EQ(config.network_checks, plain.network_checks);
  EXPECT_EQ(config.network_deny, plain.network_deny);
  EXPECT_EQ(config.network_allow, plain.network_allow);
  EXPECT_EQ(config.checks_per_minute, plain.checks_per_minute);
  EXPECT_EQ(config.health_interval, plain.health_interval);
  EXPECT_EQ(config.health_concurrency, plain.health_concurrency);
  EXPECT_EQ(config.health_slow, plain.health_slow);
  EXPECT_EQ(config.keycloak_client_id, plain.keycloak_client_id);
  EXPECT_EQ(config.oidc_audiences, plain.oidc_audiences);
  EXPECT_EQ(config.oidc_ca_file, plain.oidc_ca_file);
  EXPECT_EQ(config.admin_role, plain.admin_role);
  EXPECT_EQ(config.cockpit_client_id, plain.cockpit_client_id);
  EXPECT_EQ(config.clock_skew, plain.clock_skew);
  EXPECT_EQ(config.default_allow_roles, plain.default_allow_roles);
  EXPECT_EQ(config.log_level, plain.log_level);
  EXPECT_TRUE(config.dev_issuer);
  EXPECT_EQ(config.trino_url, "http://trino:8080");
  EXPECT_THAT(line->warnings, IsEmpty());
}

TEST(ConfigTest, FindsOutTheDirectories) {
  auto environment = complete();
  EXPECT_EQ(read({}, environment)->config.home, "/home/alice/.local/share/akko");
  environment["XDG_DATA_HOME"] = "/data";
  environment["XDG_RUNTIME_DIR"] = "/run/user/1000";
  EXPECT_EQ(read({}, environment)->config.home, "/data/akko");
  EXPECT_EQ(read({}, environment)->config.secrets_dir, "/run/user/1000/akko-secrets");
  environment["AKKO_HOME"] = "/var/lib/akko/";
  environment["AKKO_SECRETS_DIR"] = "/secrets/akko";
  EXPECT_EQ(read({}, environment)->config.home, "/var/lib/akko");
  EXPECT_EQ(read({}, environment)->config.secrets_dir, "/secrets/akko");
}

TEST(ConfigTest, HomeMustBeKnown) {
  auto environment = complete();
  environment.erase("HOME");
  EXPECT_THAT(fields(read({}, environment)), ElementsAre("AKKO_HOME"));
}

TEST(ConfigTest, FlagWinsOverVariable) {
  auto environment = complete();
  environment["AKKO_LISTEN"] = "127.0.0.1:1000";
  environment["AKKO_WARM_UP"] = "true";
  EXPECT_EQ(read({"--listen", "127.0.0.1:2000"}, environment)->config.listen_port, 2000);
  EXPECT_EQ(read({"--listen=127.0.0.1:2000", "serve"}, environment)->config.listen_port, 2000);
  EXPECT_EQ(read({"serve", "--listen", "127.0.0.1:2000"}, environment)->config.listen_port, 2000);
  EXPECT_EQ(
      read({"--listen", "127.0.0.1:2000", "--listen", "127.0.0.1:3000"}, environment)->config.listen_port,
      3000);
  EXPECT_FALSE(read({"--warm-up=false"}, environment)->config.warm_up);
  EXPECT_TRUE(
      read({"--allow-secrets-in-statements", "serve"}, environment)->config.allow_secrets_in_statements);
}

TEST(ConfigTest, EmptyVariableCountsAsNotSet) {
  EXPECT_EQ(read_with("AKKO_LISTEN", "")->config.listen_port, 8480);
  EXPECT_EQ(read_with("AKKO_OIDC_ISSUER", "")->config.oidc_issuer, "");
  EXPECT_THAT(fields(read({"--trino-user", ""})), ElementsAre("--trino-user"));
}

TEST(ConfigTest, ReadsListenAddresses) {
  EXPECT_EQ(read_with("AKKO_LISTEN", "[::1]:8480")->config.listen_address, "::1");
  EXPECT_EQ(read_with("AKKO_LISTEN", "localhost:0")->config.listen_address, "127.0.0.1");
  for (const auto* bad : {"8480", ":8480", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                          "::1:8480", "[127.0.0.1]:80", "example.org:80", "127.0.0.1:80x"}) {
    EXPECT_THAT(fields(read_with("AKKO_LISTEN", bad)), ElementsAre("AKKO_LISTEN")) << bad;
  }
}

TEST(ConfigTest, ReadsTrinoUrls) {
  EXPECT_EQ(read_with("AKKO_TRINO_URL", "https://trino.example:8443/")->config.trino_url,
            "https://trino.example:8443");
  EXPECT_EQ(read_with("AKKO_TRINO_URL", "http://[::1]:8080")->config.trino_url, "http://[::1]:8080");
  for (const auto* bad : {"trino:8080", "ftp://trino", "http://", "http:///x", "http://trino/ui",
                          "http://trino?x=1", "http://trino#x", "http://tri no", "jdbc:trino://x", "/v1"}) {
    EXPECT_THAT(fields(read_with("AKKO_TRINO_URL", bad)), ElementsAre("AKKO_TRINO_URL")) << bad;
  }
}

TEST(ConfigTest, NeverRepeatsAPasswordInAUrl) {
  const auto line = read_with("AKKO_TRINO_URL", "https://admin:s3cr3t-canary@trino:8443");
  ASSERT_FALSE(line);
  EXPECT_THAT(line.error().violations[0].message, HasSubstr("user name or password"));
  EXPECT_THAT(line.error().violations[0].message + line.error().message, Not(HasSubstr("s3cr3t")));
}

TEST(ConfigTest, ReadsDurationsInSeconds) {
  EXPECT_EQ(read_with("AKKO_OPERATION_DEADLINE_SECONDS", "2.5")->config.operation_deadline, 2500ms);
  EXPECT_EQ(read_with("AKKO_RECONCILE_INTERVAL_SECONDS", "0.25")->config.reconcile_interval, 250ms);
  EXPECT_EQ(read_with("AKKO_DRAIN_SECONDS", "0")->config.drain, 0s);
  EXPECT_THAT(fields(read_with("AKKO_DRAIN_SECONDS", "1.5")), ElementsAre("AKKO_DRAIN_SECONDS"));
  for (const auto* bad :
       {"0", "-1", "15s", "1e2", "nan", "inf", "0x10", " 5", "100000", "2.50001", "0.0000000001"}) {
    EXPECT_THAT(fields(read_with("AKKO_OPERATION_DEADLINE_SECONDS", bad)),
                ElementsAre("AKKO_OPERATION_DEADLINE_SECONDS"))
        << bad;
  }
}

TEST(ConfigTest, ReadsCountsSwitchesListsAndLevels) {
  EXPECT_EQ(read_with("AKKO_WORKER_THREADS", "8")->config.worker_threads, 8U);
  EXPECT_THAT(fields(read_with("AKKO_WORKER_THREADS", "0")), ElementsAre("AKKO_WORKER_THREADS"));
  EXPECT_THAT(fields(read_with("AKKO_IO_THREADS", "99999999999999999999")), ElementsAre("AKKO_IO_THREADS"));
  EXPECT_FALSE(read_with("AKKO_WARM_UP", "0")->config.warm_up);
  EXPECT_THAT(fields(read_with("AKKO_WARM_UP", "yes")), ElementsAre("AKKO_WARM_UP"));
  EXPECT_THAT(read_with("AKKO_OIDC_AUDIENCE", "a, b,a")->config.oidc_audiences, ElementsAre("a", "b"));
  EXPECT_THAT(fields(read_with("AKKO_DEFAULT_ALLOW_ROLES", "a,,b")), ElementsAre("AKKO_DEFAULT_ALLOW_ROLES"));
  EXPECT_EQ(read_with("AKKO_LOG_LEVEL", "debug")->config.log_level, log::Level::debug);
  EXPECT_THAT(fields(read_with("AKKO_LOG_LEVEL", "verbose")), ElementsAre("AKKO_LOG_LEVEL"));
}

TEST(ConfigTest, ReadsTheRulesOfNetworkChecks) {
  EXPECT_FALSE(read_with("AKKO_NETWORK_CHECKS", "off")->config.network_checks);
  EXPECT_TRUE(read_with("AKKO_NETWORK_CHECKS", "on")->config.network_checks);
  EXPECT_FALSE(read({"--network-checks=off"})->config.network_checks);
  EXPECT_THAT(read_with("AKKO_NETWORK_DENY", "10.0.0.0/8, fd00::1")->config.network_deny,
              ElementsAre(*IpRange::parse("10.0.0.0/8"), *IpRange::parse("fd00::1/128")));
  EXPECT_THAT(read_with("AKKO_NETWORK_ALLOW", "10.20.0.0/16")->config.network_allow,
              ElementsAre(*IpRange::parse("10.20.0.0/16")));
  EXPECT_EQ(read_with("AKKO_CHECKS_PER_MINUTE", "5")->config.checks_per_minute, 5U);
  for (const auto* bad : {"0", "10001", "x"}) {
    EXPECT_THAT(fields(read_with("AKKO_CHECKS_PER_MINUTE", bad)), ElementsAre("AKKO_CHECKS_PER_MINUTE"));
  }
}

TEST(ConfigTest, SaysWhatIsWrongWithAnAddressRange) {
  for (const auto* name : {"AKKO_NETWORK_DENY", "AKKO_NETWORK_ALLOW"}) {
    const auto line = read_with(name, "10.0.0.0/8,10.0.0.0/33");
    ASSERT_THAT(fields(line), ElementsAre(name));
    EXPECT_EQ(line.error().violations[0].message,
              "must be a list of address ranges: 10.0.0.0/33 must end in a prefix length from 0 to 32");
    EXPECT_THAT(fields(read_with(name, "10.0.0.0/8,,::1")), ElementsAre(name));
  }
}

TEST(ConfigTest, RefusesControlCharactersAndRelativePaths) {
  EXPECT_THAT(fields(read_with("AKKO_TRINO_USER", "a\r\nX-Evil: 1")), ElementsAre("AKKO_TRINO_USER"));
  EXPECT_THAT(fields(read_with("AKKO_SECRETS_DIR", "secrets")), ElementsAre("AKKO_SECRETS_DIR"));
  EXPECT_THAT(fields(read_with("AKKO_TRINO_CA_FILE", "/no/such/file.pem")),
              ElementsAre("AKKO_TRINO_CA_FILE"));
}

TEST(ConfigTest, ExactlyOneIssuer) {
  auto environment = complete();
  environment["AKKO_OIDC_ISSUER"] = "https://keycloak.example/realms/akko/";
  EXPECT_THAT(fields(read({}, environment)), ElementsAre("AKKO_OIDC_ISSUER"));
  environment["AKKO_DEV_ISSUER"] = "false";
  // Kept to the letter: `iss` in the tokens must equal it.
  EXPECT_EQ(read({}, environment)->config.oidc_issuer, "https://keycloak.example/realms/akko/");
  environment.erase("AKKO_OIDC_ISSUER");
  EXPECT_THAT(fields(read({}, environment)), ElementsAre("AKKO_OIDC_ISSUER"));
}

TEST(ConfigTest, ReadsTheSettingsOfHealth) {
  EXPECT_EQ(read_with("AKKO_HEALTH_INTERVAL_SECONDS", "0.4")->config.health_interval, 400ms);
  EXPECT_EQ(read_with("AKKO_HEALTH_INTERVAL_SECONDS", "0")->config.health_interval, 0ms);
  EXPECT_EQ(read_with("AKKO_HEALTH_SLOW_MS", "150")->config.health_slow, 150ms);
  EXPECT_EQ(read_with("AKKO_HEALTH_CONCURRENCY", "9")->config.health_concurrency, 9U);
  for (const auto& [name, value] : std::map<std::string, std::string>{{"AKKO_HEALTH_INTERVAL_SECONDS", "-1"},
                                                                      {"AKKO_HEALTH_SLOW_MS", "0"},
                                                                      {"AKKO_HEALTH_CONCURRENCY", "0"}}) {
    EXPECT_THAT(fields(read_with(name, value)), ElementsAre(name));
  }
}

TEST(ConfigTest, TheSecretOfKeycloakIsNoArgument) {
  EXPECT_FALSE(read({"--keycloak-client-secret", "s3cret"}));
  auto environment = complete();
  environment["AKKO_KEYCLOAK_CLIENT_SECRET"] = "s3cret";
  EXPECT_THAT(fields(read({}, environment)), ElementsAre("AKKO_KEYCLOAK_CLIENT_SECRET_FILE"));  // whose?
  environment["AKKO_KEYCLOAK_CLIENT_ID"] = "akko-catalog-manager";
  const auto line = read({}, environment);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->config.keycloak_client_secret.reveal(), "s3cret");
  EXPECT_THAT(line->warnings, IsEmpty());
  environment.erase("AKKO_KEYCLOAK_CLIENT_SECRET");
  EXPECT_THAT(fields(read({}, environment)), ElementsAre("AKKO_KEYCLOAK_CLIENT_SECRET_FILE"));

  const auto file = testing::TempDir() + "keycloak-secret";
  std::ofstream(file) << "from-a-file\nrest\n";
  environment["AKKO_KEYCLOAK_CLIENT_SECRET_FILE"] = file;
  EXPECT_EQ(read({}, environment)->config.keycloak_client_secret.reveal(), "from-a-file");
  std::ofstream(file) << "";
  EXPECT_THAT(fields(read({}, environment)), ElementsAre("AKKO_KEYCLOAK_CLIENT_SECRET_FILE"));
  environment["AKKO_KEYCLOAK_CLIENT_SECRET_FILE"] = "/no/such/file";
  EXPECT_THAT(fields(read({}, environment)), ElementsAre("AKKO_KEYCLOAK_CLIENT_SECRET_FILE"));
}

TEST(ConfigTest, DevIssuerOnLoopbackOnly) {
  for (const auto* open : {"0.0.0.0:8480", "[::]:8480", "10.0.0.1:8480"}) {
    EXPECT_THAT(fields(read_with("AKKO_LISTEN", open)), ElementsAre("AKKO_DEV_ISSUER")) << open;
  }
  EXPECT_TRUE(read_with("AKKO_LISTEN", "127.1.2.3:8480"));
  EXPECT_TRUE(read_with("AKKO_LISTEN", "[::1]:8480"));
}

TEST(ConfigTest, TellsEveryViolationAtOnce) {
  const auto line =
      read({"--log-level", "loud"}, {{"AKKO_LISTEN", "x"}, {"AKKO_PROBE_POOL", "0"}, {"AKKO_HOME", "/h"}});
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().reason, "bad_config");
  EXPECT_THAT(fields(line), ElementsAre("AKKO_LISTEN", "AKKO_PROBE_POOL", "--log-level", "AKKO_TRINO_URL",
                                        "AKKO_OIDC_ISSUER"));
}

TEST(ConfigTest, WarnsOfLikelyTypos) {
  auto environment = complete();
  environment["AKKO_LISTN"] = "127.0.0.1:1";
  environment["AKKO_PORT"] = "8480";                              // of ./run
  environment["AKKO_TRINO_PORT"] = "8481";                        // of ./run
  environment["AKKO_OPA_SERVICE_HOST"] = "10.0.0.1";              // of Kubernetes
  environment["AKKO_OPA_PORT_8181_TCP"] = "tcp://10.0.0.1:8181";  // of Kubernetes
  const auto line = read({}, environment);
  ASSERT_TRUE(line);
  EXPECT_THAT(line->warnings, ElementsAre(HasSubstr("AKKO_LISTN")));
}

TEST(ConfigTest, ReadsTheTokenCommand) {
  const auto line = read(
      {"token", "--user", "alice", "--roles", "akko-admin,akko-analyst", "--ttl", "60", "--home", "/h"}, {});
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_EQ(line->command, Command::token);
  EXPECT_EQ(line->token.user, "alice");
  EXPECT_THAT(line->token.roles, ElementsAre("akko-admin", "akko-analyst"));
  EXPECT_EQ(line->token.lifetime, 60s);
  EXPECT_EQ(line->config.home, "/h");
  const auto brief = read({"token", "--user", "bob"});
  EXPECT_THAT(brief->token.roles, ElementsAre("akko-admin"));
  EXPECT_EQ(brief->token.lifetime, 3600s);
  EXPECT_THAT(fields(read({"token", "--user", "", "--ttl", "0", "--roles", ","})),
              ElementsAre("--user", "--roles", "--ttl"));
}

TEST(ConfigTest, RefusesWhatIsNoCommandLine) {
  for (const auto& arguments : std::vector<std::vector<const char*>>{
           {"--no-such-flag"}, {"dance"}, {"token"}, {"--listen"}, {"serve", "token", "--user", "x"}}) {
    const auto line = read(arguments);
    ASSERT_FALSE(line);
    EXPECT_EQ(line.error().reason, "bad_command_line");
  }
}

TEST(ConfigTest, HelpNamesEverySettingWithVariableAndDefault) {
  for (const auto* flag : {"--help", "-h"}) {
    const auto line = read({flag}, {});
    ASSERT_TRUE(line);
    EXPECT_EQ(line->command, Command::help);
    EXPECT_THAT(line->text, HasSubstr("[AKKO_LISTEN, default 127.0.0.1:8480]"));
    EXPECT_THAT(line->text, HasSubstr("--operation-deadline-seconds SECONDS"));
    EXPECT_THAT(line->text, HasSubstr("[AKKO_OIDC_ISSUER]"));
    EXPECT_THAT(line->text, HasSubstr("--user NAME"));
  }
}

TEST(ConfigTest, TellsTheVersion) {
  const auto line = read({"--version"}, {});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->command, Command::version);
  EXPECT_THAT(line->text, testing::StartsWith("akko-catalog-manager "));
}

TEST(ConfigTest, KnowsLoopbackAddresses) {
  for (const auto* address : {"127.0.0.1", "127.255.0.9", "::1"})
    EXPECT_TRUE(is_loopback(address)) << address;
  for (const auto* address :
       {"128.0.0.1", "0.0.0.0", "::", "::2", "localhost", "", "127.0.0.1.example.org"}) {
    EXPECT_FALSE(is_loopback(address)) << address;
  }
}

}  // namespace
}  // namespace akko
