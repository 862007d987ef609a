// Properties of a Trino catalog and fields of the form that fills them, as a connector definition describes
// both. Plain data; domain/form.hpp converts between them.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.hpp"
#include "domain/catalog.hpp"
#include "domain/pattern.hpp"
#include "domain/text_template.hpp"
#include "domain/url.hpp"

namespace akko {

// Conditions on earlier fields: each must have one of its values.
using Conditions = std::vector<std::pair<std::string, std::vector<std::string>>>;

// What kind of value a property takes, and thereby how it is checked.
enum class PropertyKind : std::uint8_t {
  text,
  integer,
  boolean,
  enumeration,
  duration,
  data_size,
  url,
  secret,
  secret_file,  // the content goes into a file that only Trino's nodes can read; Trino gets its path
};

struct PropertyTemplate {
  Conditions when;
  TextTemplate text;
};

struct PropertyDefinition {
  std::string name;   // Trino's property name
  std::string label;  // for people
  std::string help;
  PropertyKind kind = PropertyKind::text;
  bool secret = false;  // kinds secret and secret_file, and a url that holds a password
  bool lines = false;   // it may have several
  bool required = false;
  bool advanced = false;                     // folded away in a form
  std::optional<std::string> default_value;  // what Trino gets when the admin says nothing
  std::optional<Pattern> pattern;
  std::string pattern_help;             // "must …": what would be right, when the pattern does not match
  std::size_t max_length = 1024;        // bytes; checked before anything else
  std::optional<std::int64_t> minimum;  // for integer
  std::optional<std::int64_t> maximum;
  std::vector<std::string> choices;         // for enumeration
  std::optional<UrlRules> url;              // for url
  std::vector<PropertyTemplate> templates;  // a value must be one that a template yields; empty = any
};

// Where the value of a field goes.
struct Address {
  enum class Part : std::uint8_t {
    whole,  // the property
    form,   // the name of the form of the url
    host,
    port,
    hosts,  // "a:1,b:2"
    path,
    user,
    password,
    parameter,         // of the url, named
    other_parameters,  // all that nothing else names
  };
  std::string property;
  Part part = Part::whole;
  std::string parameter = {};

  friend auto operator<=>(const Address&, const Address&) = default;
};

enum class FieldKind : std::uint8_t {
  text,
  textarea,
  integer,
  boolean,
  enumeration,
  duration,
  secret,       // one line
  secret_area,  // several lines
  file,         // the content of an uploaded file; a secret
  map,
};

struct FieldChoice {
  std::string value;
  std::string label;
  std::string help;
  std::vector<std::pair<Address, std::string>> sets;
  std::string trino_connector;  // instead of that of the definition; "" = that of the definition
};

// What a JSON document in a file must look like: an object of texts.
struct JsonRules {
  struct Member {
    std::string name;
    std::vector<std::string> values;  // the only ones allowed; none = any
    bool optional = false;
  };
  std::vector<Member> members;
  std::vector<std::string> others;  // allowed besides, with any value
};

struct FieldDefinition {
  std::string key;
  std::string label;
  std::string help;
  FieldKind kind = FieldKind::text;
  bool required = false;  // while shown
  bool advanced = false;
  bool retarget = false;  // changing it asks for the secrets again
  std::optional<std::string> default_value;
  std::string example;
  std::string accept;  // for file: ".json"
  std::optional<Pattern> pattern;
  std::string pattern_help;
  std::size_t min_length = 0;
  std::size_t max_length = 1024;
  std::optional<std::int64_t> minimum;
  std::optional<std::int64_t> maximum;
  std::vector<FieldChoice> choices;
  Conditions show_when;
  std::optional<Address> to;
  std::optional<JsonRules> json;

  // Carried by no property: kept with the catalog as an option, for the probe.
  bool is_option = false;

  bool is_secret() const {
    return kind == FieldKind::secret || kind == FieldKind::secret_area || kind == FieldKind::file;
  }
  bool has_lines() const {
    return kind == FieldKind::textarea || kind == FieldKind::secret_area || kind == FieldKind::file;
  }
  bool has_sets() const;  // some choice writes something
};

// Values of a form. Whole numbers and booleans as text.
struct FieldValues {
  std::map<std::string, std::string> texts;
  std::map<std::string, std::map<std::string, std::string>> maps;
  SecretValues secrets;

  std::optional<std::string_view> find(std::string_view key) const;  // not for maps
  std::string text(std::string_view key) const;                      // "" when absent or secret
  bool holds(const Conditions& conditions) const;
  bool empty() const { return texts.empty() && maps.empty() && secrets.empty(); }
};

// What Trino gets.
struct RawValues {
  Properties properties;
  SecretValues secrets;
};

}  // namespace akko
