// Connector definitions: everything the product knows about a connector, read from data files.
//
// A connector is one JSON file, connectors/<id>.json, held to connectors/definition.schema.json; the
// code here names no connector. What several connectors share stands in a fragment
// (connectors/<name>.fragment.json) that they include. The files are embedded into the binary; a
// directory (AKKO_CONNECTORS_DIR) can add more.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "domain/catalog.hpp"
#include "domain/diagnosis.hpp"
#include "domain/jdbc_url.hpp"
#include "domain/pattern.hpp"

namespace akko {

// What kind of value a property takes, and thereby how it is checked and shown in a form.
enum class PropertyKind : std::uint8_t { text, integer, boolean, enumeration, duration, secret, jdbc_url };

struct PropertyDefinition {
  std::string name;   // Trino's property name
  std::string label;  // for people
  std::string help;
  PropertyKind kind = PropertyKind::text;
  bool required = false;
  bool advanced = false;                     // folded away in a form
  std::optional<std::string> default_value;  // what Trino gets when the admin says nothing
  std::optional<Pattern> pattern;
  std::string pattern_help;             // "must …": what would be right, when the pattern does not match
  std::size_t max_length = 1024;        // bytes; checked before anything else
  std::optional<std::int64_t> minimum;  // for integer
  std::optional<std::int64_t> maximum;
  std::vector<std::string> choices;      // for enumeration
  std::optional<JdbcUrlRules> jdbc_url;  // for jdbc_url
};

// Properties that Trino knows and that are refused all the same.
struct RefusedProperties {
  std::vector<std::string> names;
  std::string reason;
};

struct Probe {
  std::string statement;    // holds "{catalog}", replaced by the quoted name
  std::string proves;       // "metastore", "service" or "data path"
  std::string explanation;  // one sentence for the reader of a report
};

// What a set of properties points at, for texts. Members that are not known are empty.
struct Endpoint {
  std::string host;  // of several, the first
  std::string port;
  std::string database;
  std::string user;
};

// What several definitions have in common.
struct DefinitionFragment {
  std::string name;
  std::vector<PropertyDefinition> properties;
  std::vector<RefusedProperties> refused;
  std::vector<DiagnosisRule> diagnosis;
};
using DefinitionFragments = std::map<std::string, DefinitionFragment, std::less<>>;

class ConnectorDefinition {
 public:
  // Reads one definition. `origin` (a path) is named in errors, with the place in the file and the
  // reason (ErrorCode::invalid_argument, "bad_definition"). Checks everything that the schema states
  // and that parts fit together, so that a definition that parses works.
  static Result<ConnectorDefinition> parse(std::string_view json, std::string_view origin,
                                           const DefinitionFragments& fragments = {});

  const std::string& id() const { return id_; }
  const std::string& trino_connector() const { return trino_connector_; }
  const std::string& title() const { return title_; }
  const Probe& probe() const { return probe_; }
  const std::vector<PropertyDefinition>& properties() const { return properties_; }
  const std::vector<DiagnosisRule>& diagnosis() const { return diagnosis_; }

  const PropertyDefinition* find(std::string_view property) const;

  // At most this many of each are looked at; more is one violation ("too_many").
  static constexpr std::size_t kMaxProperties = 64;
  static constexpr std::size_t kMaxSecrets = 16;

  // Appends every violation of what an admin sent. Fields are named "properties.<name>" and
  // "credentials.<name>". Codes: required, unknown, refused, misplaced (a secret among the properties
  // or the reverse), too_many, the codes of domain/validation.hpp, pattern, and for a JDBC URL
  // jdbc_url, jdbc_database, jdbc_parameter_refused, jdbc_parameter_unknown, jdbc_parameter_value.
  // No value gets into a violation, secret or not.
  void validate(const Properties& properties, const SecretValues& credentials,
                std::vector<FieldViolation>& violations) const;

  enum class Purpose : std::uint8_t { registration, dry_run };
  // The full non-secret Trino property set of valid properties: given + defaults, and for a dry run the
  // shorter timeouts of the definition where the admin set none, so that a wrong value is told fast.
  Properties trino_properties(const Properties& given, Purpose purpose) const;

  // A property set that Trino accepts and that reaches nothing (loopback, a closed port): creating
  // and probing it once loads the connector's classes.
  const Properties& warm_up_properties() const { return warm_up_; }

  // The probe for this catalog, name quoted.
  std::string probe_statement(const CatalogName& name) const;

  Endpoint endpoint(const Properties& given) const;

  // The definition as the API shows it, without what is of no use to a client. JSON text.
  const std::string& public_json() const { return public_json_; }

 private:
  ConnectorDefinition() = default;

  void check_given(const PropertyDefinition& definition, std::string_view value, const std::string& field,
                   std::vector<FieldViolation>& violations) const;
  void check_name(std::string_view name, bool among_secrets, std::vector<FieldViolation>& violations) const;
  const RefusedProperties* find_refused(std::string_view property) const;

  std::string id_, trino_connector_, title_, category_, summary_, documentation_;
  std::vector<PropertyDefinition> properties_;
  std::vector<RefusedProperties> refused_;
  std::string endpoint_url_, endpoint_user_;  // names of the properties that say so; may be empty
  Properties dry_run_;
  std::vector<JdbcUrl::Parameter> dry_run_url_parameters_;
  Properties warm_up_;
  Probe probe_;
  std::vector<DiagnosisRule> diagnosis_;
  std::string public_json_;

  friend class DefinitionReader;
};

// All definitions, by id. Immutable after start; any thread.
class ConnectorRegistry {
 public:
  // Adds a definition; a second one with the same id replaces the first.
  void add(ConnectorDefinition definition);

  const ConnectorDefinition* find(std::string_view id) const;
  const std::vector<std::unique_ptr<const ConnectorDefinition>>& all() const { return all_; }

 private:
  std::vector<std::unique_ptr<const ConnectorDefinition>> all_;  // sorted by id
};

// The definitions of this product (embedded), plus those of a directory: pairs of file name and
// content. A file of the directory may use the fragments of the product and replaces what has its id.
// Files whose name ends in ".schema.json" are left out. A bad file is an error that names file, place
// and reason.
Result<ConnectorRegistry> load_connectors(
    const std::vector<std::pair<std::string_view, std::string_view>>& embedded,
    const std::vector<std::pair<std::string, std::string>>& from_directory);

}  // namespace akko
