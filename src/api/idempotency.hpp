// `Idempotency-Key`: a request that is sent twice is done once.
#pragma once

#include <functional>

#include "api/http.hpp"
#include "app/ports.hpp"

namespace akko::api {

// Runs `work`, or answers what the same caller got for the same key and the same request within the last
// day. A key used for another request is refused (422), one whose first request still runs too (409).
// Answers that a retry may change (5xx, 409, 429) are not kept.
Response once_per_key(IdempotencyStore& store, const Request& request, const std::function<Response()>& work);

}  // namespace akko::api
