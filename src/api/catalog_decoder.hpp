// Request bodies: JSON text to a `CatalogRequest`.
#pragma once

#include <string_view>
#include <vector>

#include "app/catalog_service.hpp"
#include "base/result.hpp"

namespace akko::api {

struct DecodedRequest {
  CatalogRequest request;
  std::vector<FieldViolation> violations;  // unknown members, wrong types; the service adds its own
};

// Error: `malformed` when the text is no JSON object. Everything else that is wrong becomes a violation, so
// that all are told at once. Values of `credentials` go straight into `Secret`s, and the memory that the
// JSON text was parsed in is wiped.
Result<DecodedRequest> decode_catalog_request(std::string_view body);

}  // namespace akko::api
