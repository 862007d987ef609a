// Connection URLs: a strict parser for the forms that a connector definition allows, and the rules for what
// such a URL may hold. Pure.
//
//   <prefix>[user[:password]@]host[:port][,host[:port]]…[/path][?name=value[&name=value]…]
//
// Drivers accept far more (several hosts with their own settings, load-balancing forms, service files,
// class names in parameters), and much of that reads files or runs code on the coordinator. What this
// parser does not know is refused, and what it accepts every driver reads in the same way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace akko {

// How the URLs of one property are written.
struct UrlSyntax {
  // One beginning of such a URL: "jdbc:db://". A second one may mean another transport ("https://").
  struct Form {
    std::string name;                // for fields that choose between several; may be empty when there is one
    std::string prefix;              // compared byte by byte
    std::uint16_t default_port = 0;  // 0 = none
    bool port_forbidden = false;     // a name that stands for several servers (DNS SRV)
  };
  std::vector<Form> forms;  // at least one; the first is the default
  // Other beginnings that a page may recognise in a pasted text; no URL for Trino begins with one.
  std::vector<std::string> aliases;

  enum class Hosts : std::uint8_t {
    one,
    several,   // host:port,host:port
    repeated,  // prefix host:port,prefix host:port
  };
  Hosts hosts = Hosts::one;
  bool user_info = false;

  enum class Path : std::uint8_t { required, optional, forbidden };
  Path path = Path::optional;
  std::string path_reason;     // why it is required or forbidden
  bool path_segments = false;  // it may hold '/'

  bool semicolons = false;  // ;name=value;name=value in place of ?name=value&name=value
  bool literal = false;     // the driver decodes nothing: no percent-encoding
};

struct Url {
  struct Host {
    std::string name;        // DNS name, IPv4 address, or IPv6 address in brackets
    std::uint16_t port = 0;  // 0 = not given
    friend bool operator==(const Host&, const Host&) = default;
  };
  struct Parameter {
    std::string name;
    std::string value;  // as written, encoded
    friend bool operator==(const Parameter&, const Parameter&) = default;
  };

  std::size_t form = 0;               // index into UrlSyntax::forms
  std::string user, password;         // decoded; "" = none
  std::vector<Host> hosts;            // at least one
  std::string path;                   // as written, encoded, without the first '/'; "" = none
  std::vector<Parameter> parameters;  // no name twice, in whatever case

  // Errors: invalid_argument; reason "url" (not of that form) or "url_credentials" (user name or password
  // where the syntax allows none). The message says what would be right and holds nothing of `text`.
  static Result<Url> parse(std::string_view text, const UrlSyntax& syntax);

  // Parses to an equal URL again.
  std::string text(const UrlSyntax& syntax) const;

  const Parameter* find(std::string_view parameter) const;  // case ignored

  Url() = default;
  Url(const Url&) = default;
  Url(Url&&) = default;
  Url& operator=(const Url&) = default;
  Url& operator=(Url&&) = default;
  ~Url();  // wipes the password

  friend bool operator==(const Url&, const Url&) = default;
};

// 1 to 65535. Error: invalid_argument, "url".
Result<std::uint16_t> parse_port(std::string_view text);
// "host[:port][,host[:port]]…", at most 16. Error: invalid_argument, "url".
Result<std::vector<Url::Host>> parse_hosts(std::string_view text);
std::string hosts_text(const std::vector<Url::Host>& hosts);

// A value as it stands in a URL of this syntax; nothing when it cannot stand there (a literal syntax has no
// way to write some characters).
std::optional<std::string> url_encoded(std::string_view value, const UrlSyntax& syntax, bool keep_slashes);
std::string url_decoded(std::string_view text, const UrlSyntax& syntax);

// What a connector accepts in its URL.
struct UrlRules {
  UrlSyntax syntax;

  // Whether the driver tells parameter names apart by case. A refused name is refused in any case.
  bool case_matters = true;
  std::vector<std::string> parameters;  // allowed with any value
  struct Limited {
    std::string name;
    std::vector<std::string> values;  // the only ones allowed
    std::string reason;               // why
  };
  std::vector<Limited> limited_parameters;
  // Parameter -> where it belongs ("credentials.connection-password").
  std::vector<std::pair<std::string, std::string>> credential_parameters;
  struct Refused {
    std::vector<std::string> names;
    std::string reason;
  };
  std::vector<Refused> refused_parameters;
};

enum class ParameterVerdict : std::uint8_t { allowed, limited, credential, refused, unknown };
ParameterVerdict judge_parameter(const UrlRules& rules, std::string_view name);

// Appends every violation of `rules` by `text`, under the name `field`. Values of parameters are never
// shown. Codes: url, misplaced (credentials), url_path, url_parameter_refused, url_parameter_unknown,
// url_parameter_value.
void check_url(std::string_view text, const UrlRules& rules, std::string_view field,
               std::vector<FieldViolation>& violations);
// The same for a URL that is in parts: `name_of` gives the field of a parameter, and of the path for "".
void check_url(const Url& url, const UrlRules& rules,
               const std::function<std::string(std::string_view parameter)>& name_of,
               std::vector<FieldViolation>& violations);

}  // namespace akko
