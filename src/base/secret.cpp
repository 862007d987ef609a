#include "base/secret.hpp"

#include <algorithm>
#include <utility>

#include <sodium/utils.h>

#include "base/utf8.hpp"

namespace akko {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::string_view kWithheld = "(withheld: the text holds a secret)";
// Shorter secrets are also parts of ordinary words; masking each occurrence would betray them.
constexpr std::size_t kMaskableBytes = 4;
constexpr std::size_t kWindowBytes = 64 * 1024;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void append_hex(std::string& out, unsigned value, int digits, std::string_view alphabet) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += alphabet[(value >> shift) & 0xF];
}

constexpr std::string_view kUpper = "0123456789ABCDEF";
constexpr std::string_view kLower = "0123456789abcdef";

// Percent-encoding that leaves letters, digits and `literal` alone.
std::string percent_encoded(std::string_view text, std::string_view literal, std::string_view alphabet,
                            bool plus_for_blank) {
  std::string out;
  for (const char c : text) {
    if (is_alphanumeric(c) || literal.find(c) != std::string_view::npos) {
      out += c;
    } else if (c == ' ' && plus_for_blank) {
      out += '+';
    } else {
      out += '%';
      append_hex(out, static_cast<unsigned char>(c), 2, alphabet);
    }
  }
  return out;
}

// The text inside a JSON string; with `ascii`, characters beyond ASCII as \uXXXX.
std::string json_escaped(std::string_view text, bool ascii, std::string_view alphabet) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = utf8::decode(text, at);
    if (character.code == '"' || character.code == '\\') {
      out += '\\';
      out += static_cast<char>(character.code);
    } else if (character.valid && character.code >= 0x10000 && ascii) {
      const auto rest = character.code - 0x10000;
      out += "\\u";
      append_hex(out, 0xD800U + (rest >> 10), 4, alphabet);
      out += "\\u";
      append_hex(out, 0xDC00U + (rest & 0x3FFU), 4, alphabet);
    } else if (character.valid && (character.code < 0x20 || (ascii && character.code > 0x7E))) {
      out += "\\u";
      append_hex(out, character.code, 4, alphabet);
    } else {
      out += text.substr(at, character.length);
    }
    at += character.length;
  }
  return out;
}

std::string doubled(std::string_view text, char quote) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out;
}

std::string base64(std::string_view text, int variant) {
  std::string out(sodium_base64_encoded_len(text.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                    variant);
  out.pop_back();  // the terminating zero
  return out;
}

// The spellings in which systems echo a value. Each is wiped by its `Secret`.
std::vector<Secret> spellings_of(std::string_view value) {
  std::vector<Secret> out;
  const auto add = [&out](std::string spelling) { out.emplace_back(std::move(spelling)); };
  add(std::string(value));
  add(doubled(value, '\''));
  for (const auto alphabet : {kUpper, kLower}) {
    add(json_escaped(value, false, alphabet));
    add(json_escaped(value, true, alphabet));
    // What encoders leave alone: RFC 3986, Java's URLEncoder, path segments, encodeURIComponent.
    for (const std::string_view literal : {"-._~", "-._*", "-._~!$&'()*+,;=:@", "-._~!'()*"}) {
      add(percent_encoded(value, literal, alphabet, false));
      add(percent_encoded(value, literal, alphabet, true));
    }
  }
  // Without padding: that is also the beginning of the padded form.
  add(base64(value, sodium_base64_VARIANT_ORIGINAL_NO_PADDING));
  add(base64(value, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
  return out;
}

bool holds_word(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !is_alphanumeric(text[at - 1])) && (end == text.size() || !is_alphanumeric(text[end]))) {
      return true;
    }
  }
  return false;
}

// Marks every byte of `text` that belongs to an occurrence of `spelling`. Occurrences may overlap:
// all are marked before any is replaced, so that none leaves a rest behind.
void mark(std::string_view text, std::string_view spelling, std::vector<bool>& marked) {
  std::size_t done = 0;
  for (auto at = text.find(spelling); at != std::string_view::npos; at = text.find(spelling, at + 1)) {
    for (done = std::max(done, at); done < at + spelling.size(); ++done) marked[done] = true;
  }
}

std::string replace_marked(std::string_view text, const std::vector<bool>& marked) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!marked[at]) {
      out += text[at];
    } else if (at == 0 || !marked[at - 1]) {
      out += kMask;
    }
  }
  return out;
}

}  // namespace

Secret::Secret(std::string value) noexcept : value_(std::move(value)) {
  wipe(value);  // a short text is copied by a move, not handed over
}

Secret::Secret(const Secret& other) = default;

Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { wipe(other.value_); }

Secret& Secret::operator=(Secret other) noexcept {
  wipe(value_);
  value_ = std::move(other.value_);
  return *this;
}

Secret::~Secret() { wipe(value_); }

void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // within the capacity: never allocates
  sodium_memzero(text.data(), text.size());
  text.clear();
}

Scrubber::Scrubber(const SecretValues& secrets) {
  for (const auto& [name, secret] : secrets) add(secret);
}

void Scrubber::add(const Secret& secret) {
  if (secret.empty()) return;
  if (secret.size() < kMaskableBytes) {
    short_.push_back(secret);
    return;
  }
  for (auto& spelling : spellings_of(secret.reveal())) {
    const auto known = [&](const Secret& other) { return other.reveal() == spelling.reveal(); };
    if (std::none_of(spellings_.begin(), spellings_.end(), known)) spellings_.push_back(std::move(spelling));
  }
  const auto longer = [](const Secret& a, const Secret& b) { return a.size() > b.size(); };
  std::sort(spellings_.begin(), spellings_.end(), longer);
}

std::string Scrubber::scrub(std::string_view text, std::size_t limit) const {
  // A foreign text can be megabytes long. What is shown comes from the window; the search goes beyond
  // it by the longest spelling, so that a secret across its end is found whole.
  const auto window = kWindowBytes + limit;
  const auto searched = text.substr(0, window + (spellings_.empty() ? 0 : spellings_.front().size()));
  for (const auto& word : short_) {
    if (holds_word(searched, word.reveal())) return std::string(kWithheld.substr(0, limit));
  }
  std::vector<bool> marked(searched.size(), false);
  for (const auto& spelling : spellings_) mark(searched, spelling.reveal(), marked);
  return utf8::printable(replace_marked(searched.substr(0, window), marked), limit);
}

}  // namespace akko
