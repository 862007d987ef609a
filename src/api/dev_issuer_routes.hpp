// The endpoints of the development issuer over HTTP, below /dev-issuer.
#pragma once

#include <string_view>

#include "api/router.hpp"
#include "app/dev_issuer.hpp"

namespace akko::api {

inline constexpr std::string_view kDevIssuerPath = "/dev-issuer";

// `issuer` outlives the router. Its URL ends in kDevIssuerPath. All routes answer for loopback hosts only,
// whatever AKKO_ALLOWED_HOSTS says: anyone who reaches them can sign in.
void add_dev_issuer_routes(Router& router, DevIssuer& issuer);

}  // namespace akko::api
