// The form of a connector: between the fields that a person fills in and the properties that Trino takes.
// Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/property.hpp"
#include "domain/validation.hpp"

namespace akko {

class Form {
 public:
  // Both must outlive the form.
  Form(const std::vector<FieldDefinition>& fields, const std::vector<PropertyDefinition>& properties)
      : fields_(fields), properties_(properties) {}

  // What a violation by a field is filed under.
  using NameOf = std::function<std::string(const FieldDefinition&)>;

  // Appends every violation. Codes: unknown, required, not_applicable (the field is not shown), too_short,
  // pattern (also of a JSON file) and those of domain/validation.hpp.
  void check(const FieldValues& given, const NameOf& name_of, std::vector<FieldViolation>& violations) const;

  // The fields that are shown, with their defaults; no others.
  FieldValues effective(const FieldValues& given) const;

  // The properties that effective values yield. Violations of what cannot be written are filed under
  // "fields.<key>", codes url, url_path, url_parameter_*, misplaced, template, required.
  RawValues write(const FieldValues& effective, std::vector<FieldViolation>& violations) const;

  // The values that these properties stand for, without defaults; `options` are the values of the fields that
  // no property carries. Nothing when the properties say what the form cannot.
  std::optional<FieldValues> read(const RawValues& raw, const Properties& options) const;

  const FieldDefinition* find(std::string_view key) const;

  // What is wrong with the value of a field that is no map.
  static ValueCheck check_value(const FieldDefinition& field, std::string_view value);

  // A property of the connector by its name; null when it has none.
  const PropertyDefinition* find_property(std::string_view name) const;

 private:
  class Writer;
  class Reader;

  const std::vector<FieldDefinition>& fields_;
  const std::vector<PropertyDefinition>& properties_;
};

}  // namespace akko
