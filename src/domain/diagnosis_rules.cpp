#include "domain/diagnosis_rules.hpp"

#include <array>
#include <cstdlib>
#include <string>
#include <utility>

namespace akko {

const std::vector<DiagnosisClass>& diagnosis_classes() {
  static const std::vector<DiagnosisClass> classes = {
      {"dns_not_found", "{host} is not known to the name service of {from}.",
       "Check the spelling, or ask the network team for a DNS entry that Trino's nodes can resolve."},
      {"dns_failed", "The name service does not answer for {host}.",
       "Ask the network team whether the name service works; then try again.", true},
      {"address_denied", "{host} is at an address that connection tests must not reach.",
       "Check the host. If the address is right, the operator can allow it with AKKO_NETWORK_ALLOW "
       "(docs/operations.md, \"Network checks\")."},
      {"tcp_refused", "{host} refused port {port}.",
       "Is the port right, is the service up, and does it listen on an address that Trino can reach?"},
      {"tcp_timeout", "No answer from {host}:{port}.",
       "A firewall may drop the packets. Allow connections from Trino's nodes to {host}:{port}.", true},
      {"tcp_unreachable", "There is no network route from {from} to {host}.",
       "Check the address, or ask the network team for a route from Trino's nodes."},
      {"connection_closed", "{host}:{port} closed the connection before the answer was complete.",
       "A proxy or an allow-list of client addresses may refuse Trino, or the service has just restarted.",
       true},
      {"wrong_service", "What answers at {host}:{port} does not speak {title}.", "Check host and port."},
      {"tls_untrusted", "The certificate of {host} is not trusted.",
       "Add the authority that signed it to the trust store of Trino's Java on every node."},
      {"tls_name", "The certificate of {host} is for another name.",
       "Connect by a name that the certificate holds, or have it issued for {host}."},
      {"tls_expired", "The certificate of {host} is not valid today.",
       "Ask the owner of the source to renew it."},
      {"tls_none", "{host} does not speak TLS on port {port}.",
       "Turn TLS on at the source, or do not demand it in the properties of the catalog."},
      {"tls_required", "{host} takes encrypted connections only.",
       "Turn TLS on in the properties of the catalog."},
      {"tls_failed", "The TLS handshake with {host} failed.",
       "Both sides may have no protocol version or cipher in common, or the source wants a client "
       "certificate."},
      {"auth_refused", "{title} refused user {user}.",
       "Check user and password with the owner of the source. Host and port are fine."},
      {"auth_locked", "{title} does not let user {user} in any more.",
       "Ask the owner of the source to unlock the account or renew its password. More attempts may prolong a "
       "lock."},
      {"auth_method", "{host} asks for a way to sign in that this connection does not offer.",
       "Ask the owner of the source for an account that signs in with a password."},
      {"database_not_found", "There is no database {database} at {host}.",
       "Check the spelling; upper and lower case may matter."},
      {"permission", "Signed in, but user {user} lacks a right that listing the schemas needs.",
       "Ask the owner of the source to grant it."},
      {"too_many_connections", "{host} has no connection left for user {user}.",
       "Raise the limit at the source, or close connections that are not needed.", true},
      {"source_unavailable", "{host} answers, but is starting, stopping or recovering.",
       "Try again when the source is up.", true},
      {"timeout", "{host}:{port} did not answer in time.",
       "The source may be overloaded, or a firewall drops what follows the connection.", true},
      {"config", "These properties are not accepted: {1}", "Correct the properties that are named."},
      {"trino_duplicate", "Trino already has a catalog of this name.",
       "Choose another name, or drop the catalog that was made outside of this product."},
      {"plugin_missing", "This Trino has no connector for {title}.",
       "Install its plugin on the coordinator and all workers, and restart Trino."},
      {"secrets_plugin_missing", "This Trino lacks the secret provider of the catalog manager.",
       "Install it on the coordinator and all workers (docs/operations.md, \"The Trino plugin\"), and "
       "restart Trino."},
      {"secret_not_found", "Trino cannot read the secrets of this catalog: {1}",
       "Every node of Trino must see the directory that the catalog manager fills."},
      {"trino_setup", "This Trino is not set up for it: {1}",
       "Change the setting on the coordinator and all workers, and restart Trino."},
      {"trino_denied", "Trino does not let the catalog manager do this.",
       "Allow its user to create, use and drop catalogs in Trino's access control."},
      {"trino_worker", "A worker of Trino failed: {1}",
       "Network, plugins and secrets of each worker must be those of the coordinator."},
      {"trino_unavailable", "Trino does not answer.", "Check the coordinator; then try again.", true},
      {"trino_rejected", "Trino reports: {1}", "Trino's own words stand below."},
      {"cancelled", "The operation was cancelled.",
       "Nothing was left behind; start it again if you still want it.", true},
      {"internal", "Trino gave an answer that cannot be understood.",
       "Does AKKO_TRINO_URL point at the coordinator, without a proxy that answers for it?"},
  };
  return classes;
}

namespace {

struct RuleText {
  std::string_view code;
  std::string_view pattern;
  std::string_view message = {};
  std::string_view fix = {};
};

// The texts are those of JDK 24 and 25 and of Trino 476 and 480.
constexpr std::array kRules = {
    // The name service; some libraries wrap the name in a sentence.
    RuleText{"dns_not_found", R"(UnknownHostException: (?:[Ff]ailed to resolve ')?([A-Za-z0-9._-]+))",
             "{1} is not known to the name service of {from}."},
    RuleText{"dns_not_found", R"(UnknownHostException|UnresolvedAddressException)"},
    // The network
    RuleText{"tcp_unreachable",
             R"(NoRouteToHostException|[Nn]o route to host|Network is unreachable|Host is unreachable)"},
    RuleText{"tcp_timeout", R"((?i)connect(?:ion)? timed out|ConnectTimeoutException)"},
    RuleText{"tcp_refused", R"(Connection refused)"},
    // TLS, the most specific first
    RuleText{"tls_expired", R"(CertificateExpiredException: NotAfter: (.+))", kCertificateEnded},
    RuleText{"tls_expired", R"(CertificateNotYetValidException: NotBefore: (.+))", kCertificateTooEarly},
    RuleText{"tls_name", R"(No subject alternative|No name matching|SSLPeerUnverifiedException)"},
    RuleText{"tls_untrusted",
             R"(unable to find valid certification path|PKIX path|CertPathValidatorException)"},
    RuleText{"tls_none", R"(plaintext connection\?|Unsupported or unrecognized SSL message)"},
    RuleText{"tls_failed", R"(SSL peer shut down|SSLHandshakeException|SSLProtocolException|SSLException)"},
    RuleText{"timeout",
             R"(SocketTimeoutException|[Rr]ead timed out|java\.util\.concurrent\.TimeoutException)"},
    RuleText{"connection_closed",
             R"(Connection reset|Broken pipe|java\.io\.EOFException|ClosedChannelException)"},
    // Secrets
    RuleText{"secrets_plugin_missing", R"(No secret provider for key 'akko')"},
    RuleText{"secret_not_found", R"((AKKO secret[^\n]+))"},
    // What Trino has
    RuleText{
        "plugin_missing", R"(No factory for connector '[^']*'\. Available factories: \[([^\]]*)\])", "",
        "Install its plugin on the coordinator and all workers, and restart Trino. This Trino has: {1}."},
    RuleText{"plugin_missing", R"(No factory for connector|Invalid connector name)"},
    RuleText{"trino_setup", R"((Connector '[^']*' requires additional JVM argument[^\n]*))"},
    RuleText{"trino_setup", R"(([^\n:]*static catalog store[^\n]*))", "",
             "Set catalog.management=dynamic on the coordinator and all workers, and restart Trino."},
    RuleText{"trino_setup", R"((Catalog store is read only))", "",
             "Take catalog.read-only out of Trino's catalog store settings, and restart Trino."},
    RuleText{"trino_denied", R"(AccessDeniedException: |Access Denied: )"},
    RuleText{"trino_worker", R"((Error loading catalogs on worker[^\n]*))"},
    // Last: a secret that is missing is also reported as an error of the configuration.
    RuleText{"config",
             R"(Configuration errors:|Invalid configuration property|Environment variable is not set)"},
};

DiagnosisRule compiled(const RuleText& text) {
  auto pattern = Pattern::compile(text.pattern);
  if (!pattern) std::abort();  // a constant of this file; every test would stop here
  return {std::string(text.code), *pattern, std::string(text.message), std::string(text.fix)};
}

constexpr std::pair<std::string_view, std::string_view> kErrorNames[] = {
    {"ALREADY_EXISTS", "trino_duplicate"},
    {"PERMISSION_DENIED", "trino_denied"},
    {"EXCEEDED_TIME_LIMIT", "timeout"},
    {"USER_CANCELED", "cancelled"},
    {"ADMINISTRATIVELY_KILLED", "cancelled"},
    {"SERVER_STARTING_UP", "trino_unavailable"},
    {"SERVER_SHUTTING_DOWN", "trino_unavailable"},
    {"NO_NODES_AVAILABLE", "trino_unavailable"},
    {"QUERY_QUEUE_FULL", "trino_unavailable"},
    {"CLUSTER_OUT_OF_MEMORY", "trino_unavailable"},
};

}  // namespace

const std::vector<DiagnosisRule>& general_rules() {
  static const std::vector<DiagnosisRule> rules = [] {
    std::vector<DiagnosisRule> out;
    for (const auto& text : kRules) out.push_back(compiled(text));
    return out;
  }();
  return rules;
}

std::string_view class_of_error_name(std::string_view error_name) {
  for (const auto& [name, code] : kErrorNames) {
    if (name == error_name) return code;
  }
  return {};
}

}  // namespace akko
