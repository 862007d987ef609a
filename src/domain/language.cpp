#include "domain/language.hpp"

#include <algorithm>
#include <charconv>

#include <boost/json/object.hpp>

#include "base/strict_json.hpp"

namespace akko {
namespace {

constexpr std::size_t kLongestHeader = 1024;  // more is no list of languages

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// What stands before the separator; the text goes on behind it.
std::string_view cut(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return trimmed(part);
}

// "0.8" -> 800; a weight that is none counts as 0, so that it asks for nothing.
int weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto one = cut(parameters, ';');
    if (!one.starts_with("q=") && !one.starts_with("Q=")) continue;
    const auto text = one.substr(2);
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
    if (text.size() == 1) return (text[0] - '0') * 1000;
    std::string digits(text.substr(2));
    digits.resize(3, '0');
    int thousandths = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), thousandths);
    if (text[1] != '.' || error != std::errc{} || end != digits.data() + digits.size()) return 0;
    return std::min(1000, (text[0] - '0') * 1000 + thousandths);
  }
  return 1000;
}

// Whether a range ("fr", "fr-CA", in any case of letters) asks for the language.
bool asks_for(std::string_view range, Language language) {
  const auto word = to_string(language);
  if (range.size() < word.size() || (range.size() > word.size() && range[word.size()] != '-')) return false;
  return std::equal(word.begin(), word.end(), range.begin(),
                    [](char own, char given) { return own == given || own == given + ('a' - 'A'); });
}

}  // namespace

std::string_view to_string(Language language) { return language == Language::french ? "fr" : "en"; }

Language preferred_language(std::string_view accept_language) {
  auto preferred = Language::english;
  int best = 0;
  if (accept_language.size() > kLongestHeader) return preferred;
  while (!accept_language.empty()) {
    auto parameters = cut(accept_language, ',');
    const auto range = cut(parameters, ';');
    const int weight = weight_of(parameters);
    if (weight <= best) continue;
    if (range == "*") {  // any, so our own first
      preferred = Language::english;
      best = weight;
    }
    for (const auto language : kLanguages) {
      if (!asks_for(range, language)) continue;
      preferred = language;
      best = weight;
    }
  }
  return preferred;
}

const std::string& translated(const Translations& words, const std::string& text) {
  const auto found = words.find(text);
  return found == words.end() ? text : found->second;
}

Result<Translations> read_translations(const std::vector<std::pair<std::string, std::string>>& files) {
  Translations out;
  const auto bad = [](const std::string& path, const std::string& reason) {
    return fail(ErrorCode::invalid_argument, "bad_definition", path + ": " + reason);
  };
  for (const auto& [path, content] : files) {
    const auto document = parse_strict_json(content);
    if (!document) return bad(path, document.error().message);
    const auto* words = document->if_object();
    if (words == nullptr) return bad(path, "must be one JSON object, from English texts to translated ones");
    for (const auto& [english, other] : *words) {
      const auto* text = other.if_string();
      if (english.empty() || text == nullptr || text->empty())
        return bad(path, "/" + std::string(english) + ": must be a text that is not empty");
      out[std::string(english)] = std::string(*text);
    }
  }
  return out;
}

}  // namespace akko
