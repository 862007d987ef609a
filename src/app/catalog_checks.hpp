// Checks of registered catalogs: on schedule and when an admin asks; and what they have found so far.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/catalog_service.hpp"
#include "app/connection_check.hpp"
#include "app/coordination.hpp"
#include "app/health_schedule.hpp"
#include "app/ports.hpp"
#include "app/rate_limit.hpp"
#include "base/metrics.hpp"
#include "domain/connector.hpp"

namespace akko {

struct CheckSettings {
  std::chrono::milliseconds deadline{30000};   // of any check, also where the connector would wait longer
  std::chrono::milliseconds slow_after{2000};  // a source that takes longer in Trino is slow
  bool network_checks = true;
};

// akko_catalog_health: of each catalog that is ready.
std::vector<Metrics::Sample> health_samples(const CatalogSnapshot& snapshot);

// A check goes through the registered catalog itself: Trino resolves its secrets, and no value leaves this
// process. It only visits the name: whoever removes the catalog meanwhile goes ahead, the check is cancelled
// and what it found is dropped. Health and history change only when something was learned about the source:
// not when Trino was away, full, or does not have the catalog (the reconciler creates it again).
//
// Any thread; every call may block up to its deadline.
class CatalogChecks {
 public:
  struct Ports {
    CatalogStore& store;
    TrinoCatalogs& trino;
    Network& network;
    AuditLog& audit;
    Metrics& metrics;
    const Clock& clock;
    RateLimiter& checks;
  };
  CatalogChecks(CheckSettings settings, Ports ports, const ConnectorRegistry& connectors,
                Coordination& coordination);

  // One statement in Trino, the one that tells most (`most_telling`); nothing from this process, except that
  // a source whose greeting is known is greeted first, because Trino's client may take harm from another
  // service. At most 15 s.
  HealthSchedule::Outcome check_on_schedule(const CatalogName& name, const std::stop_token& stop);

  // A check that an admin asks for: all steps. In two parts, as CatalogService has them. Errors: not_found;
  // already_exists ("operation_in_progress", "check_in_progress"); resource_exhausted ("too_many_checks");
  // unavailable ("trino_unavailable", "connector_missing").
  struct Asked;
  Result<std::shared_ptr<Asked>> admit(std::string_view name, const Caller& caller);
  // Once for each `admit`. `stop`: the caller has left. Audits it.
  TestReport run(Asked& asked, const std::stop_token& stop, CheckProgress::Observer observer = {});
  static std::chrono::milliseconds deadline_of(const Asked& asked);

  // Newest first. Errors: not_found.
  Result<std::vector<CheckRecord>> history(std::string_view name) const;

 private:
  struct Subject;
  struct Finding;

  Result<Subject> subject_of(const Catalog& catalog, std::chrono::milliseconds longest) const;
  Finding look(const Subject& subject, const std::vector<ProbeRun>& runs, NetworkPart network,
               const CallContext& context, CheckProgress& progress);
  Finding judged(const Subject& subject, const TrinoFailure& failure, CheckProgress& progress);
  Result<std::shared_ptr<Asked>> admitted(std::string_view name, const Caller& caller, AuditEvent& event);
  UnixMillis record(const Catalog& catalog, const Finding& finding, const CheckProgress& progress,
                    CheckTrigger trigger, const std::string& user);

  CheckSettings settings_;
  Ports ports_;
  const ConnectorRegistry& connectors_;
  Coordination& coordination_;
};

}  // namespace akko
