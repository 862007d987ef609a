// JSON from outside, read strictly (RFC 8259): duplicate members, invalid UTF-8, trailing text, nesting
// beyond the limit and numbers that do not fit are refused. Boost.JSON alone lets a duplicate win.
#pragma once

#include <cstddef>
#include <string_view>

#include <boost/json/value.hpp>

#include "base/result.hpp"

namespace akko {

struct JsonLimits {
  std::size_t max_depth = 16;
  std::size_t max_bytes = 1024 * 1024;
};

// The value's memory is wiped when it is given back, because requests hold passwords.
// Errors: ErrorCode::malformed, reason "malformed_json", naming the place (byte offset, and the member
// for a duplicate) but never a value.
Result<boost::json::value> parse_strict_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace akko
