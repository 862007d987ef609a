// Reads connector definitions and fragments; the work behind ConnectorDefinition::parse.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/connector.hpp"
#include "domain/json_node.hpp"
#include "domain/language.hpp"

namespace akko {

class DefinitionReader {
 public:
  // Both: ErrorCode::invalid_argument, "bad_definition".
  static Result<ConnectorDefinition> definition(std::string_view json, std::string_view origin,
                                                const DefinitionFragments& fragments);
  static Result<DefinitionFragment> fragment(std::string_view json, std::string_view origin);
  // Makes what is shown of the definition in a language other than English.
  static void translate(ConnectorDefinition& definition, Language language, const Translations& words);

 private:
  // The parts, in the order in which they stand in a file.
  static void read_head(const JsonNode& root, ConnectorDefinition& definition);
  static void include(const JsonNode& root, const DefinitionFragments& fragments,
                      ConnectorDefinition& definition);
  static void read_check(const JsonNode& root, ConnectorDefinition& definition);
  static void read_dry_run(const JsonNode& root, ConnectorDefinition& definition);
  static void read_warm_up(const JsonNode& root, ConnectorDefinition& definition);
  static void mark_options(ConnectorDefinition& definition);
  static void guard_files(const JsonNode& root, ConnectorDefinition& definition);
  static void place_credentials(const JsonNode& root, ConnectorDefinition& definition);

  static std::string publish(const ConnectorDefinition& definition, const Translations& words);
};

}  // namespace akko
