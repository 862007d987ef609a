// What messages and audit lines say about a connection.
#pragma once

#include <chrono>
#include <string>

#include "app/catalog_request.hpp"
#include "domain/connector.hpp"
#include "domain/diagnosis.hpp"

namespace akko {

// What messages about this connection may name.
DiagnosisContext texts_of(const ConnectorDefinition& definition, const RawValues& raw,
                          std::chrono::milliseconds deadline);

// For the audit log: where a check of this connection goes.
std::string target_of(const JudgedRequest& judged);

}  // namespace akko
