// The handlers: decode, call the service, encode. And the route table of the product.
#pragma once

#include <string>
#include <string_view>

#include "api/page.hpp"
#include "api/router.hpp"
#include "api/views.hpp"
#include "app/catalog_service.hpp"
#include "app/dev_issuer.hpp"
#include "base/metrics.hpp"

namespace akko::api {

// Everything the handlers reach. All outlive the server.
struct HandlerPorts {
  CatalogService& service;
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

void add_routes(Router& router, const HandlerPorts& ports);

}  // namespace akko::api
