#include "base/log.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <memory>

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include "base/utf8.hpp"

namespace akko::log {
namespace {

// One line of valid UTF-8. Works on finished JSON: everything outside its strings is ASCII, and a raw
// control character in it can only be white space.
std::string as_line(std::string_view json) { return utf8::printable(json, std::string_view::npos); }

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

constexpr auto kAlways = spdlog::level::critical;

spdlog::logger& logger() {
  static auto instance = [] {
    // The sink's mutex keeps lines whole and in one piece; it flushes after each.
    auto made = std::make_unique<spdlog::logger>("", std::make_shared<spdlog::sinks::stdout_sink_mt>());
    made->set_pattern("%v");
    made->set_level(spdlog::level::info);
    return made;
  }();
  return *instance;
}

constexpr std::array<std::string_view, 4> kLevelNames = {"debug", "info", "warn", "error"};

std::string json_number(double number) {
  if (!std::isfinite(number)) return "null";  // JSON has no other word for it
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

struct ToJson {
  std::string operator()(const std::string& text) const { return json_quoted(text); }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const { return json_number(number); }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
};

}  // namespace

void set_level(Level level) { logger().set_level(to_spdlog(level)); }

bool parse_level(std::string_view text, Level& level) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames[i] == text) {
      level = static_cast<Level>(i);
      return true;
    }
  }
  return false;
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  if (!logger().should_log(to_spdlog(level))) return;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  std::string line = "{\"timestamp\":";
  line += unix_seconds(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  line += ",\"level\":";
  line += json_quoted(kLevelNames[static_cast<std::size_t>(level)]);
  line += ",\"message\":";
  line += json_quoted(message);
  for (const auto& field : fields) {
    line += ',';
    line += json_quoted(field.name);
    line += ':';
    line += std::visit(ToJson{}, field.value);
  }
  line += '}';
  logger().log(to_spdlog(level), as_line(line));
}

void write_json_line(std::string_view json_object) { logger().log(kAlways, as_line(json_object)); }

std::string unix_seconds(std::int64_t unix_millis) {
  const auto fraction = std::to_string(1000 + unix_millis % 1000);  // "1123": keeps the leading zeros
  return std::to_string(unix_millis / 1000) + "." + fraction.substr(1);
}

std::string json_quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string(text.data(), text.size()));
}

}  // namespace akko::log
