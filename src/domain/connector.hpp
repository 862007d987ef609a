// Connector definitions: everything the product knows about a connector, read from data files.
//
// A connector is one JSON file, connectors/<id>.json, held to connectors/definition.schema.json; the
// code here names no connector. What several connectors share stands in a fragment
// (connectors/<name>.fragment.json) that they include. The files are embedded into the binary; a
// directory (AKKO_CONNECTORS_DIR) can add more.
#pragma once

#include <chrono>
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
#include "domain/form.hpp"
#include "domain/greeting.hpp"
#include "domain/language.hpp"
#include "domain/property.hpp"

namespace akko {

// Properties that Trino knows and that are refused all the same.
struct RefusedProperties {
  std::vector<std::string> names;
  std::string reason;
};

// Of a connection test, in the order in which they run. The first three run from this process, the others in
// Trino.
enum class CheckStep : std::uint8_t { dns, tcp, tls, sign_in, metadata };
std::string_view to_string(CheckStep step);  // "dns", …

// A statement of the probe.
struct ProbeStatement {
  CheckStep step = CheckStep::sign_in;  // or metadata
  std::string text;                     // "{catalog}" and "{table}" stand for quoted names
  std::string counts;                   // what its rows are ("schemas"); "" = nothing to count
  std::string table;                    // key of the field that names the table; "" = the text names none
  std::string default_schema;           // of a table named without one
  std::string proves;                   // instead of those of the probe; may be empty
  std::string explanation;
};
struct Probe {
  std::vector<ProbeStatement> statements;
  std::string proves;       // "metastore", "service" or "data path"
  std::string explanation;  // one sentence for the reader of a report
};

// A statement of the probe as one catalog needs it.
struct ProbeRun {
  CheckStep step;
  std::string statement;
  std::string counts;
  bool reads_data = false;  // from a table that was named: proves more than the others
};

// The one statement of a probe that tells most about whether a catalog works: the last that reads from a
// table that was named in the form, else the first. (The first must reach the source; a later one that only
// counts may be answered from a cache, or by a source that has already refused data.) Null without
// statements.
const ProbeRun* most_telling(const std::vector<ProbeRun>& runs);

// Somewhere a connection goes: what the network steps check.
struct NetworkTarget {
  std::vector<Url::Host> hosts;      // ports filled in; one that answers is enough
  std::optional<Greeting> greeting;  // on a connection without TLS: who answers otherwise is another service
  bool tls = false;
  bool verify = false;      // the connector checks name and dates of the certificate
  Greeting tls_start;       // before the handshake
  std::string tcp_unknown;  // why this process must not connect; "" = it may
  std::string
      tls_unknown;      // why this process cannot do the handshake, or tell whether there is one; "" = it can
  std::string unknown;  // why this process cannot check anything; "" = it can
};

// Where the network targets of a definition come from.
struct EndpointDefinition {
  std::string url;          // name of a url property
  std::string hosts, port;  // names of properties
  std::uint16_t default_port = 0;
  std::vector<Url::Host> address;  // fixed
  Conditions when;
  std::optional<Greeting> greeting;
  std::string tcp_unknown;
  struct Tls {
    Conditions when;
    std::optional<Conditions> verify;  // nothing = never
    Greeting start;
    std::string unknown;
  };
  std::optional<Tls> tls;
};

// What a set of properties points at, for texts. Members that are not known are empty.
struct Endpoint {
  std::string host;  // of several, the first
  std::string port;
  std::string database;
  std::string user;
};

struct Hint {
  std::string message;
  std::string fix;
};
using Hints = std::map<std::string, Hint, std::less<>>;  // class of diagnosis -> texts

// What several definitions have in common.
struct DefinitionFragment {
  std::string name;
  std::vector<FieldDefinition> fields;
  std::vector<PropertyDefinition> properties;
  std::vector<RefusedProperties> refused;
  std::vector<DiagnosisRule> diagnosis;
  Hints hints;
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
  const std::string& category() const { return category_; }
  const Probe& probe() const { return probe_; }
  const std::vector<PropertyDefinition>& properties() const { return properties_; }
  const std::vector<FieldDefinition>& fields() const { return fields_; }
  const std::vector<DiagnosisRule>& diagnosis() const { return diagnosis_; }
  const Hints& hints() const { return hints_; }
  const std::vector<std::string>& jvm_flags() const { return jvm_flags_; }
  std::chrono::milliseconds deadline() const { return deadline_; }  // of a connection test

  // Whether a registration tries the connection under a trial name first, because only the shorter timeouts
  // of a dry run tell a wrong value fast; else the new catalog itself is probed, which costs less.
  bool trial_first() const { return trial_first_; }

  const PropertyDefinition* find(std::string_view property) const;
  Form form() const { return {fields_, properties_}; }

  // At most this many of each are looked at; more is one violation ("too_many").
  static constexpr std::size_t kMaxProperties = 64;
  static constexpr std::size_t kMaxSecrets = 16;

  // From what a form sent to what Trino gets, before defaults; `raw` holds what was given beside the form.
  // Appends every violation, filed under "fields.<key>" and "properties.<name>".
  RawValues from_form(const FieldValues& given, RawValues raw, std::vector<FieldViolation>& violations) const;

  // Appends every violation of what an admin sent as properties. Fields are named "properties.<name>" and
  // "credentials.<name>". Codes: required, unknown, refused, misplaced (a secret among the properties
  // or the reverse), too_many, constant, template, the codes of domain/validation.hpp, of form.hpp and
  // url.hpp. No value gets into a violation, secret or not.
  void validate(const RawValues& raw, const Properties& options,
                std::vector<FieldViolation>& violations) const;

  enum class Purpose : std::uint8_t { registration, dry_run };
  // The full property set of valid properties: given + what the form adds + constants + defaults, and for a
  // dry run the shorter timeouts of the definition where the admin set none, so that a wrong value is told
  // fast.
  RawValues complete(const RawValues& given, Purpose purpose) const;

  // The form that these properties stand for, defaults included; nothing when it cannot say it all.
  std::optional<FieldValues> form_values(const RawValues& raw, const Properties& options) const;
  // Whether the form cannot be told without the secrets, because one of them holds more than a secret.
  bool hides_fields() const;

  // Trino's connector for these properties: a choice of the form may use another one.
  const std::string& trino_connector(const RawValues& raw) const;
  // All that the definition may use.
  std::vector<std::string> trino_connectors() const;

  // A property set that Trino accepts and that reaches nothing (loopback, a closed port): creating
  // and probing it once loads the connector's classes.
  const RawValues& warm_up_properties() const { return warm_up_; }

  // The statements for this catalog, and what they prove when they pass.
  struct ProbePlan {
    std::vector<ProbeRun> runs;
    std::string proves;
    std::string explanation;
  };
  ProbePlan probe_plan(const CatalogName& name, const RawValues& raw, const Properties& options) const;

  std::vector<NetworkTarget> network_targets(const RawValues& raw) const;
  Endpoint endpoint(const RawValues& raw) const;

  // The definition as the API shows it, without what is of no use to a client. JSON text. English in a
  // language whose words were not loaded.
  const std::string& public_json(Language language = Language::english) const;

 private:
  ConnectorDefinition() = default;

  void check_given(const PropertyDefinition& definition, std::string_view value, const std::string& field,
                   std::vector<FieldViolation>& violations) const;
  ValueCheck check_by_field(const PropertyDefinition& definition, std::string_view value) const;
  bool check_set_only(const std::string& name, std::string_view value, const std::string& field,
                      std::vector<FieldViolation>& violations) const;
  void check_name(std::string_view name, bool among_secrets, std::vector<FieldViolation>& violations) const;
  void require_form(std::vector<FieldViolation>& violations) const;
  void check_leftovers(const RawValues& raw, const FieldValues& values,
                       std::vector<FieldViolation>& violations) const;
  void check_form(const RawValues& raw, const Properties& options,
                  std::vector<FieldViolation>& violations) const;
  NetworkTarget located(const EndpointDefinition& endpoint, const RawValues& raw) const;
  std::string text_of_field(const std::string& key, const RawValues& raw,
                            const std::optional<FieldValues>& values) const;
  const RefusedProperties* find_refused(std::string_view property) const;
  std::vector<std::string> values_by_choice(std::string_view property) const;
  void check_written(const RawValues& written, std::vector<FieldViolation>& violations) const;
  void check_rest(FieldValues given, std::vector<FieldViolation>& violations) const;
  void append_dry_run(RawValues& raw) const;
  using Parameters = std::map<std::string, std::vector<Url::Parameter>>;
  void append_parameters(const Parameters& parameters, RawValues& raw) const;

  std::string id_, trino_connector_, title_, category_, summary_, documentation_, openmetadata_service_;
  std::vector<std::string> jvm_flags_;
  std::vector<FieldDefinition> fields_;
  Properties constants_;
  std::map<std::string, std::vector<Url::Parameter>> constant_parameters_;  // by url property; values encoded
  std::vector<PropertyDefinition> properties_;
  std::vector<RefusedProperties> refused_;
  std::vector<EndpointDefinition> endpoints_;
  std::string user_field_, database_field_;
  std::chrono::milliseconds deadline_{15000};
  bool trial_first_ = false;
  Properties dry_run_;
  std::map<std::string, std::vector<Url::Parameter>> dry_run_parameters_;  // by url property; values encoded
  Properties dry_run_appendix_;                                            // by secret_file property
  RawValues warm_up_;
  Probe probe_;
  std::vector<DiagnosisRule> diagnosis_;
  Hints hints_;
  std::map<Language, std::string> public_json_;

  friend class DefinitionReader;
  friend class DefinitionChecks;
};

// All definitions, by id. Immutable after start; any thread.
class ConnectorRegistry {
 public:
  // Adds a definition; a second one with the same id replaces the first.
  void add(ConnectorDefinition definition);

  const ConnectorDefinition* find(std::string_view id) const;
  const std::vector<std::unique_ptr<const ConnectorDefinition>>& all() const { return all_; }

  // The sentences of diagnoses that a language has words for, placeholders unfilled.
  const Translations& phrases(Language language) const;
  // Takes them from the words of a language, once all definitions are there.
  void translate(Language language, const Translations& words);

 private:
  std::vector<std::unique_ptr<const ConnectorDefinition>> all_;  // sorted by id
  std::map<Language, Translations> phrases_;
};

// The definitions of this product (embedded), plus those of a directory: pairs of file name and
// content. A file of the directory may use the fragments of the product and replaces what has its id.
// Files whose name ends in ".schema.json" are left out. `french` are the files of its words, for
// read_translations. A bad file is an error that names file, place and reason.
Result<ConnectorRegistry> load_connectors(
    const std::vector<std::pair<std::string_view, std::string_view>>& embedded,
    const std::vector<std::pair<std::string, std::string>>& from_directory,
    const std::vector<std::pair<std::string, std::string>>& french = {});

}  // namespace akko
