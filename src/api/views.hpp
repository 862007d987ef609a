// What the API shows: records as JSON text, as api/openapi.yaml describes them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "app/catalog_service.hpp"
#include "base/json_writer.hpp"
#include "domain/connector.hpp"

namespace akko::api {

// While Trino is down nothing is checked: health keeps its last word, and its detail says so.
std::string catalog_list_json(const CatalogSnapshot& snapshot, bool trino_up);
// One entry of the list.
std::string catalog_row_json(const Catalog& catalog, bool trino_up);
// `form`: what the catalog's form says, without secrets.
std::string catalog_json(const Catalog& catalog, const std::optional<FieldValues>& form, bool trino_up);
// The history of a catalog: {"checks":[…]}
std::string checks_json(const std::vector<CheckRecord>& checks);
// What was done to a catalog: {"events":[…]}
std::string history_json(const std::vector<AuditRecord>& events);
std::string connector_list_json(const ConnectorRegistry& connectors, const TrinoFacts& trino,
                                Language language);
std::string connector_json(const ConnectorDefinition& definition, const TrinoFacts& trino, Language language);
// The sentences of diagnoses in a language, by the English ones: {"language", "phrases"}
std::string phrases_json(const ConnectorRegistry& connectors, Language language);
std::string test_report_json(const TestReport& report);
// Of a check while it runs.
std::string check_plan_json(const std::vector<StepReport>& steps, std::chrono::milliseconds deadline);
std::string step_json(const StepReport& step);
void write_facts(JsonWriter& json, const Facts& facts, std::string_view member = "facts");
void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts);

struct StepWords {
  std::string_view id;
  std::string_view title;
  std::string_view ran_from;  // "manager" or "trino"
};
StepWords words_of(CheckStep step);

// A step of a check (StepReport) or of an operation (OperationStep).
template <typename Step>
void write_step(JsonWriter& json, const StepWords& words, const Step& step) {
  json.begin_object()
      .member("id", words.id)
      .member("title", words.title)
      .member("ran_from", words.ran_from)
      .member("status", akko::to_string(step.status))
      .member("duration_ms", static_cast<std::int64_t>(step.took.count()))
      .member("message", step.message);
  write_facts(json, step.facts);
  json.key("code");
  if (step.code.empty()) {
    json.null();
  } else {
    json.value(step.code).member("fix", step.fix);
  }
  json.end_object();
}
std::string steps_json(const std::vector<StepReport>& steps);

struct ServerView {
  bool secrets_in_statements_allowed = false;
  bool dev_issuer = false;
  std::string admin_role;
  std::vector<std::string> default_allow_roles;
  std::chrono::seconds health_interval{0};  // between two checks of a catalog; 0 = none on their own
};
std::string me_json(const Principal& principal, const ServerView& server, const TrinoFacts& trino);

std::string_view to_string(WarmUp warm_up);
std::string_view to_string(SecretsProvider provider);

}  // namespace akko::api
