#include "domain/url.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

#include "base/secret.hpp"
#include "domain/text_encoding.hpp"
#include "domain/validation.hpp"

namespace akko {
namespace {

constexpr std::size_t kMaxHosts = 16;
constexpr std::string_view kPortWanted = "the port must be a number between 1 and 65535";

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::invalid_argument, "url", std::move(message));
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

// Characters that every driver reads as they are, and sound percent-encoding. `+` is neither: some
// drivers read it as a blank.
bool is_sound(std::string_view text, std::string_view literal) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      if (text.size() - at < 3 || hex_digit(text[at + 1]) < 0 || hex_digit(text[at + 2]) < 0) return false;
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

Result<Url::Host> parse_host(std::string_view text) {
  Url::Host host;
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
  rest.remove_prefix(1);
  if (rest.starts_with('0')) return refuse(std::string(kPortWanted));  // an octal number for some
  AKKO_TRY(host.port, parse_port(rest));
  return host;
}

// Values of parameters that a literal syntax can carry: no delimiter, no quote, nothing that decodes.
bool is_literal(std::string_view text) {
  return text.find_first_of(";{}=\"'`\\%&?#+") == std::string_view::npos && !check_characters(text);
}

bool is_sound_value(std::string_view text, const UrlSyntax& syntax) {
  return syntax.literal ? is_literal(text) : is_sound(text, "-._~:/,@");
}

bool is_sound_path(std::string_view text, const UrlSyntax& syntax) {
  if (syntax.path_segments) {
    const auto segments = split(text, '/');
    const auto climbs = [](std::string_view segment) { return segment == "." || segment == ".."; };
    if (std::any_of(segments.begin(), segments.end(), climbs)) return false;
  }
  if (syntax.literal) return is_literal(text) && text.find_first_of("/:,@") == std::string_view::npos;
  return is_sound(text, syntax.path_segments ? "-._~$/:@" : "-._~$");
}

Result<Url::Parameter> parse_parameter(std::string_view text, const UrlSyntax& syntax) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return refuse("each parameter must be written as name=value");
  Url::Parameter parameter{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
  const auto& name = parameter.name;
  const auto in_name = [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; };
  if (name.empty() || !is_letter(name.front()) || !all(name, in_name)) {
    return refuse("names of parameters must consist of letters, digits, dots, hyphens and underscores");
  }
  if (!is_sound_value(parameter.value, syntax)) {
    return refuse("the value of parameter " + shown(name) +
                  (syntax.literal
                       ? " must not hold quotes, braces or any of ; = \\ % & ? # +"
                       : " must percent-encode characters other than letters, digits and - . _ ~ : / , @ (a "
                         "blank is %20)"));
  }
  return parameter;
}

Result<std::vector<Url::Parameter>> parse_parameters(std::string_view text, const UrlSyntax& syntax) {
  std::vector<Url::Parameter> parameters;
  if (syntax.semicolons && text.ends_with(';')) text.remove_suffix(1);  // drivers' manuals end URLs so
  for (const auto part : split(text, syntax.semicolons ? ';' : '&')) {
    AKKO_TRY(auto parameter, parse_parameter(part, syntax));
    const auto same = [&](const auto& other) { return equal_ignoring_case(other.name, parameter.name); };
    if (std::any_of(parameters.begin(), parameters.end(), same)) {
      return refuse("must give the parameter " + shown(parameter.name) + " once only");
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

std::string beginnings(const UrlSyntax& syntax) {
  std::vector<std::string> prefixes;
  for (const auto& form : syntax.forms) prefixes.push_back(form.prefix);
  return enumerated(prefixes);
}

// The form whose prefix `text` begins with; of several the longest.
std::optional<std::size_t> find_form(std::string_view text, const UrlSyntax& syntax) {
  std::optional<std::size_t> found;
  for (std::size_t at = 0; at < syntax.forms.size(); ++at) {
    const auto& prefix = syntax.forms[at].prefix;
    if (text.starts_with(prefix) && (!found || prefix.size() > syntax.forms[*found].prefix.size()))
      found = at;
  }
  return found;
}

// Takes "user:password@" off `authority`.
Result<void> take_user_info(std::string_view& authority, Url& url) {
  const auto at = authority.find('@');
  if (at == std::string_view::npos) return {};
  const auto info = authority.substr(0, at);
  const auto colon = std::min(info.find(':'), info.size());
  const auto user = info.substr(0, colon);
  const auto password = colon == info.size() ? std::string_view() : info.substr(colon + 1);
  if (user.empty() || !is_sound(user, "-._~") || !is_sound(password, "-._~")) {
    return refuse("user and password must percent-encode characters other than letters, digits and - . _ ~");
  }
  url.user = percent_decoded(user);
  url.password = percent_decoded(password);
  if (check_characters(url.user) || check_characters(url.password)) {
    return refuse("user and password must be UTF-8 without control characters and ${");
  }
  authority.remove_prefix(at + 1);
  return {};
}

Result<void> parse_authority(std::string_view text, const UrlSyntax& syntax, Url& url) {
  if (syntax.user_info) AKKO_CHECK(take_user_info(text, url));
  if (text.find('@') != std::string_view::npos) {
    return fail(ErrorCode::invalid_argument, "url_credentials", "must not hold a user name or password");
  }
  std::string repeated;
  if (syntax.hosts == UrlSyntax::Hosts::repeated) {
    const auto parts = split(text, ',');
    const auto& prefix = syntax.forms[url.form].prefix;
    for (const auto part : parts) {
      const bool first = part.data() == parts.front().data();
      if (!first && !part.starts_with(prefix))
        return refuse("each host must be written as " + prefix + "host:port");
      repeated.append(first ? "" : ",").append(first ? part : part.substr(prefix.size()));
    }
    text = repeated;
  }
  AKKO_TRY(url.hosts, parse_hosts(text));
  if (syntax.hosts == UrlSyntax::Hosts::one && url.hosts.size() > 1) return refuse("must name one host");
  const auto& form = syntax.forms[url.form];
  for (const auto& host : url.hosts) {
    if (form.port_forbidden && host.port != 0) return refuse("must not give a port after " + form.prefix);
    if (!form.port_forbidden && form.default_port == 0 && host.port == 0)
      return refuse("must give a port, as in host:port");
  }
  return {};
}

}  // namespace

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || port == 0) return refuse(std::string(kPortWanted));
  return port;
}

Result<std::vector<Url::Host>> parse_hosts(std::string_view text) {
  if (text.find_first_of("()=") != std::string_view::npos) {
    return refuse("hosts must be written as host:port; the forms (host=…) and address=(…) are not accepted");
  }
  const auto parts = split(text, ',');
  if (parts.size() > kMaxHosts) return refuse("must name at most " + std::to_string(kMaxHosts) + " hosts");
  std::vector<Url::Host> hosts;
  for (const auto part : parts) {
    AKKO_TRY(auto host, parse_host(part));
    hosts.push_back(std::move(host));
  }
  return hosts;
}

std::string hosts_text(const std::vector<Url::Host>& hosts) {
  std::string out;
  for (const auto& host : hosts) {
    if (&host != &hosts.front()) out += ',';
    out += host.name;
    if (host.port != 0) out += ':' + std::to_string(host.port);
  }
  return out;
}

Result<Url> Url::parse(std::string_view text, const UrlSyntax& syntax) {
  Url url;
  if (text.find('#') != std::string_view::npos) return refuse("must not hold #");
  const auto form = find_form(text, syntax);
  if (!form)
    return refuse("must begin with " + beginnings(syntax) + "; other forms of a driver are not accepted");
  url.form = *form;
  text.remove_prefix(syntax.forms[*form].prefix.size());

  const char delimiter = syntax.semicolons ? ';' : '?';
  const bool repeated = syntax.hosts == UrlSyntax::Hosts::repeated;  // '/' is part of each prefix
  const auto authority =
      text.substr(0, std::min(repeated ? text.size() : text.find('/'), text.find(delimiter)));
  AKKO_CHECK(parse_authority(authority, syntax, url));
  text.remove_prefix(authority.size());

  const auto path = text.substr(0, text.find(delimiter));
  if (!path.empty()) url.path = path.substr(1);
  if (!is_sound_path(url.path, syntax)) {
    return refuse(syntax.literal
                      ? "what follows the host must hold letters, digits and - . _ ~ $ only"
                      : "the path must percent-encode characters other than letters, digits and - . _ ~ $");
  }
  if (const auto problem = check_characters(url_decoded(url.path, syntax))) {
    return refuse("the path " + problem->message);
  }
  text.remove_prefix(path.size());
  if (!text.empty()) {
    AKKO_TRY(url.parameters, parse_parameters(text.substr(1), syntax));
  }
  return url;
}

std::string Url::text(const UrlSyntax& syntax) const {
  const auto& prefix = syntax.forms[form].prefix;
  std::string out = prefix;
  if (!user.empty()) {
    out += percent_encoded(user, "");
    if (!password.empty()) out += ':' + percent_encoded(password, "");
    out += '@';
  }
  auto authority = hosts_text(hosts);
  if (syntax.hosts == UrlSyntax::Hosts::repeated) {
    for (std::size_t at = authority.find(','); at != std::string::npos; at = authority.find(',', at + 1))
      authority.insert(at + 1, prefix);
  }
  out += authority;
  // A driver of the standard style wants the slash before the parameters too when there is a user.
  if (!path.empty() || (syntax.user_info && !parameters.empty())) out += '/' + path;
  for (const auto& parameter : parameters) {
    const bool first = &parameter == &parameters.front();
    out += syntax.semicolons ? ';' : first ? '?' : '&';
    out += parameter.name + '=' + parameter.value;
  }
  return out;
}

const Url::Parameter* Url::find(std::string_view parameter) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& own) {
    return equal_ignoring_case(own.name, parameter);
  });
  return found == parameters.end() ? nullptr : &*found;
}

Url::~Url() { wipe(password); }

std::optional<std::string> url_encoded(std::string_view value, const UrlSyntax& syntax, bool keep_slashes) {
  if (!syntax.literal) return percent_encoded(value, keep_slashes ? "/" : "");
  if (!is_literal(value)) return std::nullopt;
  return std::string(value);
}

std::string url_decoded(std::string_view text, const UrlSyntax& syntax) {
  return syntax.literal ? std::string(text) : percent_decoded(text);
}

}  // namespace akko
