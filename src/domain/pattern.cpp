#include "domain/pattern.hpp"

#include <re2/re2.h>

namespace akko {
namespace {

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Result<Pattern> Pattern::compile(std::string_view text) {
  RE2::Options options;
  options.set_log_errors(false);
  auto program = std::make_shared<const RE2>(piece(text), options);
  if (!program->ok()) {
    return fail(ErrorCode::invalid_argument, "bad_pattern", "not a regular expression: " + program->error());
  }
  return Pattern(std::move(program));
}

bool Pattern::matches_whole(std::string_view subject) const {
  return RE2::FullMatch(piece(subject), *program_);
}

bool Pattern::found_in(std::string_view subject) const {
  return RE2::PartialMatch(piece(subject), *program_);
}

std::string Pattern::capture(std::string_view subject) const {
  std::string group;
  if (program_->NumberOfCapturingGroups() > 0) RE2::PartialMatch(piece(subject), *program_, &group);
  return group;
}

const std::string& Pattern::text() const { return program_->pattern(); }

}  // namespace akko
