#include "domain/plan.hpp"

#include <array>

namespace akko {

std::string_view name_of(const Step& step) {
  static constexpr std::array<std::string_view, std::variant_size_v<Step>> kNames = {
      "write_secrets",   "create_in_trino", "probe_in_trino", "mark_ready",
      "drop_from_trino", "remove_secrets",  "erase_record"};
  return kNames.at(step.index());
}

std::string_view to_string(Plan::Kind kind) {
  return kind == Plan::Kind::register_catalog ? "register" : "deregister";
}

Plan plan_registration(bool has_secrets, bool probes) {
  Plan plan{Plan::Kind::register_catalog, {}};
  // Secrets first: Trino resolves the references while it creates the catalog.
  if (has_secrets) plan.steps.emplace_back(step::WriteSecrets{});
  plan.steps.emplace_back(step::CreateInTrino{});
  if (probes) plan.steps.emplace_back(step::ProbeInTrino{});
  plan.steps.emplace_back(step::MarkReady{});
  return plan;
}

Plan plan_removal() {
  // Secrets last: a worker that loads the catalog late must still find them.
  return {Plan::Kind::deregister_catalog,
          {step::DropFromTrino{}, step::RemoveSecrets{}, step::EraseRecord{}}};
}

}  // namespace akko
