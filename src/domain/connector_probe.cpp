// What a connection test of one catalog does: where the network steps go and which statements Trino runs.
#include <algorithm>

#include "domain/connector.hpp"
#include "domain/sql.hpp"

namespace akko {
namespace {

void replace_all(std::string& text, std::string_view place, const std::string& with) {
  for (auto at = text.find(place); at != std::string::npos; at = text.find(place, at + with.size()))
    text.replace(at, place.size(), with);
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(' ') - begin + 1));
}

// The first of a list "schema.table,table,…", quoted; the schema ends at the first dot.
std::string quoted_table(std::string_view list, const std::string& default_schema) {
  const auto first = trimmed(list.substr(0, list.find(',')));
  const auto dot = first.find('.');
  const auto schema = dot == std::string::npos ? default_schema : first.substr(0, dot);
  const auto table = dot == std::string::npos ? first : first.substr(dot + 1);
  return sql_identifier(schema) + '.' + sql_identifier(table);
}

// "a:1, b:2" as "a:1,b:2": lists may be written so.
std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

std::string value_of(const RawValues& raw, const std::string& name) {
  if (const auto found = raw.properties.find(name); found != raw.properties.end()) return found->second;
  if (const auto found = raw.secrets.find(name); found != raw.secrets.end())
    return std::string(found->second.reveal());
  return "";
}

void fill_ports(std::vector<Url::Host>& hosts, std::uint16_t port) {
  for (auto& host : hosts) {
    if (host.port == 0) host.port = port;
  }
}

}  // namespace

std::string_view to_string(CheckStep step) {
  switch (step) {
    case CheckStep::dns:
      return "dns";
    case CheckStep::tcp:
      return "tcp";
    case CheckStep::tls:
      return "tls";
    case CheckStep::sign_in:
      return "sign_in";
    case CheckStep::metadata:
      return "metadata";
  }
  return "";
}

ConnectorDefinition::ProbePlan ConnectorDefinition::probe_plan(const CatalogName& name, const RawValues& raw,
                                                               const Properties& options) const {
  const auto values = form_values(raw, options).value_or(FieldValues{});
  ProbePlan plan{{}, probe_.proves, probe_.explanation};
  for (const auto& statement : probe_.statements) {
    const auto table = statement.table.empty() ? "" : values.text(statement.table);
    if (!statement.table.empty() && table.empty()) continue;
    auto text = statement.text;
    // The catalog first: its name holds no braces.
    replace_all(text, "{catalog}", sql_identifier(name.text()));
    if (!table.empty()) replace_all(text, "{table}", quoted_table(table, statement.default_schema));
    plan.runs.push_back({statement.step, std::move(text), statement.counts, !table.empty()});
    if (!statement.proves.empty()) plan.proves = statement.proves;
    if (!statement.explanation.empty()) plan.explanation = statement.explanation;
  }
  return plan;
}

const ProbeRun* most_telling(const std::vector<ProbeRun>& runs) {
  const auto last =
      std::find_if(runs.rbegin(), runs.rend(), [](const ProbeRun& run) { return run.reads_data; });
  if (last != runs.rend()) return &*last;
  return runs.empty() ? nullptr : &runs.front();
}

// No hosts when the properties do not say where.
NetworkTarget ConnectorDefinition::located(const EndpointDefinition& endpoint, const RawValues& raw) const {
  NetworkTarget target;
  if (!endpoint.url.empty()) {
    const auto& syntax = find(endpoint.url)->url->syntax;
    const auto url = Url::parse(value_of(raw, endpoint.url), syntax);
    if (!url) return target;
    const auto& form = syntax.forms[url->form];
    target.hosts = url->hosts;
    fill_ports(target.hosts, form.default_port);
    if (form.port_forbidden)
      target.unknown = "the name stands for several servers that only the driver looks up";
  } else if (!endpoint.hosts.empty()) {
    auto hosts = parse_hosts(without_blanks(value_of(raw, endpoint.hosts)));
    if (!hosts) return target;
    target.hosts = std::move(*hosts);
    const auto port = parse_port(value_of(raw, endpoint.port));
    fill_ports(target.hosts, port ? *port : endpoint.default_port);
  } else {
    target.hosts = endpoint.address;
  }
  return target;
}

std::vector<NetworkTarget> ConnectorDefinition::network_targets(const RawValues& raw) const {
  const auto values = form_values(raw, {});
  std::vector<NetworkTarget> targets;
  for (const auto& endpoint : endpoints_) {
    if (!endpoint.when.empty() && (!values || !values->holds(endpoint.when))) continue;
    auto target = located(endpoint, raw);
    if (target.hosts.empty()) continue;
    target.tcp_unknown = endpoint.tcp_unknown;
    const auto& tls = endpoint.tls;
    const bool tls_is_told = !tls || values || tls->when.empty();
    if (tls) {
      target.tls = values ? values->holds(tls->when) : tls->when.empty();
      target.verify = tls->verify && (values ? values->holds(*tls->verify) : tls->verify->empty());
      target.tls_start = tls->start;
      if (target.tls) target.tls_unknown = tls->unknown;
      if (!tls_is_told) target.tls_unknown = "these properties say more than the form knows; Trino checks it";
    }
    if (tls_is_told && !target.tls) target.greeting = endpoint.greeting;
    targets.push_back(std::move(target));
  }
  return targets;
}

Endpoint ConnectorDefinition::endpoint(const RawValues& raw) const {
  Endpoint out;
  const auto targets = network_targets(raw);
  if (!targets.empty()) {
    const auto& host = targets.front().hosts.front();
    out.host = host.name;
    if (host.port != 0) out.port = std::to_string(host.port);
  }
  const auto values = form_values(raw, {});
  out.user = text_of_field(user_field_, raw, values);
  out.database = text_of_field(database_field_, raw, values);
  return out;
}

// Also where the form as a whole cannot say what the properties say.
std::string ConnectorDefinition::text_of_field(const std::string& key, const RawValues& raw,
                                               const std::optional<FieldValues>& values) const {
  if (values) return values->text(key);
  const auto* field = form().find(key);
  if (field == nullptr || !field->to) return "";
  const auto* property = find(field->to->property);
  if (property == nullptr || property->secret) return "";
  const auto text = value_of(raw, property->name);
  if (field->to->part == Address::Part::whole) return text;
  if (!property->url) return "";
  const auto& syntax = property->url->syntax;
  const auto url = Url::parse(text, syntax);
  return url && field->to->part == Address::Part::path ? url_decoded(url->path, syntax) : "";
}

}  // namespace akko
