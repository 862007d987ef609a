// Configuration: `AKKO_*` environment variables or flags, read once at start into one immutable
// struct. Each setting stands in one table (config.cpp), which also makes `--help` and is checked
// against docs/operations.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.hpp"
#include "base/log.hpp"
#include "base/result.hpp"

namespace akko {

struct Config {
  // The edge
  std::string listen_address = "127.0.0.1";  // an IP address, without brackets
  std::uint16_t listen_port = 8480;
  unsigned io_threads = 2;
  unsigned worker_threads = 24;
  std::size_t max_body_bytes = 1024 * 1024;
  std::chrono::seconds drain{20};
  // As in api::ServerSettings; empty = {"loopback"} on a loopback address, else any.
  std::vector<std::string> allowed_hosts;

  // State
  std::string home;            // holds akko.db, store.key, dev-issuer.key; made 0700
  std::string secrets_dir;     // where Trino's secret provider reads; made 0700
  std::string connectors_dir;  // more connector definitions; "" = the built-in ones only

  // Trino
  std::string trino_url;
  std::string trino_user = "akko-catalog-manager";
  std::string trino_ca_file;
  bool allow_secrets_in_statements = false;
  std::chrono::milliseconds operation_deadline{30000};
  std::chrono::milliseconds reconcile_interval{1000};
  std::chrono::seconds drift_check_interval{30};
  unsigned probe_pool = 4;
  bool warm_up = true;

  // The manager's own steps of a connection test, towards hosts that admins name
  bool network_checks = true;
  std::vector<IpRange> network_deny;   // beside the built-in ones, see domain/address_rules.hpp
  std::vector<IpRange> network_allow;  // overrides equal and wider denied ranges
  unsigned checks_per_minute = 60;     // connection tests, per user

  // Identity
  bool dev_issuer = false;
  std::string oidc_issuer;
  std::vector<std::string> oidc_audiences = {"akko-catalog-manager"};
  std::string oidc_ca_file;
  std::string admin_role = "akko-admin";
  std::string cockpit_client_id = "akko-cockpit";
  std::chrono::seconds clock_skew{30};

  std::vector<std::string> default_allow_roles = {"akko-admin", "akko-engineer", "akko-analyst"};
  log::Level log_level = log::Level::info;
};

// What `token` prints a token for.
struct TokenArguments {
  std::string user;
  std::vector<std::string> roles;  // default: the admin role
  std::chrono::seconds lifetime{3600};
};

// The command line and the environment, read together.
struct CommandLine {
  enum class Command : std::uint8_t { serve, token, help, version };
  Command command = Command::serve;
  Config config;                      // complete for serve and token
  TokenArguments token;               // for token
  std::string text;                   // for help and version: what to print
  std::vector<std::string> warnings;  // for the log: AKKO_* variables that are no settings (typos)
};

// Names and values. Only AKKO_*, HOME, XDG_DATA_HOME and XDG_RUNTIME_DIR are looked at.
using Environment = std::map<std::string, std::string, std::less<>>;
Environment process_environment();

// A flag wins over its variable; a variable that is set but empty counts as not set. Errors:
// invalid_argument/"bad_command_line" for what is not a command line, invalid_argument/"bad_config" with
// one violation per wrong setting, all at once; `field` is the flag or the variable that was given.
Result<CommandLine> read_command_line(int argc, const char* const* argv, const Environment& environment);

// True for 127.0.0.0/8 and ::1, given as an IP address.
bool is_loopback(std::string_view address);

}  // namespace akko
