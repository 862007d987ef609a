// The port of the development issuer: an OpenID Connect provider inside this process, for one machine, so
// that the page can be used before a real identity provider is there. Authorization code flow with PKCE (RFC
// 6749, RFC 7636) for one public client; anyone who reaches it may sign in as any of its users.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "base/result.hpp"

namespace akko {

struct DevelopmentUser {
  std::string_view name;  // preferred_username
  std::string_view full_name;
  std::string_view role;  // the one realm role
  std::string_view role_description;
};
std::span<const DevelopmentUser> development_users();

// Of a request to an endpoint, from its query or its form; decoded, in any order.
using IssuerParameters = std::vector<std::pair<std::string, std::string>>;
// The value of a parameter; "" when it is missing.
std::string_view value_of(const IssuerParameters& parameters, std::string_view name);

// The answer to a refused request, in the words of RFC 6749: `error` is for programs ("invalid_grant").
struct OAuthError {
  std::string error;
  std::string description;  // printable ASCII
};

// Any thread. Sessions, codes and refresh tokens live in memory and end with the process.
class DevIssuer {
 public:
  virtual ~DevIssuer() = default;
  virtual const std::string& issuer() const = 0;
  virtual std::string discovery_json() const = 0;  // at <issuer>/.well-known/openid-configuration
  virtual std::string jwks_json() const = 0;       // at <issuer>/jwks

  // An access token for the command line. Errors: bad_user, bad_roles, bad_lifetime.
  struct TokenRequest {
    std::string user;
    std::vector<std::string> roles;
    std::chrono::seconds lifetime{3600};
  };
  virtual Result<std::string> token(const TokenRequest& request) const = 0;

  // What a browser gets that came to sign in or out.
  struct Step {
    enum class Kind : std::uint8_t {
      form,      // ask who it is, then call sign_in with `parameters`
      redirect,  // to `location`, which carries a code or an error
      done,      // signed out, and nowhere to go
      refused,   // `refusal` tells why; the address to go to cannot be trusted
    };
    Kind kind = Kind::refused;
    std::string location;
    std::string refusal;
    IssuerParameters parameters;
    std::string target_origin;  // of a form: where its answer will lead ("http://127.0.0.1:8480")
    std::string new_session;    // to be kept by the browser; "" = no change
  };

  // `session`: what the browser kept; "" = nothing.
  virtual Step authorize(const IssuerParameters& parameters, std::string_view session) = 0;
  // `user`: who was chosen. The parameters are judged again.
  virtual Step sign_in(const IssuerParameters& parameters, std::string_view user) = 0;
  // Ends the session and the refresh tokens that came from it.
  virtual Step sign_out(const IssuerParameters& parameters, std::string_view session) = 0;

  // The token endpoint: the JSON of the answer. A code serves once, a refresh token once: a second use ends
  // all that came from it.
  virtual tl::expected<std::string, OAuthError> redeem(const IssuerParameters& parameters) = 0;
};

}  // namespace akko
