// What an admin asks for, and whether it is well-formed: every check that needs neither Trino nor the record.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "domain/catalog.hpp"
#include "domain/connector.hpp"

namespace akko {

// What an admin sent, decoded but not yet judged.
struct CatalogRequest {
  std::string name;  // may be empty in a test
  std::string connector;
  Properties properties;
  SecretValues credentials;
  // The values of a form, if one was sent; which of them are secret only the definition knows.
  bool by_form = false;
  std::map<std::string, Secret> field_texts;
  std::map<std::string, std::map<std::string, std::string>> field_maps;
  std::string description;
  std::optional<std::vector<std::string>> allow_roles;  // nothing = the configured default
};

// A request that passed every check.
struct JudgedRequest {
  const ConnectorDefinition* definition = nullptr;  // never null
  std::optional<CatalogName> name;                  // nothing only for a test without a name
  RawValues raw;                                    // given, or as the form yields them
  Properties options;                               // see CatalogSpec
  std::vector<std::string> allow_roles;
};

// Judges a request. `violations`: what its decoder found wrong already. Error: invalid_argument with all
// violations at once. Pure.
Result<JudgedRequest> judge(const CatalogRequest& request, std::vector<FieldViolation> violations,
                            bool needs_name, const ConnectorRegistry& connectors,
                            const std::vector<std::string>& default_allow_roles);

}  // namespace akko
