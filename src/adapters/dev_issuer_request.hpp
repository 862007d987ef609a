// What a browser brings to the authorization endpoint of the development issuer, read and judged. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "app/dev_issuer.hpp"

namespace akko::dev_issuer {

// A place that a browser may be sent back to: http or https on 127.0.0.1, localhost or [::1], any port.
struct LoopbackUri {
  std::string text;
  std::string origin;  // "http://127.0.0.1:8480"
};
std::optional<LoopbackUri> read_loopback_uri(std::string_view text);
// The same address with more parameters in its query, encoded.
std::string with_parameters(const std::string& uri, const IssuerParameters& parameters);
// Why the parameters cannot be read: one is there twice, or longer than any we know.
std::optional<OAuthError> judge_parameters(const IssuerParameters& parameters);

struct AuthorizeRequest {
  enum class Prompt : std::uint8_t { as_needed, none, login };
  LoopbackUri redirect;
  std::string state;
  std::string nonce;
  std::string challenge;  // of PKCE, S256
  std::string scope;      // what is granted of what was asked for
  Prompt prompt = Prompt::as_needed;
  std::optional<std::int64_t> max_age;  // seconds since the user signed in
};

// Without `redirect` the client or its address is in doubt: the browser is told, and sent nowhere.
struct AuthorizeRefusal {
  OAuthError error;
  std::optional<LoopbackUri> redirect;
  std::string state;
};

tl::expected<AuthorizeRequest, AuthorizeRefusal> read_authorize_request(const IssuerParameters& parameters,
                                                                        std::string_view client_id);

// Whether `verifier` is one (RFC 7636, 4.1) and `challenge` was made from it.
bool proves(std::string_view verifier, std::string_view challenge);

}  // namespace akko::dev_issuer
