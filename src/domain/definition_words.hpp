// The words of definition files for enumerations: one table each, for reading and for publishing. Private to
// the definition reader.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/json_node.hpp"
#include "domain/property.hpp"
#include "domain/validation.hpp"

namespace akko {

template <typename Enumeration>
using Word = std::pair<Enumeration, std::string_view>;

inline constexpr std::array kPropertyKinds = {Word<PropertyKind>{PropertyKind::text, "text"},
                                              Word<PropertyKind>{PropertyKind::integer, "integer"},
                                              Word<PropertyKind>{PropertyKind::boolean, "boolean"},
                                              Word<PropertyKind>{PropertyKind::enumeration, "enumeration"},
                                              Word<PropertyKind>{PropertyKind::duration, "duration"},
                                              Word<PropertyKind>{PropertyKind::data_size, "data_size"},
                                              Word<PropertyKind>{PropertyKind::url, "url"},
                                              Word<PropertyKind>{PropertyKind::secret, "secret"},
                                              Word<PropertyKind>{PropertyKind::secret_file, "secret_file"}};
inline constexpr std::array kFieldKinds = {Word<FieldKind>{FieldKind::text, "text"},
                                           Word<FieldKind>{FieldKind::textarea, "textarea"},
                                           Word<FieldKind>{FieldKind::integer, "integer"},
                                           Word<FieldKind>{FieldKind::boolean, "boolean"},
                                           Word<FieldKind>{FieldKind::enumeration, "enumeration"},
                                           Word<FieldKind>{FieldKind::duration, "duration"},
                                           Word<FieldKind>{FieldKind::secret, "secret"},
                                           Word<FieldKind>{FieldKind::secret_area, "secret_area"},
                                           Word<FieldKind>{FieldKind::file, "file"},
                                           Word<FieldKind>{FieldKind::map, "map"}};
inline constexpr std::array kUrlHosts = {Word<UrlSyntax::Hosts>{UrlSyntax::Hosts::one, "one"},
                                         Word<UrlSyntax::Hosts>{UrlSyntax::Hosts::several, "several"},
                                         Word<UrlSyntax::Hosts>{UrlSyntax::Hosts::repeated, "repeated"}};
inline constexpr std::array kUrlPaths = {Word<UrlSyntax::Path>{UrlSyntax::Path::required, "required"},
                                         Word<UrlSyntax::Path>{UrlSyntax::Path::optional, "optional"},
                                         Word<UrlSyntax::Path>{UrlSyntax::Path::forbidden, "forbidden"}};
inline constexpr std::array kProbeSteps = {Word<CheckStep>{CheckStep::sign_in, "sign_in"},
                                           Word<CheckStep>{CheckStep::metadata, "metadata"}};
inline constexpr std::array kUrlParts = {Word<Address::Part>{Address::Part::form, "form"},
                                         Word<Address::Part>{Address::Part::host, "host"},
                                         Word<Address::Part>{Address::Part::port, "port"},
                                         Word<Address::Part>{Address::Part::hosts, "hosts"},
                                         Word<Address::Part>{Address::Part::path, "path"},
                                         Word<Address::Part>{Address::Part::user, "user"},
                                         Word<Address::Part>{Address::Part::password, "password"}};

template <typename Enumeration, std::size_t size>
std::string_view word_of(Enumeration value, const std::array<Word<Enumeration>, size>& words) {
  const auto* const found =
      std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.first == value; });
  return found == words.end() ? "" : found->second;
}

// The value of a required member; of an optional one, that of the first word.
template <typename Enumeration, std::size_t size>
Enumeration read_word(const JsonNode& node, const std::array<Word<Enumeration>, size>& words) {
  if (!node.present()) return words.front().first;
  const auto text = node.as_text();
  std::vector<std::string> all;
  for (const auto& [value, word] : words) {
    if (word == text) return value;
    all.emplace_back(word);
  }
  node.wrong("must be " + enumerated(all));
  return words.front().first;
}

}  // namespace akko
