// How a value is written inside a larger text: one encoding per kind of place. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace akko {

// The value of a hexadecimal digit; -1 for any other character.
int hex_digit(char c);

// RFC 3986: all but letters, digits, - . _ ~ and `literal` becomes %XX.
std::string percent_encoded(std::string_view text, std::string_view literal);
// Undoes percent-encoding. Meant for parts of a parsed URL, whose encoding is sound.
std::string percent_decoded(std::string_view text);

// An encoding that a template can name. `decode` is the inverse and gives nothing for a text that `encode`
// does not yield.
struct TextEncoding {
  std::string_view name;
  std::string (*encode)(std::string_view value);
  std::optional<std::string> (*decode)(std::string_view text);
};

// "plain" (as it is), "percent", "base64" (RFC 4648, with padding), "properties" (a value in a Java
// .properties file, as java.util.Properties.load reads it), "jaas" (between double quotes in a JAAS line
// within such a file). Null when there is none of this name.
const TextEncoding* find_encoding(std::string_view name);

}  // namespace akko
