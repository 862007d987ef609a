// Entity tags and the conditions that name them (RFC 9110, 8.8.3 and 13.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/http.hpp"
#include "base/result.hpp"

namespace akko::api {

// A strong tag of a body: "…" around a hash of its bytes.
std::string content_etag(std::string_view body);
// The tag of a catalog: "r" and its revision.
std::string revision_etag(std::uint64_t revision);

// Whether If-None-Match names `etag` (weak comparison) or is "*".
bool none_match_fails(const Request& request, std::string_view etag);

// The revision that If-Match asks for; nothing without the header or for "*". Error: aborted when the header
// names no tag of ours.
Result<std::optional<std::uint64_t>> if_match_revision(const Request& request);

// `body` with its tag, or 304 when the client has it.
Response conditional(const Request& request, std::shared_ptr<const std::string> body,
                     const std::string& etag);

}  // namespace akko::api
