// Operations, names and Trino's own catalogs as JSON text, as api/openapi.yaml describes them.
#pragma once

#include <string>

#include "app/operations.hpp"
#include "app/ports.hpp"
#include "app/trino_listing.hpp"

namespace akko::api {

std::string operation_json(const Operation& operation);
std::string operation_step_json(const OperationStep& step);

// Whether `name` may be given to a new catalog, as far as it is known without asking Trino. Any text.
std::string name_json(std::string_view name, const CatalogSnapshot& record, const TrinoListing& trino,
                      Operations& operations);

// The catalogs of Trino that are not on record.
std::string foreign_catalogs_json(const CatalogSnapshot& record, const TrinoListing& trino);

}  // namespace akko::api
