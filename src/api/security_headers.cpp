#include "api/security_headers.hpp"

#include <algorithm>
#include <utility>

namespace akko::api {

std::string_view origin_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  return url.substr(0, url.find('/', scheme + 3));
}

std::string policy_source(std::string_view origin) {
  const auto colon = std::min(origin.find(':'), origin.size());
  const bool ipv6 = origin.find('[') != std::string_view::npos;
  return std::string(ipv6 ? origin.substr(0, colon + 1) : origin);
}

void add_page_headers(Response& response, std::string policy) {
  response.headers.emplace_back("Content-Security-Policy", std::move(policy));
  response.headers.emplace_back("X-Frame-Options", "DENY");  // for what does not know frame-ancestors
  // Not no-referrer: a browser then says "Origin: null" when it sends a form.
  response.headers.emplace_back("Referrer-Policy", "same-origin");
  response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  response.headers.emplace_back("Permissions-Policy",
                                "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
}

}  // namespace akko::api
