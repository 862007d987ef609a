// Diagnosis: from a failure as Trino reports it to an error class, its cause and its fix.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "domain/fact.hpp"
#include "domain/pattern.hpp"

namespace akko {

class ConnectorDefinition;

// One link of a Java exception chain (Trino's `failureInfo`): the class name and its message.
struct FailureCause {
  std::string type;
  std::string message;
};

// How a statement sent to Trino failed. Raw: may hold secrets, must not leave the process unscrubbed.
struct TrinoFailure {
  enum class Kind : std::uint8_t {
    statement,    // Trino answered with an error
    unreachable,  // no connection to the coordinator, or it is starting (502, 503, 504)
    refused,      // the coordinator refused us (401, 403)
    deadline,     // our own deadline passed; the query was cancelled
    cancelled,    // the operation was cancelled (shutdown, the client went away)
    protocol,     // the answer is not the statement protocol
  };
  Kind kind = Kind::statement;
  std::string message;     // top message of the error, or of the transport
  std::string error_name;  // "JDBC_ERROR", "ALREADY_EXISTS", "GENERIC_INTERNAL_ERROR", …
  std::string error_type;  // "USER_ERROR", "INTERNAL_ERROR", "EXTERNAL", "INSUFFICIENT_RESOURCES"
  int error_code = 0;
  std::vector<FailureCause> causes;  // top first; [0] repeats the top message
  std::string query_id;
};

template <typename T>
using TrinoResult = tl::expected<T, TrinoFailure>;

// At which step of a connection test the failure was seen.
enum class TestStep : std::uint8_t { create, probe };
std::string_view to_string(TestStep step);

// What is wrong and what to do. Every foreign text in it is scrubbed; it is safe to show.
//
// Classes, by where the fault lies:
//   network   dns_not_found · dns_failed (the name service does not answer) · address_denied (by our own
//             rules) · tcp_refused · tcp_timeout · tcp_unreachable · connection_closed · wrong_service
//             (something else answers there)
//   TLS       tls_untrusted · tls_name · tls_expired · tls_none (the server has none) · tls_required (it
//             wants it) · tls_failed
//   sign-in   auth_refused · auth_locked · auth_method
//   source    database_not_found · permission · too_many_connections · source_unavailable · timeout
//   request   config (Trino does not accept the properties) · trino_duplicate (the name is taken)
//   platform  plugin_missing (no such connector) · secrets_plugin_missing · secret_not_found ·
//             trino_setup (a setting or JVM flag) · trino_denied (Trino refuses the product) ·
//             trino_worker · trino_unavailable
//   others    trino_rejected (Trino's words, no rule knows them) · cancelled · internal
struct Diagnosis {
  std::string code;     // one of the classes
  std::string message;  // the cause, one sentence
  std::string fix;      // one or two sentences
  std::string raw;      // Trino's words, the whole chain, at most 2 kB

  // The caller may usefully try the same request again.
  bool retryable = false;

  // The same for those who word it themselves. Values by placeholder: title, host, port, user, database,
  // seconds, from, and detail for {1}; what is not known is left out.
  Fact fact = {};
};

// A rule of a connector: when `pattern` is found in "<type>: <message>" of a cause, the failure is of
// class `code`. `message` and `fix` replace the texts of the class unless empty.
// Placeholders in texts: {title} {host} {port} {user} {database} {seconds} of the context, {from} who met the
// failure ("Trino" or "the catalog manager"), and {1}, what the first group of the pattern captured.
struct DiagnosisRule {
  std::string code;
  Pattern pattern;
  std::string message;
  std::string fix;
};
bool placeholders_are_known(std::string_view text);

// What the diagnosis may name in its texts.
struct DiagnosisContext {
  const ConnectorDefinition& definition;
  TestStep step = TestStep::probe;
  std::string host;  // of the connection, "" when not known
  std::string port;
  std::string user;
  std::string database;
  std::chrono::milliseconds deadline{0};
};

// Classifies a failure from the bottom of its cause chain upwards, each cause first by the rules of the
// connector definition, then by the general ones (exception types and texts of the JDK and of Trino):
// the deepest cause that a rule knows decides. Never returns an empty code.
Diagnosis diagnose(const TrinoFailure& failure, const DiagnosisContext& context, const Scrubber& scrubber);

// What this process knows as exactly as Trino does.
inline constexpr std::string_view kCertificateEnded = "The certificate of {host} ended on {1}.";
inline constexpr std::string_view kCertificateTooEarly = "The certificate of {host} is not valid before {1}.";
inline constexpr std::string_view kCertificateOfOther = "The certificate of {host} is for another name: {1}.";

// The same for a failure that this process met itself on its way to the source: `code` is a class, `detail`
// what {1} stands for, `message` replaces the text of the class unless empty. Texts say "the catalog manager"
// where `diagnose` says "Trino".
Diagnosis diagnose_network(std::string_view code, std::string_view detail, std::string_view message,
                           const DiagnosisContext& context);

// The sentences, with placeholders, that are of no class and of no connector definition.
std::vector<std::string> general_sentences();

// The classes that `diagnose` can return, for documentation and tests.
const std::vector<std::string>& diagnosis_codes();

}  // namespace akko
