// The headers that keep a browser from doing with our pages what we do not do ourselves.
#pragma once

#include <string>
#include <string_view>

#include "api/http.hpp"

namespace akko::api {

// "http://127.0.0.1:8480" of "http://127.0.0.1:8480/dev-issuer".
std::string_view origin_of(std::string_view url);

// An origin as a source of a Content-Security-Policy. That grammar has no IPv6 addresses: such an origin
// becomes its scheme.
std::string policy_source(std::string_view origin);

// Adds the policy, and what is the same for every page: no framing, no referrer to elsewhere, no powers.
void add_page_headers(Response& response, std::string policy);

}  // namespace akko::api
