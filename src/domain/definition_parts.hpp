// The parts that definitions and fragments have in common, read from JSON. Private to the definition
// reader.
#pragma once

#include <vector>

#include "domain/connector.hpp"
#include "domain/json_node.hpp"

namespace akko {

std::vector<PropertyDefinition> read_properties(const JsonNode& root);
std::vector<RefusedProperties> read_refused(const JsonNode& root);
std::vector<DiagnosisRule> read_diagnosis(const JsonNode& root);

}  // namespace akko
