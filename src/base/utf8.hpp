// UTF-8, as strict as RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace akko::utf8 {

struct Character {
  std::uint32_t code = 0;  // code point; meaningless unless valid
  std::size_t length = 1;  // bytes, at least 1 so that a loop always advances
  bool valid = false;
};

// The character that begins at `text[at]`; `at` must be within `text`.
Character decode(std::string_view text, std::size_t at);

bool is_valid(std::string_view text);

// Appends the character of this code point, which must be one (no surrogate, at most U+10FFFF).
void append(std::string& out, std::uint32_t code);

// C0, DEL and C1.
constexpr bool is_control(std::uint32_t code) { return code < 0x20 || (code >= 0x7F && code <= 0x9F); }

// `text` fit for a log or a screen: control characters become blanks, invalid bytes U+FFFD; at most
// `limit` bytes, cut at a character boundary.
std::string printable(std::string_view text, std::size_t limit);

}  // namespace akko::utf8
