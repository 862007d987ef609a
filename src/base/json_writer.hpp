// Writes JSON text front to back. For what this program sends: numbers keep the spelling that people
// expect (Boost.JSON writes 1713542400.123 as 1.713542400123E9).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/log.hpp"

namespace akko {

// The caller keeps braces and brackets balanced. Not thread-safe.
class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  JsonWriter& key(std::string_view name) {
    separate();
    text_ += log::json_quoted(name);
    text_ += ':';
    fresh_ = true;
    return *this;
  }
  JsonWriter& value(std::string_view text) { return raw(log::json_quoted(text)); }
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(bool flag) { return raw(flag ? "true" : "false"); }
  JsonWriter& value(std::int64_t number) { return raw(std::to_string(number)); }
  JsonWriter& value(std::uint64_t number) { return raw(std::to_string(number)); }
  JsonWriter& value(int number) { return raw(std::to_string(number)); }
  JsonWriter& null() { return raw("null"); }
  // A moment, in milliseconds since 1970-01-01 UTC, as seconds: 1713542400.123
  JsonWriter& moment(std::int64_t unix_millis) { return raw(log::unix_seconds(unix_millis)); }
  // Finished JSON, put in as it is.
  JsonWriter& raw(std::string_view json) {
    separate();
    text_ += json;
    return *this;
  }

  template <typename Value>
  JsonWriter& member(std::string_view name, Value&& value_of) {
    return key(name).value(std::forward<Value>(value_of));
  }

  std::string take() { return std::move(text_); }

 private:
  JsonWriter& open(char bracket) {
    separate();
    text_ += bracket;
    fresh_ = true;
    return *this;
  }
  JsonWriter& close(char bracket) {
    text_ += bracket;
    fresh_ = false;
    return *this;
  }
  void separate() {
    if (!fresh_ && !text_.empty()) text_ += ',';
    fresh_ = false;
  }

  std::string text_;
  bool fresh_ = true;  // right after an opening bracket or a key: no comma
};

}  // namespace akko
