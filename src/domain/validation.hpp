// Checks of single values that an admin typed. Pure. No check puts the value into its message: what
// is in the wrong field may be a password.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace akko {

// What is wrong with a value: a stable code of `FieldViolation`, and what would be right.
struct ValueProblem {
  std::string code;
  std::string message;
};
using ValueCheck = std::optional<ValueProblem>;  // nothing: the value is right

// Refuses what no name or value may hold, secret or not: invalid UTF-8 ("invalid_utf8"), NUL and other
// control characters ("control_character"), and `${` ("reference"), which Trino would replace by
// something out of the environment of its coordinator.
ValueCheck check_characters(std::string_view text);

// The same for a text of several lines: line ends and tabs are allowed.
ValueCheck check_lines(std::string_view text);

// Length in bytes ("too_long"), nothing at all ("empty").
ValueCheck check_length(std::string_view text, std::size_t max_bytes);

// A whole number in decimal notation ("type") within the limits ("range").
ValueCheck check_integer(std::string_view text, std::optional<std::int64_t> minimum,
                         std::optional<std::int64_t> maximum);
// "true" or "false" ("type").
ValueCheck check_boolean(std::string_view text);
// A number and one of Trino's units ns, us, ms, s, m, h, d: "30s", "1.5h" ("type").
ValueCheck check_duration(std::string_view text);
// A number and one of Trino's units B, kB, MB, GB, TB, PB: "64MB" ("type").
ValueCheck check_data_size(std::string_view text);
// One of `choices`, in the same case ("choice").
ValueCheck check_choice(std::string_view text, const std::vector<std::string>& choices);

// ASCII only.
bool equal_ignoring_case(std::string_view a, std::string_view b);

// The candidate that `name` was most likely meant to be: the same in other case, or a few edits away;
// "" when none is near. Looks at no more than 100 bytes of `name`.
std::string_view nearest(std::string_view name, const std::vector<std::string_view>& candidates);

// A foreign name as it may stand in a message: printable, at most 60 bytes.
std::string shown(std::string_view name);

// "a, b or c"; `last` stands before the last one.
std::string enumerated(const std::vector<std::string>& words, std::string_view last = " or ");

}  // namespace akko
