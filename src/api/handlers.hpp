// The handlers: decode, call the service, encode. And the route table of the product.
#pragma once

#include <string>
#include <string_view>

#include "api/catalog_events.hpp"
#include "api/page.hpp"
#include "api/router.hpp"
#include "api/views.hpp"
#include "app/audit_history.hpp"
#include "app/catalog_checks.hpp"
#include "app/catalog_service.hpp"
#include "app/dev_issuer.hpp"
#include "app/roles.hpp"
#include "base/metrics.hpp"

namespace akko::api {

// Everything the handlers reach. All outlive the server.
struct HandlerPorts {
  CatalogService& service;
  CatalogChecks& checks;
  AuditHistory& history;
  CatalogEvents& events;
  const Roles& roles;
  const ConnectorRegistry& connectors;
  const TrinoView& trino;
  const LatestListing& listing;
  Operations& operations;
  CatalogStore& store;
  IdempotencyStore& idempotency;
  TokenVerifier& verifier;
  Metrics& metrics;
  std::string_view openapi_json;
  ServerView server;
  PageSettings page;
  DevIssuer* dev_issuer = nullptr;  // null = its routes do not exist
};

Caller caller_of(const Request& request);

void add_routes(Router& router, const HandlerPorts& ports);
// Its parts in files of their own.
void add_health_routes(Router& router, const HandlerPorts& ports);
void add_history_routes(Router& router, const HandlerPorts& ports);
void add_role_routes(Router& router, const HandlerPorts& ports);

}  // namespace akko::api
