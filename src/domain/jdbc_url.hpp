// JDBC URLs: a strict parser of the one plain form
//   jdbc:<subprotocol>://host[:port][,host[:port]]…[/database][?name=value[&name=value]…]
// and the rules of a connector for what such a URL may hold. Pure.
//
// Drivers accept far more (several hosts with their own settings, load-balancing forms, service files,
// class names in parameters), and much of that reads files or runs code on the coordinator. What this
// parser does not know is refused, and what it accepts every driver reads in the same way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace akko {

struct JdbcUrl {
  struct Host {
    std::string name;        // DNS name, IPv4 address, or IPv6 address in brackets
    std::uint16_t port = 0;  // 0 = not given
    friend bool operator==(const Host&, const Host&) = default;
  };
  struct Parameter {
    std::string name;
    std::string value;  // as written, percent-encoded
    friend bool operator==(const Parameter&, const Parameter&) = default;
  };

  std::string subprotocol;
  std::vector<Host> hosts;            // at least one
  std::string database;               // as written, percent-encoded; "" = none
  std::vector<Parameter> parameters;  // no name twice, in whatever case

  // Errors: invalid_argument; reason "jdbc_url" (not of that form) or "jdbc_credentials" (user name or
  // password before the host). The message says what would be right and holds nothing of `text`.
  static Result<JdbcUrl> parse(std::string_view text);

  // Parses to an equal URL again.
  std::string text() const;

  // Case ignored.
  bool has(std::string_view parameter) const;

  friend bool operator==(const JdbcUrl&, const JdbcUrl&) = default;
};

// Undoes percent-encoding. Meant for parts of a parsed URL, whose encoding is sound.
std::string percent_decoded(std::string_view text);

// What a connector accepts in its URL.
struct JdbcUrlRules {
  enum class Database : std::uint8_t { required, optional, forbidden };
  std::string subprotocol;
  std::uint16_t default_port = 0;
  Database database = Database::optional;
  std::string database_reason;  // why it is required or forbidden

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
ParameterVerdict judge_parameter(const JdbcUrlRules& rules, std::string_view name);

// Appends every violation of `rules` by `text`, under the name `field`. Values of parameters are never
// shown.
void check_jdbc_url(std::string_view text, const JdbcUrlRules& rules, std::string_view field,
                    std::vector<FieldViolation>& violations);

}  // namespace akko
