// Encodings against readers that share no code with them, written after the manuals of who reads the texts.
#include "domain/text_encoding.hpp"

#include <cctype>
#include <optional>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "base/utf8.hpp"

namespace akko {
namespace {

const TextEncoding& encoding(std::string_view name) {
  const auto* found = find_encoding(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

// The value of the line "key=<text>", by the rules of java.util.Properties.load: the file is ISO 8859-1,
// blanks before the value are dropped, a backslash takes the next character, \uXXXX is a unit of UTF-16.
// Nothing when the text does not end on its line.
std::optional<std::u16string> as_java_reads_properties(std::string_view text) {
  std::u16string out;
  std::size_t at = text.find_first_not_of(" \t\f");
  for (at = std::min(at, text.size()); at < text.size(); ++at) {
    if (text[at] == '\n' || text[at] == '\r') return std::nullopt;
    if (text[at] != '\\') {
      out += static_cast<unsigned char>(text[at]);
      continue;
    }
    if (++at == text.size()) return std::nullopt;  // continued on the next line
    switch (text[at]) {
      case 'u':
        out += static_cast<char16_t>(std::stoul(std::string(text.substr(at + 1, 4)), nullptr, 16));
        at += 4;
        break;
      case 'n':
        out += u'\n';
        break;
      case 'r':
        out += u'\r';
        break;
      case 't':
        out += u'\t';
        break;
      case 'f':
        out += u'\f';
        break;
      default:
        out += static_cast<unsigned char>(text[at]);
    }
  }
  return out;
}

// What java.io.StreamTokenizer, which reads JAAS lines, takes for the text in quotes; nothing when the quotes
// end too early, as they do at a line end.
std::optional<std::u16string> as_java_reads_quoted(const std::u16string& text) {
  std::u16string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == u'"' || text[at] == u'\n' || text[at] == u'\r') return std::nullopt;
    if (text[at] != u'\\') {
      out += text[at];
      continue;
    }
    if (++at == text.size()) return std::nullopt;
    if (text[at] >= u'0' && text[at] <= u'7') return std::nullopt;  // an octal number: none is ever written
    const auto* const letters = u"abfnrtv";
    const auto* const values = u"\a\b\f\n\r\t\v";
    const auto known = std::u16string_view(letters).find(text[at]);
    out += known == std::u16string_view::npos ? text[at] : values[known];
  }
  return out;
}

std::u16string utf16(std::string_view text) {
  std::u16string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = utf8::decode(text, at);
    at += character.length;
    if (character.code < 0x10000) {
      out += static_cast<char16_t>(character.code);
    } else {
      out += static_cast<char16_t>(0xD800 + ((character.code - 0x10000) >> 10));
      out += static_cast<char16_t>(0xDC00 + ((character.code - 0x10000) & 0x3FF));
    }
  }
  return out;
}

// Texts of all characters that mean something somewhere.
class Texts {
 public:
  std::string next() {
    static const std::vector<std::string> pieces = {
        "a", "Z",  "0",  "7",  " ",  "\\", "\"", "'", "=",  ":",   "#",       "!",      "{",  "}",
        ";", ",",  "%",  "$",  "&",  "?",  "+",  "/", "~",  ".",   "-",       "_",      "@",  "n",
        "u", "\n", "\r", "\t", "\f", "é",  "Ā",  "€", "😀", "\\u", "\\u0041", "\\\\\"", "%41"};
    std::string out;
    for (auto left = random_() % 12; left > 0; --left) out += pieces[random_() % pieces.size()];
    return out;
  }

 private:
  std::mt19937 random_{20260301};
};

TEST(TextEncoding, EachIsUndoneByItsInverse) {
  Texts texts;
  for (int i = 0; i < 3000; ++i) {
    const auto text = texts.next();
    for (const auto* name : {"plain", "percent", "base64", "properties", "jaas"}) {
      const auto& one = encoding(name);
      const auto encoded = one.encode(text);
      EXPECT_EQ(one.decode(encoded), text) << name << ": " << encoded;
      // What decodes is what would have been written: one text for each value.
      if (const auto value = one.decode(text)) {
        EXPECT_EQ(one.encode(*value), text) << name;
      }
    }
  }
  EXPECT_EQ(find_encoding("rot13"), nullptr);
}

TEST(TextEncoding, JavaReadsPropertiesAsTheyWereMeant) {
  Texts texts;
  for (int i = 0; i < 3000; ++i) {
    const auto text = texts.next();
    const auto encoded = encoding("properties").encode(text);
    EXPECT_EQ(as_java_reads_properties(encoded), utf16(text)) << encoded;
  }
  EXPECT_EQ(encoding("properties").encode("  a\\b é😀"), "\\  a\\\\b \\u00e9\\ud83d\\ude00");
}

TEST(TextEncoding, JavaReadsJaasAsItWasMeant) {
  Texts texts;
  for (int i = 0; i < 3000; ++i) {
    const auto text = texts.next();
    // Within a .properties file: after `password="`, so no blank is dropped.
    const auto line = as_java_reads_properties("x" + encoding("jaas").encode(text));
    ASSERT_TRUE(line);
    EXPECT_EQ(as_java_reads_quoted(line->substr(1)), utf16(text)) << text;
  }
  EXPECT_EQ(encoding("jaas").encode("a\"b\\c"), R"(a\\"b\\\\c)");
  EXPECT_FALSE(encoding("jaas").decode("a\" b=\"c"));
}

TEST(TextEncoding, PercentKeepsTheUnreservedCharactersOfRfc3986Alone) {
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    const bool unreserved =
        byte < 128 && (std::isalnum(byte) != 0 || std::string("-._~").find(c) != std::string::npos);
    const auto encoded = percent_encoded(std::string(1, c), "");
    EXPECT_EQ(encoded.size(), unreserved ? 1U : 3U) << byte;
    EXPECT_EQ(percent_decoded(encoded), std::string(1, c));
  }
  EXPECT_EQ(percent_encoded("a/b c", "/"), "a/b%20c");
  EXPECT_EQ(percent_decoded("%4"), "%4");
  EXPECT_FALSE(encoding("percent").decode("%c3%A9")) << "RFC 3986 normalises to capitals";
  EXPECT_FALSE(encoding("percent").decode("%41")) << "A needs no encoding";
}

TEST(TextEncoding, Base64IsThatOfRfc4648) {
  const std::pair<std::string, std::string> vectors[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [text, encoded] : vectors) {
    EXPECT_EQ(encoding("base64").encode(text), encoded);
    EXPECT_EQ(encoding("base64").decode(encoded), text);
  }
  for (const auto* bad : {"Zg", "Zg=", "Zh==", "Z g==", "Zm9v\n", "Zm-_"})
    EXPECT_FALSE(encoding("base64").decode(bad)) << bad;
}

TEST(TextEncoding, RefusesWhatItWouldNotWrite) {
  for (const auto* bad :
       {"a\nb", "é", "\\u00E9", "\\u0041", "\\x", "\\", "\\ud83d", "\\ude00", " a", "a\\ b"})
    EXPECT_FALSE(encoding("properties").decode(bad)) << bad;
}

}  // namespace
}  // namespace akko
