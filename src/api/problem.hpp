// Errors on the wire: problem+json (RFC 9457).
#pragma once

#include <string>
#include <string_view>

#include "api/http.hpp"
#include "base/result.hpp"

namespace akko::api {

// The one table from ErrorCode to HTTP status.
int http_status(ErrorCode code);

// {"type":"urn:akko:problem:<code>","title","status","detail","code","fix"?,"raw"?,"retryable",
//  "errors"?:[{"field","code","message"}],"reference": the request id}. `code` is Error::reason and what
// programs should look at; the urn only repeats it in the form RFC 9457 asks for. Always valid UTF-8,
// without control characters. 401 carries WWW-Authenticate, retryable ones Retry-After.
// `steps_json`: how far a connection check came, as the member "steps"; "" = no such member.
Response problem(const Error& error, const Request& request, std::string_view steps_json = {});

// The body of that problem, for where it is shown inside another document.
std::string problem_json(const Error& error, std::string_view reference, std::string_view steps_json = {});

// A problem that has no `Error`: 404 route, 405, 431, … Status 503 counts as retryable.
Response problem(int status, std::string_view code, std::string_view detail, const Request& request);

}  // namespace akko::api
