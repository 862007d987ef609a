// The catalog: its name, what an admin asked for, and what is on record.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/fact.hpp"

namespace akko {

// Milliseconds since 1970-01-01 UTC, as recorded and as shown (in seconds) on the wire.
using UnixMillis = std::int64_t;

// Trino property name -> value. Never holds a secret value.
using Properties = std::map<std::string, std::string>;

// A catalog name that obeys the grammar `[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?` (at most 40 characters:
// it becomes part of Kubernetes object names, file names and SQL identifiers) and is not reserved.
// Parsed once; a value of this type cannot hold a bad name.
class CatalogName {
 public:
  static constexpr std::size_t kMaxLength = 40;

  // Violations name the field "name".
  static Result<CatalogName> parse(std::string_view text);
  static constexpr unsigned kMaxProbes = 64;
  // A name of the probe pool (1 to kMaxProbes), `akko-probe-<number>`: reserved, so `parse` refuses it.
  static CatalogName probe(unsigned number);

  // True for the names that Trino or this product keeps for itself: system, jmx,
  // information_schema, and everything that begins with akko-probe.
  static bool is_reserved(std::string_view text);
  static bool is_probe(std::string_view text);

  const std::string& text() const noexcept { return text_; }
  friend auto operator<=>(const CatalogName&, const CatalogName&) = default;

 private:
  explicit CatalogName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// What the admin asked for, validated and completed with defaults. Holds no secret.
struct CatalogSpec {
  CatalogName name;
  std::string connector;  // id of a connector definition
  Properties properties;  // as given, or as the form yields them; without the defaults of the definition
  Properties options;     // values of the fields that no property carries, by key
  std::string description;
  std::vector<std::string> allow_roles;  // Keycloak realm roles, as given, without duplicates
};

// Where a catalog is in its life. `registering` and `removing` are held by a running operation.
enum class Phase : std::uint8_t { registering, ready, removing };
std::string_view to_string(Phase phase);

// Health as one word on the wire, see product.md 1.3.
enum class Health : std::uint8_t { healthy, slow, failing, unknown, paused, registering };
std::string_view to_string(Health health);

struct HealthDetail {
  Health health = Health::unknown;
  std::string code;                                              // error class ("auth_refused") or empty
  std::string message;                                           // for the reader; scrubbed
  UnixMillis checked_at = 0;                                     // 0 = never
  std::string fix = {};                                          // what to do; may be empty
  UnixMillis since = 0;                                          // when this health began; 0 = not known
  std::optional<std::chrono::milliseconds> took = std::nullopt;  // of the last check, in Trino
  Facts facts = {};                                              // what `message` and `fix` say

  friend bool operator==(const HealthDetail&, const HealthDetail&) = default;
};

// What is on record after a check found `found`: it goes on since when it began.
HealthDetail health_after(const HealthDetail& before, HealthDetail found);

// One secret property of a catalog: that it is set and since when, never its value.
struct SecretStatus {
  UnixMillis set_at = 0;
  std::string set_by;

  friend bool operator==(const SecretStatus&, const SecretStatus&) = default;
};

// A catalog on record.
struct Catalog {
  CatalogSpec spec;
  Phase phase = Phase::registering;
  HealthDetail health;
  std::map<std::string, SecretStatus> secrets;  // property name -> status
  std::uint64_t secret_revision = 0;            // part of every secret reference of this catalog
  std::uint64_t revision = 0;                   // row version, which If-Match names
  std::uint64_t health_revision = 0;            // grows with every change of what is shown, health included
  std::string operation_id;                     // the operation that holds it, or the last one
  UnixMillis created_at = 0;
  std::string created_by;
  UnixMillis updated_at = 0;
  std::string updated_by;
};

// `${akko:<catalog>/<property>.<revision>}`: what a statement carries in place of a secret value.
// Trino's `akko` secret provider (trino-plugin/) resolves it on each node. The revision makes a
// changed value a changed text, because Trino re-uses a connector whose properties did not change.
std::string secret_reference(const CatalogName& name, std::string_view property, std::uint64_t revision);
// `${akko:path:…}`: the path, on each node, of the file that holds the value.
std::string secret_path_reference(const CatalogName& name, std::string_view property, std::uint64_t revision);

}  // namespace akko
