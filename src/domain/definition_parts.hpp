// The parts of definitions and fragments, read from JSON. Private to the definition reader.
#pragma once

#include <string_view>
#include <vector>

#include "domain/connector.hpp"
#include "domain/json_node.hpp"

namespace akko {

std::vector<PropertyDefinition> read_properties(const JsonNode& root);
std::vector<FieldDefinition> read_fields(const JsonNode& root);
std::vector<RefusedProperties> read_refused(const JsonNode& root);
std::vector<EndpointDefinition> read_endpoints(const JsonNode& root);
std::vector<DiagnosisRule> read_diagnosis(const JsonNode& root);
Hints read_hints(const JsonNode& root);
Probe read_probe(const JsonNode& root);

// The longest value that a definition may allow, in bytes; a request has room for a few of them.
inline constexpr std::int64_t kLongestValue = 262144;

// {"field": ["value", …], …}; empty when there is no such member.
Conditions read_conditions(const JsonNode& root, std::string_view name);
std::optional<Pattern> read_pattern(const JsonNode& node);

// A name that goes into statements unquoted; an empty one is another problem.
void check_identifier(const JsonNode& node, std::string_view text);
// Whether a value is written into a URL as it is.
bool stands_for_itself(std::string_view value, const UrlSyntax& syntax);

}  // namespace akko
