#include "domain/validation.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <system_error>

#include "base/utf8.hpp"
#include "domain/pattern.hpp"

namespace akko {
namespace {

constexpr std::size_t kLongestCompared = 100;
constexpr std::size_t kLongestShown = 60;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Edits (insert, remove, replace, swap of neighbours) that turn `a` into `b`, case ignored.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + replaced});
      const bool swapped =
          i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

ValueCheck check_characters_but(std::string_view text, std::string_view allowed_controls) {
  for (std::size_t at = 0; at < text.size();) {
    const auto character = utf8::decode(text, at);
    if (!character.valid) return ValueProblem{"invalid_utf8", "must be valid UTF-8 text"};
    const bool allowed = allowed_controls.find(text[at]) != std::string_view::npos;
    if (utf8::is_control(character.code) && !allowed) {
      return ValueProblem{"control_character",
                          "must not hold control characters, such as a line end or a tab; remove them"};
    }
    at += character.length;
  }
  if (text.find("${") != std::string_view::npos) {
    return ValueProblem{"reference",
                        "must not hold \"${\": Trino would take it as a reference into its own environment"};
  }
  return std::nullopt;
}

}  // namespace

ValueCheck check_characters(std::string_view text) { return check_characters_but(text, ""); }

ValueCheck check_lines(std::string_view text) { return check_characters_but(text, "\t\r\n"); }

ValueCheck check_length(std::string_view text, std::size_t max_bytes) {
  if (text.empty()) return ValueProblem{"empty", "must not be empty; leave it out instead"};
  if (text.size() > max_bytes) {
    return ValueProblem{"too_long", "must be at most " + std::to_string(max_bytes) + " bytes long"};
  }
  return std::nullopt;
}

ValueCheck check_integer(std::string_view text, std::optional<std::int64_t> minimum,
                         std::optional<std::int64_t> maximum) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) {
    return ValueProblem{"type", "must be a whole number"};
  }
  const bool below = minimum && number < *minimum;
  const bool above = maximum && number > *maximum;
  if (error == std::errc() && !below && !above) return std::nullopt;
  if (minimum && maximum) {
    return ValueProblem{"range",
                        "must be between " + std::to_string(*minimum) + " and " + std::to_string(*maximum)};
  }
  if (below) return ValueProblem{"range", "must be at least " + std::to_string(*minimum)};
  if (above) return ValueProblem{"range", "must be at most " + std::to_string(*maximum)};
  return ValueProblem{"range", "must fit into 64 bits"};
}

ValueCheck check_boolean(std::string_view text) {
  if (text == "true" || text == "false") return std::nullopt;
  return ValueProblem{"type", "must be true or false"};
}

ValueCheck check_duration(std::string_view text) {
  static const auto pattern = Pattern::compile("[0-9]{1,12}(\\.[0-9]{1,6})?(ns|us|ms|s|m|h|d)");
  if (pattern && pattern->matches_whole(text)) return std::nullopt;
  return ValueProblem{"type",
                      "must be a duration: a number and a unit (ns, us, ms, s, m, h, d), for example 30s"};
}

ValueCheck check_data_size(std::string_view text) {
  static const auto pattern = Pattern::compile("[0-9]+(\\.[0-9]+)?(B|kB|MB|GB|TB|PB)");
  if (pattern && pattern->matches_whole(text)) return std::nullopt;
  return ValueProblem{"type", "must be a number with a unit (B, kB, MB, GB, TB, PB), for example 64MB"};
}

ValueCheck check_choice(std::string_view text, const std::vector<std::string>& choices) {
  if (std::find(choices.begin(), choices.end(), text) != choices.end()) return std::nullopt;
  return ValueProblem{"choice", "must be " + enumerated(choices)};
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view nearest(std::string_view name, const std::vector<std::string_view>& candidates) {
  if (name.size() > kLongestCompared) return {};
  std::string_view best;
  std::size_t least = std::min<std::size_t>(3, name.size() / 4) + 1;  // a short name allows few edits
  for (const auto candidate : candidates) {
    const auto distance = edit_distance(name, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

std::string shown(std::string_view name) { return utf8::printable(name, kLongestShown); }

std::string enumerated(const std::vector<std::string>& words, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? last : std::string_view(", ");
    out += words[i];
  }
  return out;
}

}  // namespace akko
