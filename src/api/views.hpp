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
std::string test_report_json(const TestReport& report);
// Of a check while it runs.
std::string check_plan_json(const std::vector<StepReport>& steps, std::chrono::milliseconds deadline);
std::string step_json(const StepReport& step);
// The member `facts` of a step.
void write_facts(JsonWriter& json, const Facts& facts);
std::string_view title_of(CheckStep step);
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
