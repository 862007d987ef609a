#include "domain/jdbc_url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <arpa/inet.h>

#include "domain/validation.hpp"

namespace akko {
namespace {

constexpr std::string_view kForm = "jdbc:<type>://host:port/database?name=value";
constexpr std::size_t kMaxHosts = 16;

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::invalid_argument, "jdbc_url", std::move(message));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }

template <typename Predicate>
bool all(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const auto end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Characters that every driver reads as they are, and sound percent-encoding. `+` is neither: some
// drivers read it as a blank.
bool is_sound(std::string_view text, std::string_view literal) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      if (text.size() - at < 3 || hex_value(text[at + 1]) < 0 || hex_value(text[at + 2]) < 0) return false;
      at += 2;
    } else if (!is_alphanumeric(text[at]) && literal.find(text[at]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool is_address(int family, std::string_view text) {
  unsigned char bytes[16];
  return inet_pton(family, std::string(text).c_str(), bytes) == 1;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         all(label, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
}

bool is_host_name(std::string_view name) {
  const auto labels = split(name, '.');
  // A last label of digits makes it an address for a resolver, in forms that hide which ("2130706433").
  const bool numeric = all(labels.back(), is_digit) || equal_ignoring_case(labels.back().substr(0, 2), "0x");
  if (numeric) return is_address(AF_INET, name);
  return name.size() <= 253 && std::all_of(labels.begin(), labels.end(), is_label);
}

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || port == 0 || text.front() == '0')
    return refuse("the port must be a number between 1 and 65535");
  return port;
}

Result<JdbcUrl::Host> parse_host(std::string_view text) {
  JdbcUrl::Host host;
  auto rest = text;
  if (!text.empty() && text.front() == '[') {
    const auto end = text.find(']');
    if (end == std::string_view::npos || !is_address(AF_INET6, text.substr(1, end - 1))) {
      return refuse("what stands in brackets must be an IPv6 address");
    }
    host.name = text.substr(0, end + 1);
    rest = text.substr(end + 1);
  } else {
    host.name = text.substr(0, text.find(':'));
    rest = text.substr(host.name.size());
    if (!is_host_name(host.name)) {
      return refuse("the host must be a DNS name, an IPv4 address or an IPv6 address in brackets");
    }
  }
  if (rest.empty()) return host;
  if (rest.front() != ':') return refuse("after an IPv6 address only a port may follow, as in [::1]:1234");
  AKKO_TRY(host.port, parse_port(rest.substr(1)));
  return host;
}

Result<std::vector<JdbcUrl::Host>> parse_authority(std::string_view text) {
  if (text.find('@') != std::string_view::npos) {
    return fail(ErrorCode::invalid_argument, "jdbc_credentials", "must not hold a user name or password");
  }
  if (text.find_first_of("()=") != std::string_view::npos) {
    return refuse("hosts must be written as host:port; the forms (host=…) and address=(…) are not accepted");
  }
  const auto parts = split(text, ',');
  if (parts.size() > kMaxHosts) return refuse("must name at most " + std::to_string(kMaxHosts) + " hosts");
  std::vector<JdbcUrl::Host> hosts;
  for (const auto part : parts) {
    AKKO_TRY(auto host, parse_host(part));
    hosts.push_back(std::move(host));
  }
  return hosts;
}

Result<JdbcUrl::Parameter> parse_parameter(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return refuse("each parameter must be written as name=value");
  JdbcUrl::Parameter parameter{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
  const auto& name = parameter.name;
  const auto in_name = [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; };
  if (name.empty() || !is_letter(name.front()) || !all(name, in_name)) {
    return refuse("names of parameters must consist of letters, digits, dots, hyphens and underscores");
  }
  if (!is_sound(parameter.value, "-._~:/,@")) {
    return refuse("the value of parameter " + shown(name) +
                  " must percent-encode characters other than letters, " +
                  "digits and - . _ ~ : / , @ (a blank is %20)");
  }
  return parameter;
}

Result<std::vector<JdbcUrl::Parameter>> parse_parameters(std::string_view text) {
  std::vector<JdbcUrl::Parameter> parameters;
  for (const auto part : split(text, '&')) {
    AKKO_TRY(auto parameter, parse_parameter(part));
    const auto same = [&](const auto& other) { return equal_ignoring_case(other.name, parameter.name); };
    if (std::any_of(parameters.begin(), parameters.end(), same)) {
      return refuse("must give the parameter " + shown(parameter.name) + " once only");
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

// Takes "jdbc:<subprotocol>://" off `text`.
Result<std::string> take_subprotocol(std::string_view& text) {
  if (text.substr(0, 5) != "jdbc:") return refuse("must begin with jdbc:");
  const auto rest = text.substr(5);
  const auto end = std::min(rest.find("://"), rest.size());
  const auto subprotocol = rest.substr(0, end);
  const bool plain = !subprotocol.empty() && all(subprotocol, is_alphanumeric);
  if (end == rest.size() || !plain) {
    return refuse("must have the form " + std::string(kForm) +
                  "; other forms of a driver (load balancing, replication, +srv) are not accepted");
  }
  text = rest.substr(end + 3);
  return std::string(subprotocol);
}

}  // namespace

Result<JdbcUrl> JdbcUrl::parse(std::string_view text) {
  JdbcUrl url;
  if (text.find('#') != std::string_view::npos) return refuse("must not hold #");
  AKKO_TRY(url.subprotocol, take_subprotocol(text));
  const auto authority = text.substr(0, text.find_first_of("/?"));
  AKKO_TRY(url.hosts, parse_authority(authority));
  text.remove_prefix(authority.size());

  const auto path = text.substr(0, text.find('?'));
  if (!path.empty()) url.database = path.substr(1);
  if (!is_sound(url.database, "-._~$")) {
    return refuse("the database must percent-encode characters other than letters, digits and - . _ ~ $");
  }
  if (const auto problem = check_characters(percent_decoded(url.database))) {
    return refuse("the database " + problem->message);
  }
  text.remove_prefix(path.size());
  if (!text.empty()) {
    AKKO_TRY(url.parameters, parse_parameters(text.substr(1)));
  }
  return url;
}

std::string JdbcUrl::text() const {
  std::string out = "jdbc:" + subprotocol + "://";
  for (const auto& host : hosts) {
    if (&host != &hosts.front()) out += ',';
    out += host.name;
    if (host.port != 0) out += ':' + std::to_string(host.port);
  }
  if (!database.empty()) out += '/' + database;
  for (const auto& parameter : parameters) {
    out += &parameter == &parameters.front() ? '?' : '&';
    out += parameter.name + '=' + parameter.value;
  }
  return out;
}

bool JdbcUrl::has(std::string_view parameter) const {
  return std::any_of(parameters.begin(), parameters.end(),
                     [&](const Parameter& own) { return equal_ignoring_case(own.name, parameter); });
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && text.size() - at > 2) {
      out += static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

}  // namespace akko
