// HTTP/1.1 as text: the parts of the protocol that need no socket. Pure, any thread.
#pragma once

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.hpp"
#include "base/result.hpp"

namespace akko::api {

// Fills in request id and trace parent (W3C Trace Context): the caller's if it is well formed, else one
// whose trace id is our request id.
void identify(Request& request);
bool is_trace_parent(std::string_view text);

// Fills path and query from the target. An absolute target (http://host/path) also replaces the Host
// header, as RFC 9112 3.2.2 asks. Refused as `malformed`: what is not an origin or absolute form, broken
// percent-encoding, and paths that hold an encoded '/', a control character or invalid UTF-8, so that a
// decoded path has one meaning only.
Result<void> read_target(Request& request);

// Whether the first line in `text` ends in a well-formed HTTP version (which may be one that we do not
// speak).
bool names_http_version(std::string_view text);

// Whether the value of a Host header is one of `allowed`; see ServerSettings::allowed_hosts.
bool host_allowed(std::string_view host, const std::vector<std::string>& allowed);

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string http_date(std::time_t time);

struct HeadSettings {
  std::string_view date;
  bool keep_alive = true;
  bool http_1_0 = false;  // the client speaks HTTP/1.0: keeping the connection must be said
};
// Appends status line and headers, ending in the empty line. Adds to the headers of the response: Date,
// Content-Type, Content-Length (of a stream: Transfer-Encoding: chunked, in HTTP/1.0 and for HEAD neither),
// Cache-Control: no-store unless the response sets one,
// X-Content-Type-Options, X-Request-Id, traceparent, Connection. Control characters in header values
// become blanks: a response cannot be split.
void append_head(std::string& out, const Request& request, const Response& response,
                 const HeadSettings& settings);

// One piece of a body in chunked transfer encoding; `bytes` must not be empty: that would end the body.
std::string chunk(std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace akko::api
