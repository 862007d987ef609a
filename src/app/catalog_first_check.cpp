// How a new catalog gets its first check on file.
#include <utility>

#include "app/catalog_service.hpp"
#include "base/log.hpp"

namespace akko {

// The check that a registration begins with is the first of the catalog's history. That it could not be filed
// is no reason to take the registration back.
Catalog CatalogService::with_first_check(Catalog catalog, const std::vector<StepReport>& steps,
                                         const Caller& caller) {
  CheckRecord check;
  check.checked_at = ports_.clock.now();
  check.trigger = CheckTrigger::registration;
  check.user = caller.principal.name;
  check.health = Health::healthy;
  check.took = time_in_trino(steps);
  check.message = steps.back().message;
  check.steps = steps;
  auto recorded = ports_.store.record_health(catalog.spec.name, catalog.revision,
                                             health_after(catalog.health, health_of(check)), &check);
  ports_.metrics.catalog_check("healthy", to_string(check.trigger));
  if (recorded) return std::move(*recorded);
  log::warn("the first check could not be filed",
            {{"catalog", catalog.spec.name.text()}, {"reason", recorded.error().message}});
  return catalog;
}

}  // namespace akko
