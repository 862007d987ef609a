// Log: one JSON object per line on standard output. Thread-safe; start-up configures it once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace akko::log {

enum class Level : std::uint8_t { debug, info, warn, error };

// A member of a log line. Values are texts, whole numbers, fractions or booleans; there is no way to
// pass a `Secret`.
struct Field {
  std::string_view name;
  std::variant<std::string, std::int64_t, double, bool> value;

  Field(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
  Field(std::string_view n, std::string_view v) : name(n), value(std::string(v)) {}
  Field(std::string_view n, const char* v) : name(n), value(std::string(v)) {}
  Field(std::string_view n, bool v) : name(n), value(v) {}
  Field(std::string_view n, double v) : name(n), value(v) {}
  Field(std::string_view n, std::int64_t v) : name(n), value(v) {}
  Field(std::string_view n, int v) : name(n), value(static_cast<std::int64_t>(v)) {}
  Field(std::string_view n, std::size_t v) : name(n), value(static_cast<std::int64_t>(v)) {}
};

// Sets the lowest level that is written. Default: info.
void set_level(Level level);
bool parse_level(std::string_view text, Level& level);

// {"timestamp":1713542400.123,"level":"info","message":…,fields…}. Each line reaches standard output whole
// and at once. Texts may hold any bytes: control characters are escaped, what is not UTF-8 becomes U+FFFD.
void write(Level level, std::string_view message, std::initializer_list<Field> fields = {});

inline void debug(std::string_view m, std::initializer_list<Field> f = {}) { write(Level::debug, m, f); }
inline void info(std::string_view m, std::initializer_list<Field> f = {}) { write(Level::info, m, f); }
inline void warn(std::string_view m, std::initializer_list<Field> f = {}) { write(Level::warn, m, f); }
inline void error(std::string_view m, std::initializer_list<Field> f = {}) { write(Level::error, m, f); }

// Writes one finished JSON object as a line of its own, whatever the level (audit lines have their own
// contract).
void write_json_line(std::string_view json_object);

// "1713542400.123": how a moment, in milliseconds since 1970-01-01 UTC, stands in JSON. Boost.JSON would
// write the number as 1.713542400123E9.
std::string unix_seconds(std::int64_t unix_millis);

// `text` as a JSON string, quotes included.
std::string json_quoted(std::string_view text);

}  // namespace akko::log
