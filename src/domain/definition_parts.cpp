#include "domain/definition_parts.hpp"

#include <algorithm>
#include <limits>

#include "domain/definition_words.hpp"
#include "domain/text_encoding.hpp"
#include "domain/validation.hpp"

namespace akko {
namespace {

std::uint16_t read_port(const JsonNode& node, std::string_view name) {
  const auto port = node.number(name);
  if (!port) return 0;
  if (*port < 1 || *port > std::numeric_limits<std::uint16_t>::max())
    node.member(name).wrong("must be 1 to 65535");
  return static_cast<std::uint16_t>(*port);
}

// No name may stand in two of the lists: what is said of a parameter must be unambiguous.
void check_disjoint(const JsonNode& root, const UrlRules& rules) {
  std::vector<std::string> names = rules.parameters;
  for (const auto& limited : rules.limited_parameters) names.push_back(limited.name);
  for (const auto& [name, place] : rules.credential_parameters) names.push_back(name);
  for (const auto& group : rules.refused_parameters)
    names.insert(names.end(), group.names.begin(), group.names.end());
  for (auto one = names.begin(); one != names.end(); ++one) {
    const auto same = [&](const std::string& other) { return equal_ignoring_case(*one, other); };
    if (std::any_of(std::next(one), names.end(), same))
      root.wrong("the parameter " + *one + " stands in it twice");
  }
}

std::vector<UrlSyntax::Form> read_forms(const JsonNode& root, std::uint16_t default_port) {
  std::vector<UrlSyntax::Form> forms;
  for (const auto nodes = root.items("forms"); const auto& node : nodes) {
    node.only({"name", "prefix", "default_port", "port"});
    UrlSyntax::Form form{node.optional_text("name"), node.text("prefix"), read_port(node, "default_port"),
                         false};
    if (form.default_port == 0) form.default_port = default_port;
    const auto port = node.optional_text("port");
    if (!port.empty() && port != "forbidden") node.member("port").wrong("must be forbidden, or left out");
    form.port_forbidden = port == "forbidden";
    forms.push_back(std::move(form));
  }
  if (forms.empty()) root.member("forms").wrong("is required");
  const auto nameless = [](const UrlSyntax::Form& form) { return form.name.empty(); };
  if (forms.size() > 1 && std::any_of(forms.begin(), forms.end(), nameless))
    root.member("forms").wrong("each of several needs a name");
  return forms;
}

UrlSyntax read_syntax(const JsonNode& root) {
  UrlSyntax syntax;
  syntax.forms = read_forms(root, read_port(root, "default_port"));
  syntax.aliases = root.texts("aliases");
  syntax.hosts = read_word(root.optional_member("hosts"), kUrlHosts);
  syntax.user_info = root.flag("user_info", false);
  const auto path = root.member("path");
  path.only({"use", "reason", "segments"});
  syntax.path = read_word(path.member("use"), kUrlPaths);
  syntax.path_reason = path.optional_text("reason");
  syntax.path_segments = path.flag("segments", false);
  const auto style = root.optional_text("style"), encoding = root.optional_text("encoding");
  if (!style.empty() && style != "query" && style != "semicolon")
    root.member("style").wrong("must be query or semicolon");
  if (!encoding.empty() && encoding != "percent" && encoding != "literal")
    root.member("encoding").wrong("must be percent or literal");
  syntax.semicolons = style == "semicolon";
  syntax.literal = encoding == "literal";
  return syntax;
}

UrlRules read_url(const JsonNode& root) {
  root.only({"forms", "aliases", "default_port", "hosts", "user_info", "path", "style", "encoding",
             "case_matters", "parameters", "limited_parameters", "credential_parameters",
             "refused_parameters"});
  UrlRules rules;
  rules.syntax = read_syntax(root);
  rules.case_matters = root.flag("case_matters", true);
  rules.parameters = root.texts("parameters");
  for (const auto nodes = root.items("limited_parameters"); const auto& node : nodes) {
    node.only({"name", "values", "reason"});
    rules.limited_parameters.push_back({node.text("name"), node.texts("values"), node.text("reason")});
  }
  for (const auto nodes = root.members("credential_parameters"); const auto& [name, node] : nodes) {
    rules.credential_parameters.emplace_back(name, node.as_text());
  }
  for (const auto nodes = root.items("refused_parameters"); const auto& node : nodes) {
    node.only({"names", "reason"});
    rules.refused_parameters.push_back({node.texts("names"), node.text("reason")});
  }
  check_disjoint(root, rules);
  return rules;
}

std::vector<PropertyTemplate> read_templates(const JsonNode& root) {
  std::vector<PropertyTemplate> out;
  for (const auto nodes = root.items("templates"); const auto& node : nodes) {
    node.only({"when", "text"});
    auto text = TextTemplate::parse(node.text("text"));
    if (text) {
      out.push_back({read_conditions(node, "when"), std::move(*text)});
    } else {
      node.member("text").wrong(text.error().message);
    }
  }
  return out;
}

// Members that mean something for one kind only must not stand with another.
void check_kind(const JsonNode& node, const PropertyDefinition& property) {
  const auto kind = property.kind;
  const bool is_url = kind == PropertyKind::url, is_text = kind == PropertyKind::text;
  const bool is_secret = kind == PropertyKind::secret || kind == PropertyKind::secret_file;
  if (property.choices.empty() == (kind == PropertyKind::enumeration))
    node.wrong("choices go with kind enumeration");
  if (property.url.has_value() != is_url) node.wrong("url goes with kind url");
  if ((property.minimum || property.maximum) && kind != PropertyKind::integer)
    node.wrong("minimum and maximum go with kind integer");
  if (property.pattern && !is_text && kind != PropertyKind::secret)
    node.wrong("pattern goes with kind text or secret");
  if (property.pattern.has_value() == property.pattern_help.empty()) node.wrong("pattern needs pattern_help");
  if (property.default_value && (property.secret || is_url || property.required))
    node.wrong("a default goes with a property that is neither required nor a secret nor a URL");
  if (!property.templates.empty() && !is_text && !is_secret)
    node.wrong("templates go with kind text, secret or secret_file");
}

PropertyDefinition read_property(const JsonNode& node) {
  static const auto name_pattern = Pattern::compile("[a-z][a-z0-9]*([._-][a-z0-9]+)*");
  node.only({"name", "label", "help", "kind", "secret", "required", "advanced", "default", "pattern",
             "pattern_help", "max_length", "minimum", "maximum", "choices", "url", "templates"});
  PropertyDefinition property;
  property.name = node.text("name");
  if (name_pattern && !name_pattern->matches_whole(property.name))
    node.wrong("name is not a Trino property name");
  property.label = node.text("label");
  property.help = node.text("help");
  property.kind = read_word(node.member("kind"), kPropertyKinds);
  property.secret = property.kind == PropertyKind::secret || property.kind == PropertyKind::secret_file;
  if (const bool secret = node.flag("secret", false); secret) {
    if (property.kind != PropertyKind::url) node.member("secret").wrong("goes with kind url");
    property.secret = true;
  }
  property.required = node.flag("required", false);
  property.advanced = node.flag("advanced", false);
  if (const auto value = node.optional_member("default"); value.present())
    property.default_value = value.as_scalar();
  property.pattern = read_pattern(node.optional_member("pattern"));
  property.pattern_help = node.optional_text("pattern_help");
  const auto length = node.number("max_length").value_or(static_cast<std::int64_t>(property.max_length));
  if (length < 1 || length > kLongestValue) node.wrong("max_length must be 1 to 262144");
  property.max_length = static_cast<std::size_t>(length);
  property.minimum = node.number("minimum");
  property.maximum = node.number("maximum");
  property.choices = node.texts("choices");
  if (const auto url = node.optional_member("url"); url.present()) property.url = read_url(url);
  property.templates = read_templates(node);
  check_kind(node, property);
  return property;
}

// Bytes written as hexadecimal digits.
std::string read_bytes(const JsonNode& node, std::string_view name) {
  const auto digits = node.text(name);
  const bool sound = digits.size() % 2 == 0 &&
                     std::all_of(digits.begin(), digits.end(), [](char c) { return hex_digit(c) >= 0; });
  if (!sound) node.member(name).wrong("must be pairs of hexadecimal digits");
  std::string bytes;
  for (std::size_t at = 0; sound && at < digits.size(); at += 2)
    bytes += static_cast<char>(hex_digit(digits[at]) * 16 + hex_digit(digits[at + 1]));
  return bytes;
}

Greeting read_greeting(const JsonNode& root) {
  root.only({"send", "expect"});
  return {read_bytes(root, "send"), read_bytes(root, "expect")};
}

EndpointDefinition::Tls read_tls(const JsonNode& root) {
  root.only({"when", "verify", "start", "unknown"});
  EndpointDefinition::Tls tls;
  tls.when = read_conditions(root, "when");
  if (const auto verify = root.optional_member("verify"); verify.present()) {
    if (verify.value()->is_bool()) {
      if (verify.value()->get_bool()) tls.verify.emplace();
    } else {
      tls.verify = read_conditions(root, "verify");
    }
  }
  if (const auto start = root.optional_member("start"); start.present()) tls.start = read_greeting(start);
  tls.unknown = root.optional_text("unknown");
  if (!tls.unknown.empty() && root.optional_member("start").present())
    root.member("unknown").wrong("does not go with start");
  return tls;
}

}  // namespace

std::optional<Pattern> read_pattern(const JsonNode& node) {
  if (!node.present()) return std::nullopt;
  auto pattern = Pattern::compile(node.as_text());
  if (pattern) return *pattern;
  node.wrong(pattern.error().message);
  return std::nullopt;
}

void check_identifier(const JsonNode& node, std::string_view text) {
  static const auto pattern = Pattern::compile("[a-z][a-z0-9_]{0,39}");
  if (pattern && !text.empty() && !pattern->matches_whole(text)) node.wrong("must match " + pattern->text());
}

bool stands_for_itself(std::string_view value, const UrlSyntax& syntax) {
  return url_encoded(value, syntax, false) == value;
}

Conditions read_conditions(const JsonNode& root, std::string_view name) {
  Conditions out;
  for (const auto nodes = root.members(name); const auto& [field, node] : nodes)
    out.emplace_back(field, root.member(name).texts(field));
  return out;
}

std::vector<PropertyDefinition> read_properties(const JsonNode& root) {
  std::vector<PropertyDefinition> out;
  for (const auto nodes = root.items("properties"); const auto& node : nodes)
    out.push_back(read_property(node));
  return out;
}

std::vector<RefusedProperties> read_refused(const JsonNode& root) {
  std::vector<RefusedProperties> out;
  for (const auto nodes = root.items("refused"); const auto& node : nodes) {
    node.only({"names", "reason"});
    out.push_back({node.texts("names"), node.text("reason")});
  }
  return out;
}

std::vector<EndpointDefinition> read_endpoints(const JsonNode& root) {
  std::vector<EndpointDefinition> out;
  for (const auto nodes = root.items("endpoints"); const auto& node : nodes) {
    node.only({"url", "hosts", "port", "default_port", "address", "when", "greeting", "tcp_unknown", "tls"});
    EndpointDefinition endpoint;
    endpoint.url = node.optional_text("url");
    endpoint.hosts = node.optional_text("hosts");
    endpoint.port = node.optional_text("port");
    endpoint.default_port = read_port(node, "default_port");
    if (const auto address = node.optional_text("address"); !address.empty()) {
      auto hosts = parse_hosts(address);
      if (!hosts || hosts->front().port == 0) node.member("address").wrong("must be host:port");
      if (hosts) endpoint.address = std::move(*hosts);
    }
    const int sources = (endpoint.url.empty() ? 0 : 1) + (endpoint.hosts.empty() ? 0 : 1) +
                        (endpoint.address.empty() ? 0 : 1);
    if (sources != 1) node.wrong("needs one of url, hosts and address");
    if (endpoint.hosts.empty() && (!endpoint.port.empty() || endpoint.default_port != 0))
      node.wrong("port and default_port go with hosts");
    endpoint.when = read_conditions(node, "when");
    if (const auto greeting = node.optional_member("greeting"); greeting.present())
      endpoint.greeting = read_greeting(greeting);
    endpoint.tcp_unknown = node.optional_text("tcp_unknown");
    if (const auto tls = node.optional_member("tls"); tls.present()) endpoint.tls = read_tls(tls);
    const bool connects = endpoint.greeting || (endpoint.tls && endpoint.tls->unknown.empty());
    if (!endpoint.tcp_unknown.empty() && connects)
      node.member("tcp_unknown").wrong("goes with neither a greeting nor a handshake");
    out.push_back(std::move(endpoint));
  }
  return out;
}

std::vector<DiagnosisRule> read_diagnosis(const JsonNode& root) {
  std::vector<DiagnosisRule> out;
  for (const auto nodes = root.items("diagnosis"); const auto& node : nodes) {
    node.only({"code", "pattern", "message", "fix"});
    const auto code = node.text("code"), message = node.optional_text("message"),
               fix = node.optional_text("fix");
    const auto& codes = diagnosis_codes();
    if (std::find(codes.begin(), codes.end(), code) == codes.end())
      node.wrong("code is not a class of diagnosis");
    if (!placeholders_are_known(message) || !placeholders_are_known(fix))
      node.wrong("a placeholder is not known");
    if (auto pattern = read_pattern(node.member("pattern"))) out.push_back({code, *pattern, message, fix});
  }
  return out;
}

Hints read_hints(const JsonNode& root) {
  Hints out;
  for (const auto nodes = root.members("hints"); const auto& [code, node] : nodes) {
    node.only({"message", "fix"});
    Hint hint{node.optional_text("message"), node.optional_text("fix")};
    const auto& codes = diagnosis_codes();
    if (std::find(codes.begin(), codes.end(), code) == codes.end()) node.wrong("is not a class of diagnosis");
    if (!placeholders_are_known(hint.message) || !placeholders_are_known(hint.fix))
      node.wrong("a placeholder is not known");
    out.emplace(code, std::move(hint));
  }
  return out;
}

}  // namespace akko
