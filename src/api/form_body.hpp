// Bodies of HTML forms: application/x-www-form-urlencoded.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http.hpp"
#include "base/result.hpp"

namespace akko::api {

using FormFields = std::vector<std::pair<std::string, std::string>>;

// Strict: at most 16 KiB and 64 fields, each "name=value" with a name; only well-formed percent-encoding, and
// names and values are UTF-8 without control characters. In the order of the body; names may come twice.
// Errors: malformed, payload_too_large. No error repeats anything of the body.
Result<FormFields> decode_form(std::string_view body);

// The same for a request that declares such a body. Error: unsupported_media as well.
Result<FormFields> read_form(const Request& request);

}  // namespace akko::api
