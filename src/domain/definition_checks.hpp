// That the parts of a connector definition fit together, so that one that is read works. Private to the
// definition reader.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "domain/connector.hpp"
#include "domain/json_node.hpp"

namespace akko {

class DefinitionChecks {
 public:
  // Both must outlive the checks. Problems are noted at their place below `root`.
  DefinitionChecks(const JsonNode& root, const ConnectorDefinition& definition)
      : root_(root), definition_(definition), fields_(root.member("fields")) {}

  void check_parts() const;
  // By the definition's own rules: only after `check_parts` has found nothing.
  void check_defaults() const;

 private:
  void check_names() const;
  void check_order() const;
  void check_target(const FieldDefinition& field) const;
  void check_choices(const FieldDefinition& field) const;
  void check_default(const FieldDefinition& field) const;
  void check_templates() const;
  void check_mentions() const;
  void check_constants() const;
  void check_endpoints() const;

  void check_address(const Address& address) const;
  void check_form_name(const Address& address, const std::string& name) const;
  void check_conditions(const JsonNode& place, const Conditions& conditions) const;
  bool has_field(std::string_view key) const { return definition_.form().find(key) != nullptr; }

  const JsonNode& root_;
  const ConnectorDefinition& definition_;
  const JsonNode fields_;
};

}  // namespace akko
