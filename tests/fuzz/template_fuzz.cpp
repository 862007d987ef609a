// Templates and encodings: what is encoded decodes to the same, what decodes is what would have been encoded,
// and a text that a template yields reads back as the values it was made of.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "connectors.hpp"
#include "domain/text_encoding.hpp"
#include "domain/text_template.hpp"

namespace {

using akko::TextTemplate;
using akko::fuzz::require;
using Values = std::map<std::string, std::string>;

void check_encodings(std::string_view text, bool is_utf8) {
  for (const auto* name : {"plain", "percent", "base64", "properties", "jaas"}) {
    const auto& encoding = *akko::find_encoding(name);
    const auto encoded = encoding.encode(text);
    if (is_utf8) require(encoding.decode(encoded) == text);
    if (const auto value = encoding.decode(text)) require(encoding.encode(*value) == text);
    const bool of_lines = std::string_view(name) == "properties" || std::string_view(name) == "jaas";
    if (of_lines) require(encoded.find_first_of("\r\n") == std::string::npos);
  }
}

void check_template(const TextTemplate& one, const Values& values, std::string_view any) {
  const auto text = one.render([&](std::string_view field) -> std::optional<std::string_view> {
    const auto found = values.find(std::string(field));
    return found == values.end() ? std::nullopt : std::optional<std::string_view>(found->second);
  });
  if (text) {
    const auto back = one.match(*text);
    require(back.has_value());
    for (const auto& [field, value] : *back) require(values.at(field) == value);
  }
  if (const auto read = one.match(any)) {
    const auto again = one.render([&](std::string_view field) {
      return std::optional<std::string_view>(read->at(std::string(field)));
    });
    require(again == any);
  }
}

}  // namespace

// "template NUL value NUL value …": the values of its fields in turn.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  check_encodings(rest, akko::utf8::is_valid(rest));
  const auto next = [&] {
    const auto piece = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(piece.size() + 1, rest.size()));
    return piece;
  };
  const auto parsed = TextTemplate::parse(next());
  std::vector<TextTemplate> templates;
  if (parsed) templates.push_back(*parsed);
  for (const auto& definition : akko::fuzz::connectors().all()) {
    for (const auto& property : definition->properties()) {
      for (const auto& one : property.templates) templates.push_back(one.text);
    }
  }
  const auto values_begin = rest;
  for (const auto& one : templates) {
    rest = values_begin;
    Values values;
    for (const auto fields = one.fields(); const auto& field : fields) values.emplace(field, next());
    check_template(one, values, values_begin);
  }
  return 0;
}
