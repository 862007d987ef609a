// Every interface through which the use cases reach the outside world. Implementations live in
// src/adapters and are made by src/adapters/adapters.hpp; tests bring hand-written fakes.
//
// All calls block; all implementations may be called from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "app/check_record.hpp"
#include "base/deadline.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "domain/catalog.hpp"
#include "domain/diagnosis.hpp"
#include "domain/greeting.hpp"
#include "domain/identity.hpp"
#include "domain/plan.hpp"

namespace akko {

// What goes along with every call that can wait.
struct CallContext {
  std::string operation_id;  // client tag in Trino, log field
  Deadline deadline;
  std::stop_token stop;
};

// Wall-clock time; a port so that tests can turn it.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixMillis now() const = 0;
};

// ---------------------------------------------------------------- Trino

// The coordinator, as far as it can be told from outside.
struct CoordinatorState {
  std::string version;         // "476"
  std::string coordinator_id;  // Trino >= 480; "" before
  double uptime_seconds = 0;   // coarse: Trino rounds it to three digits
  bool starting = false;
};

// One CREATE CATALOG. `properties` holds references in place of secrets (or, with the explicit
// opt-in of the operator, the values).
struct TrinoCatalogSpec {
  CatalogName name;
  std::string connector;  // Trino's connector name
  Properties properties;
};

// The rows of a statement, as text; NULL is "".
using TrinoRows = std::vector<std::vector<std::string>>;

// The catalogs of one Trino coordinator, over SQL on /v1/statement.
class TrinoCatalogs {
 public:
  virtual ~TrinoCatalogs() = default;

  // Changes are serialised per coordinator (Trino holds one lock); waiting counts against the
  // deadline. error_name "ALREADY_EXISTS" when the name is taken.
  virtual TrinoResult<void> create(const TrinoCatalogSpec& spec, const CallContext& context) = 0;
  // Success also when there is no such catalog.
  virtual TrinoResult<void> drop(const CatalogName& name, const CallContext& context) = 0;
  // Runs a statement to its end.
  virtual TrinoResult<TrinoRows> run(std::string_view statement, const CallContext& context) = 0;

  // Names of all catalogs, the built-in ones and the probe pool included. Also tells which run of
  // the coordinator answered: the suffix of the query id, new at each start.
  struct Listed {
    std::string name;
    std::string connector;  // Trino's connector name
    bool failed = false;    // Trino could not load it; before Trino 480 it does not say
  };
  struct Listing {
    std::vector<std::string> names;  // sorted
    std::string coordinator_run;
    std::vector<Listed> catalogs = {};  // the same, in the same order, with what Trino says of them
  };
  virtual TrinoResult<Listing> list(const CallContext& context) = 0;

  virtual TrinoResult<CoordinatorState> state(const CallContext& context) = 0;

  // Whether the CREATE CATALOG that the operation of `context` sent ended well. Nothing when Trino does not
  // remember it (system.runtime.queries keeps a query for at least 15 minutes).
  virtual TrinoResult<std::optional<bool>> created_by_us(const TrinoCatalogSpec& spec,
                                                         const CallContext& context) = 0;

  // Names of the connectors this Trino has.
  virtual TrinoResult<std::vector<std::string>> connectors(const CallContext& context) = 0;

  // Changes waiting or running, for the metrics.
  virtual std::size_t queue_depth() const = 0;
};

// ---------------------------------------------------------------- network

// Why a step of the network failed.
struct NetworkFailure {
  // A class of domain/diagnosis.hpp: dns_not_found, dns_failed, address_denied, tcp_refused, tcp_timeout,
  // tcp_unreachable, connection_closed, wrong_service, tls_none, tls_required, tls_failed, tls_expired,
  // tls_name, timeout, cancelled.
  std::string code;
  // Fit for people, never a secret, may be empty: "10.20.4.11", "2026-01-03", the names in the certificate.
  // Printable UTF-8.
  std::string detail;
  // A sentence with placeholders, {1} for the detail, where it says more than that of the class.
  std::string_view message = {};
};
template <typename T>
using NetworkResult = tl::expected<T, NetworkFailure>;

// The way to a data source as this machine sees it: name, port, TLS. Nothing of what a server sends is kept
// but what the reports say. Each step ends by the deadline of its context, by a limit of its own and within
// 100 ms of a stop.
class Network {
 public:
  virtual ~Network() = default;

  // The addresses of a host (a name or an address), as text, in the order of the system, those alone that
  // may be connected to. All of them denied: address_denied.
  virtual NetworkResult<std::vector<std::string>> resolve(const std::string& host,
                                                          const CallContext& context) = 0;

  // Connects to the addresses in order, each with a fair share of the time, and closes the connection again.
  // Returns the address that accepted and, where there is a greeting, answered it as expected. Judges the
  // addresses once more and resolves nothing. wrong_service: another answer; tls_required: one in TLS;
  // timeout: none.
  virtual NetworkResult<std::string> connect(const std::vector<std::string>& addresses, std::uint16_t port,
                                             const std::optional<Greeting>& greeting,
                                             const CallContext& context) = 0;

  struct TlsRequest {
    std::string host;     // the name that the certificate must be for, and the server name sent
    std::string address;  // where to connect: one that `connect` returned
    std::uint16_t port = 0;
    bool verify = true;  // whether name and dates of the certificate count; its authority never does
    Greeting start;      // for services that speak plainly before the handshake
  };
  struct TlsReport {
    std::string version;    // "TLSv1.3"
    bool trusted = false;   // by the authorities of this machine; Trino's Java has its own
    std::string issuer;     // "Example Root CA"
    std::string not_after;  // "2027-03-01", UTC
  };
  // A TLS handshake. tls_none: the server answers plainly, or `start` in another way than expected.
  virtual NetworkResult<TlsReport> handshake(const TlsRequest& request, const CallContext& context) = 0;
};

// ---------------------------------------------------------------- secrets

// Where Trino's `akko` secret provider reads values (a directory, or Kubernetes Secrets).
// Not the place of record: that is the store, which keeps them sealed.
class SecretSource {
 public:
  virtual ~SecretSource() = default;
  // Puts the values of one catalog and revision in place, whole or not at all.
  virtual Result<void> put(const CatalogName& name, std::uint64_t revision, const SecretValues& values) = 0;
  // Removes every value of the catalog. Success also when there is none.
  virtual Result<void> remove(const CatalogName& name) = 0;
  // Names of the catalogs that have values here, those of the probe pool included.
  virtual Result<std::vector<std::string>> list() = 0;
  // For messages: "directory …".
  virtual std::string description() const = 0;
};

// ---------------------------------------------------------------- the record

// A running operation, as journaled: enough to finish or undo it after a crash.
struct OperationRecord {
  std::string id;
  Plan::Kind kind = Plan::Kind::register_catalog;
  CatalogName name;
  std::uint32_t step = 0;  // steps before it are done; this one may have happened
  bool undoing = false;    // compensation has begun, from `step` backwards
  std::string principal;
  UnixMillis started_at = 0;
};

// All catalogs at one moment. Immutable.
struct CatalogSnapshot {
  std::vector<std::shared_ptr<const Catalog>> catalogs;  // sorted by name
  std::uint64_t generation = 0;                          // grows with every change

  const Catalog* find(std::string_view name) const;
};

// The record of catalogs, their sealed secrets, and the journal. Writes carry the revision that was
// read and lose with `already_exists`/"conflict" when it is not the current one. Every write is
// durable when the call returns.
class CatalogStore {
 public:
  virtual ~CatalogStore() = default;

  // From memory; never waits.
  virtual std::shared_ptr<const CatalogSnapshot> snapshot() const = 0;

  // Inserts a catalog in phase `registering` with its sealed secrets and the operation that holds
  // it, in one transaction. The name is the unique key: a second caller gets `already_exists`/
  // "name_taken" with who and when. Returns the record with its revision.
  virtual Result<Catalog> reserve(const Catalog& draft, const SecretValues& secrets,
                                  const OperationRecord& operation) = 0;
  // Replaces the record where `catalog.revision` is the current one; ends nothing. With `begin`, the
  // operation is journaled in the same transaction; with `end`, its journal row is removed.
  virtual Result<Catalog> update(const Catalog& catalog, const OperationRecord* begin,
                                 const std::string* end) = 0;
  // Removes record, secrets and the journal of the operation in one transaction. Success also when
  // there is none.
  virtual Result<void> erase(const CatalogName& name, const std::string& operation_id) = 0;

  // Puts a health in the place of the one on record, while `revision` is still the catalog's, and files the
  // check that found it, if one did; the newest kKeptChecks are kept, until the catalog is erased. Changes
  // `health_revision` and the generation of the snapshot, but neither `revision` nor `updated_at`. Errors:
  // not_found; already_exists/"conflict".
  virtual Result<Catalog> record_health(const CatalogName& name, std::uint64_t revision,
                                        const HealthDetail& health, const CheckRecord* check) = 0;
  // The checks on file, newest first.
  virtual Result<std::vector<CheckRecord>> checks(const CatalogName& name) = 0;

  virtual Result<void> journal(const OperationRecord& operation) = 0;
  virtual Result<std::vector<OperationRecord>> open_operations() = 0;

  // Unsealed secret values of a catalog.
  virtual Result<SecretValues> secrets(const CatalogName& name) = 0;
  // A number that was never given out before; goes into secret references.
  virtual Result<std::uint64_t> next_secret_revision() = 0;

  // Small facts that outlive a restart ("which coordinator run was warmed").
  virtual Result<void> remember(std::string_view key, std::string_view value) = 0;
  virtual Result<std::string> recall(std::string_view key) = 0;  // "" when never set

  // Whether the store can be read and written now.
  virtual Result<void> check() = 0;
};

// Answers kept for `Idempotency-Key`: a repeated request gets the first one's answer.
struct StoredAnswer {
  int status = 0;
  std::string content_type;
  std::string etag;
  std::string location;
  std::string body;  // never holds a secret: answers do not
};
class IdempotencyStore {
 public:
  virtual ~IdempotencyStore() = default;
  enum class Verdict : std::uint8_t { proceed, replay, in_progress, mismatch };
  struct Claim {
    Verdict verdict = Verdict::proceed;
    StoredAnswer answer;  // for replay
  };
  // Claims `key` of `principal` for the request whose method, path and body are given; the request
  // is kept as a keyed hash only (it holds passwords). A claim left by a crash does not block.
  virtual Result<Claim> claim(std::string_view principal, std::string_view key, std::string_view request) = 0;
  virtual Result<void> keep(std::string_view principal, std::string_view key, const StoredAnswer& answer) = 0;
  // Gives the claim back (the request failed in a way that a retry may mend).
  virtual Result<void> release(std::string_view principal, std::string_view key) = 0;
};

// ---------------------------------------------------------------- roles

// A realm role that a catalog can be allowed to.
struct Role {
  std::string name;
  std::string description;
  std::optional<std::size_t> members;  // nothing = not counted
};
// Who has a role.
struct RoleHolders {
  bool known = false;              // there is such a role
  std::vector<std::string> names;  // of users, sorted
  bool complete = true;            // false: there are more than `names`
};

// Whoever knows roles and users. Errors: unavailable ("role_directory"), with words fit for an admin.
class RoleDirectory {
 public:
  virtual ~RoleDirectory() = default;
  virtual std::string_view source() const = 0;  // "keycloak" or "development"
  // Sorted by name.
  virtual Result<std::vector<Role>> roles(const CallContext& context) = 0;
  virtual Result<RoleHolders> holders(const std::string& role, const CallContext& context) = 0;
};

// ---------------------------------------------------------------- identity, audit

class TokenVerifier {
 public:
  virtual ~TokenVerifier() = default;
  // `token` is the text after "Bearer ". Errors are `unauthenticated` with a reason fit for the
  // WWW-Authenticate header, or `unavailable` when no key set could ever be fetched.
  virtual Result<Principal> verify(std::string_view token) = 0;
  // "ok", or why tokens cannot be verified (or are verified with old keys only).
  virtual Result<std::string> check() = 0;
};

// What the audit log records. One line each, never a secret.
struct AuditEvent {
  std::string event;  // CATALOG_CREATED, CATALOG_CREATE_FAILED, CATALOG_DELETED, ACCESS_DENIED, …
  std::string name;   // catalog; may be empty
  std::string connector;
  std::string user;
  std::vector<std::string> allow_roles;
  std::string result;  // "success", "failed", "denied"
  std::string code;    // error class; may be empty
  std::string operation_id;
  std::string request_id;
  std::string client;  // address of the peer
  std::string detail;
};
class AuditLog {
 public:
  virtual ~AuditLog() = default;
  virtual void write(const AuditEvent& event) = 0;
};

// An event that names a catalog, as its history keeps it: without `allow_roles`.
struct AuditRecord {
  UnixMillis at = 0;
  AuditEvent event;
};
inline constexpr std::size_t kKeptEventsOfName = 100;  // the newest of each name
inline constexpr std::size_t kKeptEvents = 10'000;     // the newest of all

// Audit events by the name of the catalog. They outlive it: a name that is registered again shows its earlier
// life.
class AuditTrail {
 public:
  virtual ~AuditTrail() = default;
  // Files the events, oldest first, durably, and forgets those beyond the limits above. All or none.
  virtual Result<void> keep(const std::vector<AuditRecord>& events) = 0;
  // Of this name, newest first; empty when nothing is known of it.
  virtual Result<std::vector<AuditRecord>> events(std::string_view name) = 0;
};

}  // namespace akko
