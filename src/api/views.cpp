#include "api/views.hpp"

#include <algorithm>

#include "base/json_writer.hpp"
#include "base/version.hpp"
#include "domain/validation.hpp"

namespace akko::api {
namespace {

void write_moment(JsonWriter& json, std::string_view name, UnixMillis moment) {
  json.key(name);
  if (moment == 0) {
    json.null();
  } else {
    json.moment(moment);
  }
}

// The last word of the checks; that nobody could check since is part of the truth.
HealthDetail shown_health(const Catalog& catalog, bool trino_up) {
  auto health = catalog.health;
  if (trino_up || catalog.phase != Phase::ready) return health;
  health.message = "Trino does not answer, so nothing can be queried or checked now." +
                   (health.message.empty() ? "" : " Before that: " + health.message);
  if (!health.code.empty()) return health;
  health.code = "trino_unavailable";
  health.fix = "Start Trino again, or look at its log; catalogs come back by themselves.";
  return health;
}

void write_health(JsonWriter& json, const HealthDetail& health) {
  json.begin_object().member("code", health.code).member("message", health.message).member("fix", health.fix);
  write_moment(json, "checked_at", health.checked_at);
  write_moment(json, "since", health.since);
  json.key("duration_ms");
  if (health.took) {
    json.value(static_cast<std::int64_t>(health.took->count()));
  } else {
    json.null();
  }
  write_facts(json, health.facts);
  json.end_object();
}

// The members that list and single read share.
void write_summary(JsonWriter& json, const Catalog& catalog, bool trino_up) {
  const auto health = shown_health(catalog, trino_up);
  json.member("name", catalog.spec.name.text())
      .member("connector", catalog.spec.connector)
      .member("description", catalog.spec.description);
  write_texts(json, "allow_roles", catalog.spec.allow_roles);
  const auto word = catalog.phase == Phase::registering ? Health::registering : health.health;
  json.member("health", to_string(word)).key("health_detail");
  write_health(json, health);
  json.member("phase", to_string(catalog.phase)).key("operation_id");
  if (catalog.phase == Phase::ready) {
    json.null();
  } else {
    json.value(catalog.operation_id);
  }
  json.member("revision", catalog.revision)
      .key("created_at")
      .moment(catalog.created_at)
      .member("created_by", catalog.created_by)
      .key("updated_at")
      .moment(catalog.updated_at)
      .member("updated_by", catalog.updated_by);
}

void write_steps(JsonWriter& json, const std::vector<StepReport>& steps) {
  json.begin_array();
  for (const auto& step : steps) write_step(json, words_of(step.step), step);
  json.end_array();
}

std::string missing_connector(const std::vector<std::string>& needed, Language language) {
  if (language == Language::french) {
    return "Ce Trino n’a pas le connecteur " + enumerated(needed, " ou ") +
           " ; installez son greffon sur le coordinateur et sur chaque worker, puis redémarrez Trino.";
  }
  return "This Trino has no connector " + enumerated(needed) +
         "; install its plugin on the coordinator and every worker, then restart Trino.";
}

// The definition's own JSON object, with what this Trino says about the connector added.
void write_connector(JsonWriter& json, const ConnectorDefinition& definition, const TrinoFacts& trino,
                     Language language) {
  std::string object = definition.public_json(language);
  object.pop_back();  // its closing brace
  const auto needed = definition.trino_connectors();
  const bool available = std::any_of(needed.begin(), needed.end(),
                                     [&](const std::string& one) { return trino.connectors.contains(one); });
  object += ",\"available\":";
  object += !trino.connectors_known ? "null" : available ? "true" : "false";
  if (trino.connectors_known && !available) {
    JsonWriter why;
    why.value(missing_connector(needed, language));
    object += ",\"unavailable_reason\":" + why.take();
  }
  json.raw(object + "}");
}

// The values of a form, texts all of them; null when the properties say more than the form can.
void write_form(JsonWriter& json, const std::optional<FieldValues>& form) {
  if (!form) {
    json.null();
    return;
  }
  json.begin_object();
  for (const auto& [key, value] : form->texts) json.member(key, value);
  for (const auto& [key, entries] : form->maps) {
    json.key(key).begin_object();
    for (const auto& [name, value] : entries) json.member(name, value);
    json.end_object();
  }
  json.end_object();
}

}  // namespace

void write_facts(JsonWriter& json, const Facts& facts, std::string_view member) {
  json.key(member).begin_array();
  for (const auto& fact : facts) {
    json.begin_object().member("code", fact.code).key("values").begin_object();
    for (const auto& [name, value] : fact.values) json.member(name, value);
    json.end_object();
    if (!fact.message.empty()) json.member("message", fact.message);
    if (!fact.fix.empty()) json.member("fix", fact.fix);
    json.end_object();
  }
  json.end_array();
}

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const auto& text : texts) json.value(text);
  json.end_array();
}

namespace {

std::string_view title_of(CheckStep step) {
  switch (step) {
    case CheckStep::dns:
      return "Name";
    case CheckStep::tcp:
      return "Connection";
    case CheckStep::tls:
      return "Encryption";
    case CheckStep::sign_in:
      return "Sign-in";
    case CheckStep::metadata:
      return "Metadata";
  }
  return "";
}

}  // namespace

StepWords words_of(CheckStep step) { return {akko::to_string(step), title_of(step), ran_from(step)}; }

std::string_view to_string(WarmUp warm_up) {
  switch (warm_up) {
    case WarmUp::pending:
      return "pending";
    case WarmUp::running:
      return "running";
    case WarmUp::done:
      return "done";
    case WarmUp::off:
      return "off";
  }
  return "pending";
}

std::string_view to_string(SecretsProvider provider) {
  switch (provider) {
    case SecretsProvider::unknown:
      return "unknown";
    case SecretsProvider::present:
      return "present";
    case SecretsProvider::missing:
      return "missing";
    case SecretsProvider::elsewhere:
      return "elsewhere";
  }
  return "unknown";
}

std::string catalog_list_json(const CatalogSnapshot& snapshot, bool trino_up) {
  JsonWriter json;
  json.begin_array();
  for (const auto& catalog : snapshot.catalogs) {
    json.begin_object();
    write_summary(json, *catalog, trino_up);
    json.end_object();
  }
  json.end_array();
  return json.take();
}

std::string catalog_row_json(const Catalog& catalog, bool trino_up) {
  JsonWriter json;
  json.begin_object();
  write_summary(json, catalog, trino_up);
  json.end_object();
  return json.take();
}

std::string checks_json(const std::vector<CheckRecord>& checks) {
  JsonWriter json;
  json.begin_object().key("checks").begin_array();
  for (const auto& check : checks) {
    json.begin_object().key("checked_at").moment(check.checked_at);
    json.member("trigger", akko::to_string(check.trigger)).key("user");
    if (check.user.empty()) {
      json.null();
    } else {
      json.value(check.user);
    }
    json.member("health", akko::to_string(check.health))
        .member("duration_ms", static_cast<std::int64_t>(check.took.count()))
        .key("code");
    if (check.code.empty()) {
      json.null();
    } else {
      json.value(check.code);
    }
    json.member("message", check.message).member("fix", check.fix).key("steps");
    write_steps(json, check.steps);
    json.end_object();
  }
  json.end_array().end_object();
  return json.take();
}

std::string history_json(const std::vector<AuditRecord>& events) {
  JsonWriter json;
  json.begin_object().key("events").begin_array();
  for (const auto& [at, event] : events) {
    json.begin_object().key("at").moment(at);
    json.member("event", event.event).member("user", event.user).member("result", event.result).key("code");
    if (event.code.empty()) {
      json.null();
    } else {
      json.value(event.code);
    }
    json.member("detail", event.detail)
        .member("client", event.client)
        .member("operation_id", event.operation_id)
        .member("request_id", event.request_id)
        .end_object();
  }
  json.end_array().end_object();
  return json.take();
}

std::string catalog_json(const Catalog& catalog, const std::optional<FieldValues>& form, bool trino_up) {
  JsonWriter json;
  json.begin_object();
  write_summary(json, catalog, trino_up);
  json.key("properties").begin_object();
  for (const auto& [key, value] : catalog.spec.properties) json.member(key, value);
  json.end_object().key("credentials").begin_object();
  for (const auto& [key, status] : catalog.secrets) {
    json.key(key).begin_object().member("set", true).key("updated_at").moment(status.set_at);
    json.member("updated_by", status.set_by).end_object();
  }
  json.end_object().key("fields");
  write_form(json, form);
  json.end_object();
  return json.take();
}

std::string connector_list_json(const ConnectorRegistry& connectors, const TrinoFacts& trino,
                                Language language) {
  JsonWriter json;
  json.begin_array();
  for (const auto& definition : connectors.all()) write_connector(json, *definition, trino, language);
  json.end_array();
  return json.take();
}

std::string connector_json(const ConnectorDefinition& definition, const TrinoFacts& trino,
                           Language language) {
  JsonWriter json;
  write_connector(json, definition, trino, language);
  return json.take();
}

std::string phrases_json(const ConnectorRegistry& connectors, Language language) {
  JsonWriter json;
  json.begin_object().member("language", akko::to_string(language)).key("phrases").begin_object();
  for (const auto& [english, other] : connectors.phrases(language)) json.member(english, other);
  json.end_object().end_object();
  return json.take();
}

std::string test_report_json(const TestReport& report) {
  JsonWriter json;
  json.begin_object().member("ok", !report.diagnosis.has_value());
  if (report.diagnosis) {
    json.member("code", report.diagnosis->code)
        .member("message", report.diagnosis->message)
        .member("fix", report.diagnosis->fix)
        .member("raw", report.diagnosis->raw);
  } else {
    json.key("code").null().member("message", report.explanation);
  }
  json.member("proves", report.proves)
      .member("duration_ms", static_cast<std::int64_t>(report.took.count()))
      .key("steps");
  write_steps(json, report.steps);
  json.end_object();
  return json.take();
}

std::string step_json(const StepReport& step) {
  JsonWriter json;
  write_step(json, words_of(step.step), step);
  return json.take();
}

std::string steps_json(const std::vector<StepReport>& steps) {
  JsonWriter json;
  write_steps(json, steps);
  return json.take();
}

std::string check_plan_json(const std::vector<StepReport>& steps, std::chrono::milliseconds deadline) {
  JsonWriter json;
  json.begin_object().member("deadline_ms", static_cast<std::int64_t>(deadline.count())).key("steps");
  write_steps(json, steps);
  json.end_object();
  return json.take();
}

std::string me_json(const Principal& principal, const ServerView& server, const TrinoFacts& trino) {
  JsonWriter json;
  json.begin_object().member("user", principal.name).member("subject", principal.subject);
  write_texts(json, "roles", principal.roles);
  json.member("admin", principal.has_role(server.admin_role))
      .key("server")
      .begin_object()
      .member("version", version())
      .member("dev_issuer", server.dev_issuer)
      .member("admin_role", server.admin_role);
  write_texts(json, "default_allow_roles", server.default_allow_roles);
  json.member("health_interval_seconds", static_cast<std::int64_t>(server.health_interval.count()))
      .member("secrets_in_statements",
              server.secrets_in_statements_allowed && trino.secrets_provider == SecretsProvider::missing)
      .key("trino")
      .begin_object()
      .member("up", trino.up)
      .member("version", trino.version)
      .member("secrets_provider", to_string(trino.secrets_provider))
      .end_object()
      .end_object()
      .end_object();
  return json.take();
}

}  // namespace akko::api
