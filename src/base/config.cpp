#include "base/config.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/config_values.hpp"
#include "base/version.hpp"

namespace akko {
namespace {

using namespace config;  // the readers of config_values.hpp

// One row per setting: the flag, which also names the variable (--trino-url, AKKO_TRINO_URL), what its
// value looks like ("" = a switch), the default as text ("" = none; "$…" = found out, see below), and how
// a value is taken.
struct Setting {
  std::string_view flag;
  std::string_view unit;
  std::string_view initial;
  std::string_view help;
  Complaint (*take)(std::string_view text, Config& config);
};

constexpr std::string_view kHomeDefault = "$XDG_DATA_HOME/akko or ~/.local/share/akko";
constexpr std::string_view kSecretsDefault = "$XDG_RUNTIME_DIR/akko-secrets or /dev/shm/akko-secrets-<uid>";

constexpr std::array kSettings = {
    Setting{"listen", "HOST:PORT", "127.0.0.1:8480",
            "Where to listen: IP address and port ([::1]:8480 for IPv6)",
            [](std::string_view text, Config& c) { return take_listen(text, c); }},
    Setting{"home", "DIRECTORY", kHomeDefault, "State: database and keys; made with mode 0700",
            [](std::string_view text, Config& c) { return take_directory(text, c.home); }},
    Setting{"secrets-dir", "DIRECTORY", kSecretsDefault,
            "Where Trino's akko secret provider reads secret values; best on tmpfs; made with mode 0700",
            [](std::string_view text, Config& c) { return take_directory(text, c.secrets_dir); }},
    Setting{"connectors-dir", "DIRECTORY", "", "More connector definitions (*.json) beside the built-in ones",
            [](std::string_view text, Config& c) { return take_directory(text, c.connectors_dir); }},
    Setting{"trino-url", "URL", "", "The Trino coordinator, http or https; required",
            [](std::string_view text, Config& c) { return take_origin(text, c.trino_url); }},
    Setting{"trino-user", "NAME", "akko-catalog-manager", "User of our statements in Trino",
            [](std::string_view text, Config& c) { return take_text(text, c.trino_user); }},
    Setting{"trino-ca-file", "FILE", "",
            "CA certificates (PEM) for Trino over https; without it the system's",
            [](std::string_view text, Config& c) { return take_readable_file(text, c.trino_ca_file); }},
    Setting{
        "allow-secrets-in-statements", "", "false",
        "Send secret values in CREATE CATALOG to a Trino without the akko plugin; they show in its query "
        "list",
        [](std::string_view text, Config& c) { return take_switch(text, c.allow_secrets_in_statements); }},
    Setting{
        "operation-deadline-seconds", "SECONDS", "30",
        "Longest time for a removal; for a test or a registration too, where the connector would allow more",
        [](std::string_view text, Config& c) { return take_seconds(text, 0.1, 3600, c.operation_deadline); }},
    Setting{"reconcile-interval-seconds", "SECONDS", "1", "Time between two looks at whether Trino restarted",
            [](std::string_view text, Config& c) {
              return take_seconds(text, 0.05, 3600, c.reconcile_interval);
            }},
    Setting{"drift-check-seconds", "SECONDS", "30", "Time between two comparisons of record and Trino",
            [](std::string_view text, Config& c) {
              return take_seconds(text, 1, 86400, c.drift_check_interval);
            }},
    Setting{"probe-pool", "COUNT", "4", "Probe catalogs, so many connection tests run at once",
            [](std::string_view text, Config& c) { return take_number(text, 1U, 64U, c.probe_pool); }},
    Setting{"warm-up", "", "true",
            "Load each connector once after a start of Trino, so that no admin waits for it",
            [](std::string_view text, Config& c) { return take_switch(text, c.warm_up); }},
    Setting{"network-checks", "", "on",
            "Begin a connection test with name, port and TLS from the manager itself, before Trino is asked",
            [](std::string_view text, Config& c) { return take_switch(text, c.network_checks); }},
    Setting{
        "network-deny", "LIST", "",
        "Address ranges that the manager never connects to in a connection test, beside the built-in ones",
        [](std::string_view text, Config& c) { return take_ranges(text, c.network_deny); }},
    Setting{
        "network-allow", "LIST", "",
        "Address ranges that it may connect to although a denied range of equal or shorter prefix holds them",
        [](std::string_view text, Config& c) { return take_ranges(text, c.network_allow); }},
    Setting{
        "checks-per-minute", "COUNT", "60", "Connection tests that one user may start within a minute",
        [](std::string_view text, Config& c) { return take_number(text, 1U, 10000U, c.checks_per_minute); }},
    Setting{"io-threads", "COUNT", "2", "Threads that read and write connections",
            [](std::string_view text, Config& c) { return take_number(text, 1U, 64U, c.io_threads); }},
    Setting{"worker-threads", "COUNT", "24", "Threads that answer requests; each operation holds one",
            [](std::string_view text, Config& c) { return take_number(text, 1U, 1024U, c.worker_threads); }},
    Setting{
        "allowed-hosts", "LIST", "",
        "Host names that requests may be addressed to, without port; \"loopback\" means this machine and is "
        "the default on a loopback address, elsewhere any",
        [](std::string_view text, Config& c) { return take_list(text, c.allowed_hosts); }},
    Setting{"drain-seconds", "SECONDS", "20", "Longest wait for running requests when stopping",
            [](std::string_view text, Config& c) { return take_seconds(text, 0, 3600, c.drain); }},
    Setting{"dev-issuer", "", "false", "Issue tokens ourselves, for development; on a loopback address only",
            [](std::string_view text, Config& c) { return take_switch(text, c.dev_issuer); }},
    Setting{"oidc-issuer", "URL", "", "OpenID Connect issuer whose tokens are taken",
            [](std::string_view text, Config& c) { return take_issuer(text, c.oidc_issuer); }},
    Setting{"oidc-audience", "LIST", "akko-catalog-manager", "Audiences, one of which a token must be for",
            [](std::string_view text, Config& c) { return take_list(text, c.oidc_audiences); }},
    Setting{"oidc-ca-file", "FILE", "", "CA certificates (PEM) for the issuer; without it the system's",
            [](std::string_view text, Config& c) { return take_readable_file(text, c.oidc_ca_file); }},
    Setting{"admin-role", "ROLE", "akko-admin", "Realm role that a caller must have",
            [](std::string_view text, Config& c) { return take_text(text, c.admin_role); }},
    Setting{"cockpit-client-id", "ID", "akko-cockpit",
            "Public client of the issuer with which the page signs people in",
            [](std::string_view text, Config& c) { return take_text(text, c.cockpit_client_id); }},
    Setting{"clock-skew-seconds", "SECONDS", "30", "Tolerance for the times in a token",
            [](std::string_view text, Config& c) { return take_seconds(text, 0, 300, c.clock_skew); }},
    Setting{"default-allow-roles", "LIST", "akko-admin,akko-engineer,akko-analyst",
            "Roles of a catalog that was registered without allow_roles",
            [](std::string_view text, Config& c) { return take_list(text, c.default_allow_roles); }},
    Setting{"log-level", "LEVEL", "info", "Lowest level that is logged: debug, info, warn or error",
            [](std::string_view text, Config& c) { return take_level(text, c.log_level); }},
};

std::string flag_of(const Setting& setting) { return "--" + std::string(setting.flag); }

std::string variable_of(const Setting& setting) {
  std::string name = "AKKO_" + std::string(setting.flag);
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  });
  return name;
}

// A variable that is set but empty counts as not set.
std::string_view value_of(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string_view() : std::string_view(found->second);
}

std::string default_home(const Environment& environment) {
  const std::string data(value_of(environment, "XDG_DATA_HOME"));
  if (data.starts_with('/')) return data + "/akko";
  const std::string user(value_of(environment, "HOME"));
  return user.starts_with('/') ? user + "/.local/share/akko" : std::string();
}

// On tmpfs, so that no plain value rests on a disk; only a machine without one falls back to the state.
std::string default_secrets_dir(const Environment& environment, const std::string& home) {
  const std::string runtime(value_of(environment, "XDG_RUNTIME_DIR"));
  if (runtime.starts_with('/')) return runtime + "/akko-secrets";
  if (::access("/dev/shm", W_OK) == 0) return "/dev/shm/akko-secrets-" + std::to_string(::geteuid());
  return home.empty() ? std::string() : home + "/secrets";
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

using Violations = std::vector<FieldViolation>;

// Reads every setting from its flag, its variable or its default.
Config read_settings(const CLI::App& app, const Environment& environment, Violations& violations) {
  Config config;
  for (const auto& setting : kSettings) {
    const auto* option = app.get_option(flag_of(setting));
    const bool flagged = option->count() > 0;
    const auto variable = variable_of(setting);
    std::string value(flagged ? option->results().back() : value_of(environment, variable));
    if (!flagged && value.empty()) {
      if (setting.initial.empty() || setting.initial.starts_with('$')) continue;
      value = setting.initial;
    }
    const auto complaint = has_control_characters(value) ? Complaint("must not hold control characters")
                                                         : setting.take(value, config);
    if (complaint) violations.push_back({flagged ? flag_of(setting) : variable, "invalid", *complaint});
  }
  if (config.home.empty()) config.home = default_home(environment);
  if (config.secrets_dir.empty()) config.secrets_dir = default_secrets_dir(environment, config.home);
  return config;
}

bool mentions(const Violations& violations, std::string_view variable, std::string_view flag) {
  return std::any_of(violations.begin(), violations.end(), [&](const auto& violation) {
    return violation.field == variable || violation.field == flag;
  });
}

// What no setting can tell on its own.
void check_together(const Config& config, bool serves, Violations& violations) {
  const auto require = [&](bool holds, std::string_view variable, std::string_view flag,
                           std::string message) {
    if (holds || mentions(violations, variable, flag)) return;  // one complaint per setting
    violations.push_back({std::string(variable), "required", std::move(message)});
  };
  require(!config.home.empty(), "AKKO_HOME", "--home", "must be set, because HOME is not");
  if (!serves) return;
  require(!config.trino_url.empty(), "AKKO_TRINO_URL", "--trino-url",
          "must be set, for example http://127.0.0.1:8080");
  require(config.dev_issuer != !config.oidc_issuer.empty(), "AKKO_OIDC_ISSUER", "--oidc-issuer",
          "exactly one of AKKO_OIDC_ISSUER and AKKO_DEV_ISSUER=true must be set");
  require(
      !config.dev_issuer || is_loopback(config.listen_address), "AKKO_DEV_ISSUER", "--dev-issuer",
      "the development issuer gives anyone who can reach it a token: AKKO_LISTEN must be a loopback address "
      "(127.0.0.1 or [::1])");
}

// `./run` and the service links of Kubernetes (AKKO_…_PORT, AKKO_…_SERVICE_HOST) set variables that are not
// ours; what else is unknown is likely a typo.
bool is_foreign(std::string_view variable) {
  return variable.ends_with("_PORT") || variable.find("_PORT_") != std::string_view::npos ||
         variable.find("_SERVICE_HOST") != std::string_view::npos;
}

std::vector<std::string> unknown_variables(const Environment& environment) {
  std::vector<std::string> warnings;
  for (const auto& [variable, value] : environment) {
    const auto is_this = [name = std::string_view(variable)](const Setting& s) {
      return variable_of(s) == name;
    };
    if (!variable.starts_with("AKKO_") || is_foreign(variable)) continue;
    if (std::any_of(kSettings.begin(), kSettings.end(), is_this)) continue;
    warnings.push_back(variable + " is not a setting of this program and has no effect; see --help");
  }
  return warnings;
}

void declare_settings(CLI::App& app) {
  for (const auto& setting : kSettings) {
    const auto flag = flag_of(setting);
    auto* option = setting.unit.empty() ? app.add_flag(flag) : app.add_option(flag);
    std::string help = std::string(setting.help) + " [" + variable_of(setting);
    if (!setting.initial.empty()) help += ", default " + std::string(setting.initial);
    option->description(help + "]");
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    if (!setting.unit.empty()) option->type_name(std::string(setting.unit));
  }
}

// The arguments of `token`, which have no variables.
struct TokenFlags {
  std::string user;
  std::string roles;
  std::string ttl = "3600";
};

CLI::App& declare_token(CLI::App& app, TokenFlags& flags) {
  auto& token = *app.add_subcommand("token", "Print a token of the development issuer");
  token.add_option("--user", flags.user, "Who the token is for")->type_name("NAME")->required();
  token.add_option("--roles", flags.roles, "Realm roles; without it the admin role")->type_name("LIST");
  token.add_option("--ttl", flags.ttl, "Lifetime, at most a day; 3600 without it")->type_name("SECONDS");
  return token;
}

TokenArguments read_token(const TokenFlags& flags, const Config& config, Violations& violations) {
  TokenArguments token;
  const auto note = [&](std::string_view flag, const Complaint& complaint) {
    if (complaint) violations.push_back({std::string(flag), "invalid", *complaint});
  };
  note("--user", take_text(flags.user, token.user));
  if (flags.roles.empty()) {
    token.roles = {config.admin_role};
  } else {
    note("--roles", take_list(flags.roles, token.roles));
  }
  note("--ttl", take_seconds(flags.ttl, 1, 86400, token.lifetime));
  return token;
}

}  // namespace

Environment process_environment() {
  Environment environment;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto name = text.substr(0, text.find('='));
    const bool ours =
        name.starts_with("AKKO_") || name == "HOME" || name == "XDG_DATA_HOME" || name == "XDG_RUNTIME_DIR";
    if (ours && name.size() < text.size()) environment.emplace(name, text.substr(name.size() + 1));
  }
  return environment;
}

Result<CommandLine> read_command_line(int argc, const char* const* argv, const Environment& environment) {
  CommandLine line;
  CLI::App app(
      "AKKO Catalog Manager: registers Trino catalogs at run time.\n"
      "A setting is a flag or the variable in brackets; the flag wins.",
      "akko-catalog-manager");
  app.set_version_flag(
      "--version", "akko-catalog-manager " + std::string(version()) + " (" + std::string(revision()) + ")");
  app.fallthrough();
  app.require_subcommand(0, 1);
  declare_settings(app);
  app.add_subcommand("serve", "Run the server (the default)");
  TokenFlags token_flags;
  const auto& token = declare_token(app, token_flags);

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    line.command = CommandLine::Command::help;
    line.text = app.help("", CLI::AppFormatMode::All);
    return line;
  } catch (const CLI::CallForVersion& asked) {
    line.command = CommandLine::Command::version;
    line.text = asked.what();
    return line;
  } catch (const CLI::Error& error) {
    return fail(ErrorCode::invalid_argument, "bad_command_line", error.what(), "See --help.");
  }

  Violations violations;
  line.config = read_settings(app, environment, violations);
  if (token.parsed()) {
    line.command = CommandLine::Command::token;
    line.token = read_token(token_flags, line.config, violations);
  }
  check_together(line.config, line.command == CommandLine::Command::serve, violations);
  line.warnings = unknown_variables(environment);
  if (violations.empty()) return line;
  auto refusal =
      fail(ErrorCode::invalid_argument, "bad_config", "the configuration is not complete and correct",
           "Correct the settings named; --help lists all of them.");
  refusal.value().violations = std::move(violations);
  return refusal;
}

bool is_loopback(std::string_view address) {
  const std::string text(address);
  in_addr four{};
  if (::inet_pton(AF_INET, text.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24U) == 127;
  in6_addr six{};
  return ::inet_pton(AF_INET6, text.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

}  // namespace akko
