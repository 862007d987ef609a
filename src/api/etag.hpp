// Entity tags and the conditions that name them (RFC 9110, 8.8.3 and 13.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/http.hpp"
#include "base/result.hpp"
#include "domain/catalog.hpp"

namespace akko::api {

// A strong tag of a body: "…" around a hash of its bytes.
std::string content_etag(std::string_view body);
// The tag of a catalog as a read shows it: "r<revision>.h<health revision>", with a "d" behind it while Trino
// is down, because a read then says so. If-Match looks at the part before the point only: a health check in
// between is no reason to decide anew.
std::string catalog_etag(const Catalog& catalog, bool trino_up);

// Whether If-None-Match names `etag` (weak comparison) or is "*".
bool none_match_fails(const Request& request, std::string_view etag);

// The revision that If-Match asks for ("r2", "r2.h17"); nothing without the header or for "*". Error: aborted
// when the header names no tag of ours.
Result<std::optional<std::uint64_t>> if_match_revision(const Request& request);

// `body` with its tag, or 304 when the client has it.
Response conditional(const Request& request, std::shared_ptr<const std::string> body,
                     const std::string& etag);

}  // namespace akko::api
