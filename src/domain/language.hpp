// The languages of what people read, and the words of the connector definitions in those that are not
// English.
//
// Definitions are written in English. For another language there is a catalogue,
// connectors/locales/<language>.json: one JSON object from the English text to the other one, so that a text
// many connectors share is said once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace akko {

enum class Language : std::uint8_t { english, french };
inline constexpr std::array kLanguages = {Language::english, Language::french};
std::string_view to_string(Language language);  // "en", "fr"

// What an Accept-Language header (RFC 9110, 12.5.4) asks for: the language with the highest weight among
// ours, the first of equal ones. English when it names none of them, or is empty.
Language preferred_language(std::string_view accept_language);

// English text -> text in another language. A text without an entry stays English.
using Translations = std::map<std::string, std::string, std::less<>>;
const std::string& translated(const Translations& words, const std::string& text);

// One catalogue from its files, (path, content): a later file adds to the earlier ones and replaces what they
// have too. Errors: ErrorCode::invalid_argument, "bad_definition", with path and reason.
Result<Translations> read_translations(const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace akko
