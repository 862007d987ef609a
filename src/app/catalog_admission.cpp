// What is refused before anything is tried: because of this Trino, or of how often somebody asks.
#include "app/catalog_service.hpp"
#include "app/refusals.hpp"

namespace akko {

SecretTransport CatalogService::transport() const {
  return secret_transport(coordination_.trino.facts(), settings_.allow_secrets_in_statements);
}

Result<void> CatalogService::check_trino(const JudgedRequest& judged) const {
  const auto facts = coordination_.trino.facts();
  const auto& needed = judged.definition->trino_connector(judged.raw);
  if (!facts.up) return trino_is_silent(facts.problem);
  if (facts.connectors_known && !facts.connectors.contains(needed)) {
    return fail(ErrorCode::failed_precondition, "plugin_missing",
                "connection test failed: this Trino has no connector " + needed + ".",
                "Install the connector's plugin on the coordinator and every worker, then restart Trino.");
  }
  // A file of secrets cannot be sent inside a statement, whatever is allowed.
  const auto needs_files = [&definition = *judged.definition, &judged] {
    const auto complete = definition.complete(judged.raw, ConnectorDefinition::Purpose::registration);
    return needs_secret_files(definition, complete.secrets);
  };
  if (facts.secrets_provider == SecretsProvider::missing &&
      (!settings_.allow_secrets_in_statements || needs_files())) {
    auto error =
        fail(ErrorCode::unavailable, "secrets_plugin_missing",
             "Trino has no secret provider `akko`, so secrets could only be sent inside statements, where "
             "anyone who may see Trino's queries could read them.",
             "Install trino-plugin on the coordinator and every worker (trino-plugin/README.md) and restart "
             "Trino. To accept the risk instead, set AKKO_ALLOW_SECRETS_IN_STATEMENTS=true.");
    error.value().retryable = false;
    return error;
  }
  if (facts.secrets_provider == SecretsProvider::elsewhere) {
    auto error =
        fail(ErrorCode::unavailable, "secret_not_found",
             "Trino's secret provider `akko` does not see the secrets of this product in " +
                 ports_.secrets.description() + ".",
             "Set akko.secrets.directory of every Trino node to the place that AKKO_SECRETS_DIR names.");
    error.value().retryable = false;
    return error;
  }
  return {};
}

Result<void> CatalogService::check_rate(const Caller& caller) {
  return akko::check_rate(ports_.checks, caller.principal);
}

Result<void> check_rate(RateLimiter& limiter, const Principal& principal) {
  const auto wait = limiter.refusal(principal.subject);
  if (!wait) return {};
  auto refused =
      fail(ErrorCode::resource_exhausted, "too_many_checks",
           "you have tested or registered more connections than one user may in a minute",
           "Try again in " + std::to_string(wait->count()) + " s; AKKO_CHECKS_PER_MINUTE is the limit.");
  refused.value().retry_after_seconds = static_cast<int>(wait->count());
  return refused;
}

}  // namespace akko
