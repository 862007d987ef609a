// The composition root: reads the configuration, makes the adapters, wires them to the use cases, serves.
#include <malloc.h>
#include <sodium.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "adapters/adapters.hpp"
#include "api/dev_issuer_routes.hpp"
#include "api/handlers.hpp"
#include "api/server.hpp"
#include "app/audit_history.hpp"
#include "app/catalog_checks.hpp"
#include "app/catalog_service.hpp"
#include "app/health_monitor.hpp"
#include "app/reconciler.hpp"
#include "app/roles.hpp"
#include "base/config.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/version.hpp"
#include "embedded/connector_files.hpp"
#include "embedded/contract_files.hpp"
#include "embedded/locale_files.hpp"
#include "embedded/page_files.hpp"

namespace akko {
namespace {

std::string own_url(const Config& config) {
  const bool ipv6 = config.listen_address.find(':') != std::string::npos;
  return "http://" + (ipv6 ? "[" + config.listen_address + "]" : config.listen_address) + ":" +
         std::to_string(config.listen_port);
}

DevIssuerSettings dev_issuer_settings(const Config& config) {
  return {own_url(config) + std::string(api::kDevIssuerPath), config.oidc_audiences.front(),
          config.cockpit_client_id};
}

Result<std::string> read_definition(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string content(std::istreambuf_iterator<char>(stream), {});
  if (!stream) {
    return fail(ErrorCode::invalid_argument, "bad_config",
                "the connector definition " + path.string() + " cannot be read");
  }
  return content;
}

Result<std::vector<std::pair<std::string, std::string>>> read_definitions(const std::string& directory) {
  std::vector<std::pair<std::string, std::string>> files;
  if (directory.empty()) return files;
  std::error_code error;
  std::filesystem::directory_iterator entries(directory, error);
  if (error) {
    return fail(ErrorCode::invalid_argument, "bad_config",
                "AKKO_CONNECTORS_DIR: the directory " + directory + " cannot be read: " + error.message());
  }
  for (const auto& entry : entries) {
    if (entry.path().extension() != ".json") continue;
    AKKO_TRY(auto content, read_definition(entry.path()));
    files.emplace_back(entry.path().string(), std::move(content));
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The product's words in a language, then those that the directory adds in locales/<language>.json.
Result<std::vector<std::pair<std::string, std::string>>> read_locale(const std::string& directory,
                                                                     Language language) {
  std::vector<std::pair<std::string, std::string>> files;
  const auto name = std::string(to_string(language)) + ".json";
  for (const auto& file : embedded::locale_files()) {
    if (file.name == name) files.emplace_back("locales/" + name, std::string(file.content));
  }
  const auto path = std::filesystem::path(directory) / "locales" / name;
  std::error_code error;
  if (directory.empty() || !std::filesystem::exists(path, error)) return files;
  AKKO_TRY(auto content, read_definition(path));
  files.emplace_back(path.string(), std::move(content));
  return files;
}

Result<ConnectorRegistry> read_connectors(const Config& config) {
  std::vector<std::pair<std::string_view, std::string_view>> embedded;
  for (const auto& file : embedded::connector_files()) embedded.emplace_back(file.name, file.content);
  AKKO_TRY(const auto files, read_definitions(config.connectors_dir));
  AKKO_TRY(const auto french, read_locale(config.connectors_dir, Language::french));
  return load_connectors(embedded, files, french);
}

// Everything that lives as long as the process serves. Members die in reverse order: the server first.
class Product {
 public:
  static Result<std::unique_ptr<Product>> start(const Config& config) {
    std::unique_ptr<Product> product(new Product(config));
    AKKO_CHECK(product->open());
    AKKO_CHECK(product->serve());
    return product;
  }

  void stop() {
    server_->stop(config_.drain);
    monitor_->stop();
    reconciler_->stop();
    history_->stop();  // last: all of them write audit events
  }

 private:
  explicit Product(Config config)
      : config_(std::move(config)), clock_(make_system_clock()), coordination_(config_.probe_pool) {}

  Result<void> open() {
    AKKO_TRY(connectors_, read_connectors(config_));
    AKKO_TRY(store_, open_sqlite_store(config_.home, *clock_));
    AKKO_TRY(secrets_, open_secret_directory(config_.secrets_dir));
    issuer_ = config_.oidc_issuer;
    if (config_.dev_issuer) {
      AKKO_TRY(dev_issuer_, open_dev_issuer(config_.home, dev_issuer_settings(config_), *clock_));
      issuer_ = dev_issuer_->issuer();
      log::warn(
          "DEVELOPMENT ISSUER: anyone who can reach this address or read the key in AKKO_HOME is an admin. "
          "For one machine only; set AKKO_OIDC_ISSUER for anything else.");
    }
    trino_ = make_trino({config_.trino_url, config_.trino_user, config_.trino_ca_file});
    AddressRules rules{config_.network_deny, config_.network_allow};
    network_ = make_network({.rules = std::move(rules)});
    audit_ = make_audit_log(*clock_);
    history_.emplace(*audit_, *store_.trail, *clock_);
    saga_.emplace(*store_.catalogs, *secrets_, *trino_, *clock_);
    checks_.emplace(config_.checks_per_minute);
    service_.emplace(ServiceSettings{config_.operation_deadline, config_.network_checks,
                                     config_.default_allow_roles, config_.allow_secrets_in_statements},
                     CatalogService::Ports{*store_.catalogs, *secrets_, *trino_, *network_, *history_,
                                           metrics_, *clock_, *checks_},
                     *connectors_, coordination_, *saga_);
    reconciler_.emplace(
        ReconcilerSettings{config_.reconcile_interval, config_.drift_check_interval,
                           config_.operation_deadline, config_.warm_up, config_.allow_secrets_in_statements},
        Reconciler::Ports{*store_.catalogs, *secrets_, *trino_, metrics_, *clock_}, *connectors_,
        coordination_, *saga_);
    catalog_checks_.emplace(
        CheckSettings{config_.operation_deadline, config_.health_slow, config_.network_checks},
        CatalogChecks::Ports{*store_.catalogs, *trino_, *network_, *history_, metrics_, *clock_, *checks_},
        *connectors_, coordination_);
    monitor_.emplace(MonitorSettings{config_.health_interval, config_.health_concurrency}, *store_.catalogs,
                     coordination_, *catalog_checks_);
    AKKO_CHECK(reconciler_->restore_secrets());
    add_gauges();
    AKKO_CHECK(open_roles(issuer_));
    verifier_ = make_oidc_verifier(
        {issuer_, config_.oidc_audiences, config_.oidc_ca_file, config_.clock_skew}, *clock_);
    return {};
  }

  Result<void> open_roles(const std::string& issuer) {
    if (config_.dev_issuer) {
      directory_ = make_development_roles();
    } else if (!config_.keycloak_client_id.empty()) {
      AKKO_TRY(directory_, make_keycloak_roles({issuer, config_.keycloak_client_id,
                                                config_.keycloak_client_secret, config_.oidc_ca_file}));
    }
    roles_.emplace(directory_.get(), *store_.catalogs, config_.default_allow_roles);
    return {};
  }

  Result<void> serve() {
    router_.emplace(api::Router::Settings{config_.admin_role}, *verifier_, *history_, metrics_);
    events_.emplace(*store_.catalogs, coordination_.trino);
    const auto contract = embedded::contract_files();
    add_routes(*router_, {*service_,
                          *catalog_checks_,
                          *history_,
                          *events_,
                          *roles_,
                          *connectors_,
                          coordination_.trino,
                          coordination_.listing,
                          coordination_.operations,
                          *store_.catalogs,
                          *store_.idempotency,
                          *verifier_,
                          metrics_,
                          contract.front().content,
                          {config_.allow_secrets_in_statements, config_.dev_issuer, config_.admin_role,
                           config_.default_allow_roles,
                           std::chrono::ceil<std::chrono::seconds>(config_.health_interval)},
                          {embedded::page_files(), issuer_, config_.cockpit_client_id, config_.dev_issuer},
                          dev_issuer_.get()});
    api::ServerSettings settings;
    settings.address = config_.listen_address;
    settings.port = config_.listen_port;
    settings.io_threads = config_.io_threads;
    settings.worker_threads = config_.worker_threads;
    settings.max_body_bytes = config_.max_body_bytes;
    settings.allowed_hosts = config_.allowed_hosts;
    if (settings.allowed_hosts.empty() && is_loopback(config_.listen_address))
      settings.allowed_hosts = {"loopback"};
    AKKO_TRY(server_, api::start_server(settings, *router_));
    add_server_gauges();
    reconciler_->start();
    monitor_->start();
    return {};
  }

  void add_gauges() {
    metrics_.gauge("akko_trino_up", "Whether the Trino coordinator answers.",
                   [this] { return coordination_.trino.up() ? 1.0 : 0.0; });
    metrics_.gauge("akko_trino_change_queue_depth", "Catalog changes waiting for Trino or running in it.",
                   [this] { return static_cast<double>(trino_->queue_depth()); });
    metrics_.gauge("akko_catalogs", "Registered catalogs.",
                   [this] { return static_cast<double>(store_.catalogs->snapshot()->catalogs.size()); });
    metrics_.series("akko_catalog_health",
                    "Health of a registered catalog: 1 healthy, 0.5 slow, 0 failing, -1 not known.",
                    [this] { return health_samples(*store_.catalogs->snapshot()); });
    metrics_.gauge("akko_secrets_in_statements", "1 while secrets are sent inside statements.", [this] {
      return config_.allow_secrets_in_statements &&
                     coordination_.trino.facts().secrets_provider == SecretsProvider::missing
                 ? 1.0
                 : 0.0;
    });
  }

  // After the server has started: a scrape may come at once. It dies first, with everything that scrapes.
  void add_server_gauges() {
    metrics_.gauge("akko_http_connections", "Open connections.",
                   [this] { return static_cast<double>(server_->connections()); });
    metrics_.gauge("akko_http_queued_requests", "Requests that wait for a worker.",
                   [this] { return static_cast<double>(server_->queued_requests()); });
  }

  Config config_;
  std::string issuer_;  // whose tokens are taken
  std::unique_ptr<Clock> clock_;
  Metrics metrics_;
  std::optional<ConnectorRegistry> connectors_;
  SqliteStore store_;
  std::unique_ptr<SecretSource> secrets_;
  std::unique_ptr<DevIssuer> dev_issuer_;
  std::unique_ptr<TrinoCatalogs> trino_;
  std::unique_ptr<Network> network_;
  std::optional<RateLimiter> checks_;
  std::unique_ptr<AuditLog> audit_;
  std::optional<AuditHistory> history_;
  Coordination coordination_;
  std::optional<Saga> saga_;
  std::optional<CatalogService> service_;
  std::optional<Reconciler> reconciler_;
  std::optional<CatalogChecks> catalog_checks_;
  std::optional<HealthMonitor> monitor_;
  std::unique_ptr<RoleDirectory> directory_;
  std::optional<Roles> roles_;
  std::unique_ptr<TokenVerifier> verifier_;
  std::optional<api::CatalogEvents> events_;
  std::optional<api::Router> router_;
  std::unique_ptr<api::Server> server_;
};

void print_error(const Error& error) {
  std::fprintf(stderr, "akko-catalog-manager: %s\n", error.message.c_str());
  for (const auto& violation : error.violations) {
    std::fprintf(stderr, "  %s: %s\n", violation.field.c_str(), violation.message.c_str());
  }
  if (!error.fix.empty()) std::fprintf(stderr, "%s\n", error.fix.c_str());
}

int serve(const CommandLine& command_line, const sigset_t& signals) {
  const auto& config = command_line.config;
  log::set_level(config.log_level);
  for (const auto& warning : command_line.warnings) log::warn(warning);
  auto product = Product::start(config);
  if (!product) {
    print_error(product.error());
    return 1;
  }
  log::info("serving", {{"url", own_url(config)},
                        {"version", version()},
                        {"revision", revision()},
                        {"trino", config.trino_url}});
  int signal = 0;
  sigwait(&signals, &signal);
  log::info("stopping", {{"signal", signal}});
  (*product)->stop();
  log::info("stopped");
  return 0;
}

int print_token(const CommandLine& command_line) {
  const auto& config = command_line.config;
  const auto clock = make_system_clock();
  const auto issuer = open_dev_issuer(config.home, dev_issuer_settings(config), *clock);
  if (!issuer) {
    print_error(issuer.error());
    return 1;
  }
  const auto token =
      (*issuer)->token({command_line.token.user, command_line.token.roles, command_line.token.lifetime});
  if (!token) {
    print_error(token.error());
    return 1;
  }
  std::printf("%s\n", token->c_str());
  return 0;
}

// The signals that end the process, blocked in every thread: main waits for them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

int run(int argc, const char* const* argv) {
  // Each thread would get an arena of its own: with 24 workers that doubles the resident memory.
  mallopt(M_ARENA_MAX, 2);
  const auto signals = block_signals();
  if (sodium_init() < 0) {
    std::fprintf(stderr, "akko-catalog-manager: libsodium finds no source of randomness\n");
    return 1;
  }
  const auto command_line = read_command_line(argc, argv, process_environment());
  if (!command_line) {
    print_error(command_line.error());
    return 2;
  }
  switch (command_line->command) {
    case CommandLine::Command::help:
    case CommandLine::Command::version:
      std::printf("%s\n", command_line->text.c_str());
      return 0;
    case CommandLine::Command::token:
      return print_token(*command_line);
    case CommandLine::Command::serve:
      return serve(*command_line, signals);
  }
  return 2;
}

}  // namespace
}  // namespace akko

int main(int argc, char** argv) { return akko::run(argc, argv); }
