// `Pattern`: a regular expression that takes linear time (RE2; its headers stay in pattern.cpp).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace re2 {
class RE2;
}

namespace akko {

// Immutable and cheap to copy; any thread. (shared_ptr: copies share one compiled program.)
class Pattern {
 public:
  // `text` in RE2 syntax, UTF-8.
  static Result<Pattern> compile(std::string_view text);

  bool matches_whole(std::string_view subject) const;
  bool found_in(std::string_view subject) const;
  // The first capture group of the first match, or "" .
  std::string capture(std::string_view subject) const;
  const std::string& text() const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> program) : program_(std::move(program)) {}
  std::shared_ptr<const re2::RE2> program_;
};

}  // namespace akko
