// The factories of all adapters: the only header of this folder that main.cpp needs.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/dev_issuer.hpp"
#include "app/ports.hpp"
#include "base/result.hpp"
#include "domain/address_rules.hpp"

namespace akko {

// ---- sqlite_store.cpp
// One SQLite file `<home>/akko.db` (WAL, synchronous=FULL), secrets sealed with XChaCha20-Poly1305
// under `<home>/store.key` (0600, made at first start). Errors: file not writable, key file missing
// though the database has sealed values, key file readable by others, database of a newer version,
// another process holds it.
struct SqliteStore {
  std::unique_ptr<CatalogStore> catalogs;
  std::unique_ptr<IdempotencyStore> idempotency;
  std::unique_ptr<AuditTrail> trail;
};
Result<SqliteStore> open_sqlite_store(const std::string& home, const Clock& clock);

// ---- secret_directory.cpp
// `<directory>/<catalog>/<property>.<revision>`, directories 0700, files 0600, written under another
// name and renamed; putting a revision then removes the other revisions of that catalog. Refuses a directory
// that others may enter, that belongs to someone else, is a symbolic link, or is used by another process.
Result<std::unique_ptr<SecretSource>> open_secret_directory(const std::string& directory);

// ---- trino.cpp
struct TrinoSettings {
  std::string url;  // http://host:port or https://…
  std::string user;
  std::string ca_file;  // "" = the system's
};
std::unique_ptr<TrinoCatalogs> make_trino(TrinoSettings settings);

// ---- network.cpp
struct NetworkSettings {
  AddressRules rules;
  // The longest that a step may take, whatever the deadline of its context.
  std::chrono::milliseconds resolve_limit{5000};
  std::chrono::milliseconds connect_limit{5000};    // all addresses of a host together
  std::chrono::milliseconds handshake_limit{5000};  // connection included
};
// Names as the system resolves them (Java asks the same way), at most 32 lookups at once. TLS 1.2 or later,
// about as lenient as Java; authorities are those of this machine.
std::unique_ptr<Network> make_network(NetworkSettings settings = {});

// ---- oidc.cpp
struct OidcSettings {
  std::string issuer;                  // discovery at <issuer>/.well-known/openid-configuration
  std::vector<std::string> audiences;  // one of them in `aud`, or equal to `azp`
  std::string ca_file;
  std::chrono::seconds clock_skew{30};
};
// Fetches discovery and keys in a thread of its own (at once, then every 5 minutes; on failure with
// backoff from 50 ms to 10 s); keeps the last good keys. The thread ends with the object. verify() waits for
// the network only when it is the first to see an unknown `kid` in 5 s: until the keys were fetched again, at
// most 1 s. Reasons of refusal: jwt.hpp.
std::unique_ptr<TokenVerifier> make_oidc_verifier(OidcSettings settings, const Clock& clock);

// ---- dev_issuer.cpp
struct DevIssuerSettings {
  std::string issuer;     // the URL under which this process serves it: http://127.0.0.1:8480/dev-issuer
  std::string audience;   // `aud` of access tokens
  std::string client_id;  // its one client, public; `azp`
};
// Its RSA key lies in `<home>/dev-issuer.key` (0600, made at first use). Refused unless the host of the
// issuer is a loopback address.
Result<std::unique_ptr<DevIssuer>> open_dev_issuer(const std::string& home, DevIssuerSettings settings,
                                                   const Clock& clock);

// ---- keycloak_roles.cpp
struct KeycloakSettings {
  std::string issuer;  // <base>/realms/<realm>
  std::string client_id;
  Secret client_secret;
  std::string ca_file;
  std::chrono::milliseconds deadline{5000};      // of one question, all its requests together
  std::chrono::milliseconds kept{30'000};        // how long an answer is good
  std::chrono::milliseconds failure_kept{5000};  // how long a failure is told without asking again
};
// Keycloak's admin API, <base>/admin/realms/<realm>, as the service account of a client with the roles
// view-realm and view-users of realm-management. Holders of a role are the enabled users,
// service accounts left out, that have it themselves, through a group or one above it, or through a role that
// includes it. Error (invalid_argument/"bad_config"): the issuer is not one of Keycloak's.
Result<std::unique_ptr<RoleDirectory>> make_keycloak_roles(KeycloakSettings settings);

// ---- dev_roles.cpp
// The users of the development issuer and their roles.
std::unique_ptr<RoleDirectory> make_development_roles();

// ---- audit_log.cpp, system_clock
std::unique_ptr<AuditLog> make_audit_log(const Clock& clock);
std::unique_ptr<Clock> make_system_clock();

}  // namespace akko
