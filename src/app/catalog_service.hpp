// The use cases of the product: register, test, list, inspect and deregister catalogs.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/catalog_request.hpp"
#include "app/connection_check.hpp"
#include "app/coordination.hpp"
#include "app/ports.hpp"
#include "app/rate_limit.hpp"
#include "app/rendering.hpp"
#include "app/saga.hpp"
#include "base/metrics.hpp"
#include "domain/connector.hpp"

namespace akko {

// Who asks, and for the audit log from where.
struct Caller {
  Principal principal;
  std::string request_id;
  std::string client;  // address of the peer
  std::stop_token stop;
};

struct TestReport {
  std::optional<Diagnosis> diagnosis;  // nothing = the test passed
  std::vector<StepReport> steps;
  std::string proves;  // what a passed probe proves: "service", …
  std::string explanation;
  std::chrono::milliseconds took{0};
};

// Why there is no new catalog, and how far the check of its connection came; no steps when none was begun.
struct RegistrationFailure {
  Error error;
  std::vector<StepReport> steps;
};

struct ServiceSettings {
  std::chrono::milliseconds deadline{30000};  // of any operation, also where the connector would wait longer
  bool network_checks = true;
  std::vector<std::string> default_allow_roles;
  bool allow_secrets_in_statements = false;
};

// Takes one of the checks that a user may start in a minute. Error: resource_exhausted ("too_many_checks").
Result<void> check_rate(RateLimiter& limiter, const Principal& principal);

// Any thread; every call may block up to the deadline. Audits and counts what it does.
class CatalogService {
 public:
  struct Ports {
    CatalogStore& store;
    SecretSource& secrets;
    TrinoCatalogs& trino;
    Network& network;
    AuditLog& audit;
    Metrics& metrics;
    const Clock& clock;
    RateLimiter& checks;  // connection checks, registrations included
  };
  CatalogService(ServiceSettings settings, Ports ports, const ConnectorRegistry& connectors,
                 Coordination& coordination, Saga& saga);

  // Registers a catalog, or leaves nothing behind. In two parts, so that a caller can answer in between:
  // `admit_registration` finds everything that can be refused at once, takes the name and announces the
  // operation to those who watch; `run_registration` does the rest and takes the failures of it.
  // `violations`: what the decoder found wrong already; all are told at once. Errors: invalid_argument with
  // violations; already_exists ("name_taken", "name_taken_in_trino"); failed_precondition whose message
  // begins "connection test failed" and whose reason is the error class; unavailable ("trino_unavailable",
  // "secrets_plugin_missing", …); resource_exhausted ("too_many_checks").
  struct AdmittedRegistration {
    JudgedRequest judged;
    RawValues complete;  // as Trino gets them; taken by the run
    std::string connector;
    std::string description;
    std::optional<NameLocks::Held> held;
    AuditEvent event;
    RunningOperation operation;  // never run = failed
    std::chrono::steady_clock::time_point start;
  };
  Result<AdmittedRegistration> admit_registration(const CatalogRequest& request,
                                                  std::vector<FieldViolation> violations,
                                                  const Caller& caller);
  tl::expected<Catalog, RegistrationFailure> run_registration(AdmittedRegistration admitted,
                                                              const Caller& caller);

  // Tries a connection without a trace: under a name of the probe pool, with the shorter timeouts of the
  // definition. In two parts, so that a caller can refuse before it begins to answer: `admit_test` finds
  // every error of the request, `run_test` does the rest. `observer` is told each step as it begins and ends.
  // Cancelled by `caller.stop`: the query too, and what was made for it is dropped.
  struct AdmittedTest {
    JudgedRequest judged;
    AuditEvent event;  // names what is tested
    std::string operation_id;
    std::chrono::milliseconds deadline;
    std::chrono::steady_clock::time_point start;
  };
  Result<AdmittedTest> admit_test(const CatalogRequest& request, std::vector<FieldViolation> violations,
                                  const Caller& caller);
  Result<TestReport> run_test(const AdmittedTest& test, const Caller& caller,
                              CheckProgress::Observer observer = {});

  // The form of a registered catalog, without its secrets; nothing when its properties say more than the
  // form can, or its connector is gone.
  std::optional<FieldValues> form_values(const Catalog& catalog) const;

  // Deregisters. `if_match`: the revision that the caller has seen. Errors: not_found; aborted
  // ("revision_mismatch"); already_exists ("operation_in_progress"); unavailable.
  Result<void> remove(std::string_view name, std::optional<std::uint64_t> if_match, const Caller& caller);

  std::shared_ptr<const CatalogSnapshot> catalogs() const { return ports_.store.snapshot(); }

 private:
  Result<void> check_trino(const JudgedRequest& judged) const;
  Result<void> check_rate(const Caller& caller);
  Result<AdmittedRegistration> admit(const CatalogRequest& request, std::vector<FieldViolation> violations,
                                     const Caller& caller, const std::string& operation_id,
                                     AuditEvent& event);
  Result<Catalog> register_catalog(AdmittedRegistration& admitted, const Caller& caller,
                                   std::vector<StepReport>& steps);
  Result<void> check_before(AdmittedRegistration& admitted, const DiagnosisContext& texts,
                            const CallContext& context, CheckProgress& progress);
  Result<Undertaking> prepare(AdmittedRegistration& admitted, const Caller& caller);
  Catalog with_first_check(Catalog catalog, const std::vector<StepReport>& steps, const Caller& caller);
  Result<TestReport> check_connection(const JudgedRequest& judged, const CallContext& context,
                                      CheckProgress progress);
  void end_test(AuditEvent event, const std::string& operation_id, std::string_view error_class,
                std::chrono::steady_clock::time_point start, const Caller& caller);
  Result<std::optional<Diagnosis>> try_in_trino(const JudgedRequest& judged, DiagnosisContext texts,
                                                const CallContext& context, CheckProgress& progress,
                                                TestReport& report);
  Result<void> deregister(std::string_view name, std::optional<std::uint64_t> if_match, const Caller& caller,
                          const std::string& operation_id, Catalog& found,
                          std::optional<RunningOperation>& operation);
  // What is announced of an operation; kind and steps are to be added.
  Operation operation_on(const CatalogName& name, const std::string& connector, const std::string& id,
                         const Caller& caller) const;
  SecretTransport transport() const;
  std::chrono::milliseconds deadline_of(const ConnectorDefinition& definition) const;
  NetworkPart network_part() const;
  AuditEvent audit_event(std::string_view name, const CatalogRequest& request) const;
  // Completes and writes an audit line; `error_class` is empty after a success.
  void audit(AuditEvent event, const Caller& caller, const std::string& operation_id,
             std::string_view error_class);

  ServiceSettings settings_;
  Ports ports_;
  const ConnectorRegistry& connectors_;
  Coordination& coordination_;
  Saga& saga_;
};

}  // namespace akko
