#include "domain/text_encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include <sodium/utils.h>

#include "base/utf8.hpp"

namespace akko {
namespace {

constexpr std::string_view kUnreserved = "-._~";
constexpr std::size_t kEscape = 6;  // \uXXXX
// What a Java .properties file writes as a backslash and the letter of the same place.
constexpr std::string_view kControlEscapes = "\n\r\t\f";
constexpr std::string_view kControlLetters = "nrtf";

// Of them, what a JAAS line writes in the same way.
constexpr std::string_view kLineEnds = "\n\r";
constexpr std::string_view kLineEndLetters = "nr";

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string as_it_is(std::string_view text) { return std::string(text); }
std::optional<std::string> read_as_it_is(std::string_view text) { return std::string(text); }

std::string percent(std::string_view text) { return percent_encoded(text, ""); }
std::optional<std::string> read_percent(std::string_view text) {
  auto value = percent_decoded(text);
  if (percent_encoded(value, "") != text) return std::nullopt;
  return value;
}

std::string base64(std::string_view text) {
  std::string out(sodium_base64_ENCODED_LEN(text.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // the terminating zero
  return out;
}
std::optional<std::string> read_base64(std::string_view text) {
  std::string out(text.size(), '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const bool read = sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(),
                                      text.size(), nullptr, &size, &end, sodium_base64_VARIANT_ORIGINAL) == 0;
  if (!read || end != text.data() + text.size()) return std::nullopt;
  out.resize(size);
  if (base64(out) != text) return std::nullopt;  // libsodium takes some bytes that are not ASCII for '/'
  return out;
}

void append_utf16_escape(std::string& out, std::uint32_t unit) {
  std::array<char, kEscape + 1> escape{};
  std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(unit));
  out += escape.data();
}

// java.util.Properties reads ISO 8859-1, drops blanks at the beginning and takes a backslash for an escape.
std::string properties(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = utf8::decode(text, at);
    const auto point = character.code;
    at += character.length;
    if (point == '\\') {
      out += "\\\\";
    } else if (const auto letter = kControlEscapes.find(static_cast<char>(point));
               point < 0x20 && letter != std::string_view::npos) {
      out += {'\\', kControlLetters[letter]};
    } else if (point == ' ' && out.empty()) {
      out += "\\ ";
    } else if (point < 0x80) {
      out += static_cast<char>(point);
    } else if (point < 0x10000) {
      append_utf16_escape(out, point);
    } else {
      append_utf16_escape(out, 0xD800 + ((point - 0x10000) >> 10));
      append_utf16_escape(out, 0xDC00 + ((point - 0x10000) & 0x3FF));
    }
  }
  return out;
}

std::optional<std::uint32_t> read_utf16_escape(std::string_view text) {
  if (text.size() < kEscape || text.substr(0, 2) != "\\u") return std::nullopt;
  std::uint32_t unit = 0;
  for (const char c : text.substr(2, 4)) {
    if (hex_digit(c) < 0) return std::nullopt;
    unit = unit * 16 + static_cast<std::uint32_t>(hex_digit(c));
  }
  return unit;
}

std::optional<std::string> read_properties(std::string_view text) {
  std::string out;
  const auto whole = text;
  while (!text.empty()) {
    if (text.front() != '\\') {
      out += text.front();
      text.remove_prefix(1);
    } else if (const auto unit = read_utf16_escape(text)) {
      text.remove_prefix(kEscape);
      std::uint32_t point = *unit;
      if (point >= 0xD800 && point < 0xDC00) {
        const auto low = read_utf16_escape(text);
        if (!low || *low < 0xDC00 || *low > 0xDFFF) return std::nullopt;
        point = 0x10000 + ((point - 0xD800) << 10) + (*low - 0xDC00);
        text.remove_prefix(kEscape);
      }
      utf8::append(out, point);
    } else if (text.size() > 1 && (text[1] == '\\' || text[1] == ' ')) {
      out += text[1];
      text.remove_prefix(2);
    } else if (const auto letter = text.size() > 1 ? kControlLetters.find(text[1]) : std::string_view::npos;
               letter != std::string_view::npos) {
      out += kControlEscapes[letter];
      text.remove_prefix(2);
    } else {
      return std::nullopt;
    }
  }
  if (properties(out) != whole) return std::nullopt;  // one way to write each value
  return out;
}

std::string jaas(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    const auto line_end = kLineEnds.find(c);  // would end the quoted text
    if (c == '"' || c == '\\' || line_end != std::string_view::npos) quoted += '\\';
    quoted += line_end == std::string_view::npos ? c : kLineEndLetters[line_end];
  }
  // Not at the beginning of a line: a blank needs no escape.
  const auto escaped = properties('x' + quoted);
  return escaped.substr(1);
}

std::optional<std::string> read_jaas(std::string_view text) {
  const auto line = read_properties('x' + std::string(text));
  if (!line) return std::nullopt;
  std::string out;
  for (std::size_t at = 1; at < line->size(); ++at) {
    if ((*line)[at] == '"') return std::nullopt;
    const bool escaped = (*line)[at] == '\\';
    if (escaped && ++at == line->size()) return std::nullopt;
    const auto letter = escaped ? kLineEndLetters.find((*line)[at]) : std::string_view::npos;
    out += letter == std::string_view::npos ? (*line)[at] : kLineEnds[letter];
  }
  if (jaas(out) != text) return std::nullopt;
  return out;
}

constexpr std::array kEncodings = {
    TextEncoding{"plain", as_it_is, read_as_it_is}, TextEncoding{"percent", percent, read_percent},
    TextEncoding{"base64", base64, read_base64}, TextEncoding{"properties", properties, read_properties},
    TextEncoding{"jaas", jaas, read_jaas}};

}  // namespace

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_encoded(std::string_view text, std::string_view literal) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool kept = is_alphanumeric(c) || kUnreserved.find(c) != std::string_view::npos ||
                      literal.find(c) != std::string_view::npos;
    if (kept) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool encoded = text[at] == '%' && text.size() - at > 2 && hex_digit(text[at + 1]) >= 0 &&
                         hex_digit(text[at + 2]) >= 0;
    if (encoded) {
      out += static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

const TextEncoding* find_encoding(std::string_view name) {
  const auto* const found = std::find_if(kEncodings.begin(), kEncodings.end(),
                                         [&](const TextEncoding& one) { return one.name == name; });
  return found == kEncodings.end() ? nullptr : found;
}

}  // namespace akko
