#include "adapters/dev_issuer_request.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include <sodium.h>
#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "adapters/jwt.hpp"

namespace akko::dev_issuer {
namespace {

constexpr std::size_t kMaxParameterBytes = 2048;
constexpr std::size_t kChallengeBytes = 43;  // 256 bits in base64url
constexpr std::size_t kMinVerifierBytes = 43;
constexpr std::size_t kMaxVerifierBytes = 128;
constexpr std::int64_t kMaxMaxAge = 1'000'000'000;

bool is_unreserved(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return boost::urls::unreserved_chars(c); });
}

bool is_base64url(std::string_view text) {
  return is_unreserved(text) && text.find_first_of(".~") == std::string_view::npos;
}

// The words of a list separated by blanks.
std::set<std::string_view> words_of(std::string_view text) {
  std::set<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) words.insert(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

using Complaint = std::optional<OAuthError>;

Complaint invalid(std::string description) { return OAuthError{"invalid_request", std::move(description)}; }

Complaint judge_kind(const IssuerParameters& parameters) {
  if (!value_of(parameters, "request").empty())
    return OAuthError{"request_not_supported", "request objects are not supported"};
  if (!value_of(parameters, "request_uri").empty())
    return OAuthError{"request_uri_not_supported", "request objects are not supported"};
  const auto type = value_of(parameters, "response_type");
  if (type.empty()) return invalid("response_type is missing");
  if (type != "code") return OAuthError{"unsupported_response_type", "response_type must be code"};
  const auto mode = value_of(parameters, "response_mode");
  if (!mode.empty() && mode != "query") return invalid("response_mode must be query");
  return std::nullopt;
}

Complaint take_challenge(const IssuerParameters& parameters, AuthorizeRequest& request) {
  request.challenge = value_of(parameters, "code_challenge");
  if (request.challenge.empty()) return invalid("code_challenge is missing: PKCE is required");
  // Left out, the method is "plain" (RFC 7636, 4.3), which shows the verifier to everyone who sees the
  // address.
  if (value_of(parameters, "code_challenge_method") != "S256")
    return invalid("code_challenge_method must be S256");
  if (request.challenge.size() != kChallengeBytes || !is_base64url(request.challenge))
    return invalid("code_challenge must be 43 characters of base64url");
  return std::nullopt;
}

Complaint take_scope(const IssuerParameters& parameters, AuthorizeRequest& request) {
  const auto asked = words_of(value_of(parameters, "scope"));
  if (!asked.contains("openid")) return OAuthError{"invalid_scope", "scope must hold openid"};
  request.scope = "openid";
  if (asked.contains("profile")) request.scope += " profile";
  return std::nullopt;
}

Complaint take_prompt(const IssuerParameters& parameters, AuthorizeRequest& request) {
  const auto words = words_of(value_of(parameters, "prompt"));
  if (words.contains("none") && words.size() > 1) return invalid("prompt none stands alone");
  for (const auto word : words) {
    if (word == "none") request.prompt = AuthorizeRequest::Prompt::none;
    if (word == "login" || word == "select_account") request.prompt = AuthorizeRequest::Prompt::login;
    if (word != "none" && word != "login" && word != "select_account" && word != "consent")
      return invalid("prompt must be none, login, select_account or consent");
  }
  return std::nullopt;
}

Complaint take_max_age(const IssuerParameters& parameters, AuthorizeRequest& request) {
  const auto text = value_of(parameters, "max_age");
  if (text.empty()) return std::nullopt;
  std::int64_t seconds = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || seconds < 0 || seconds > kMaxMaxAge)
    return invalid("max_age must be a number of seconds");
  request.max_age = seconds;
  return std::nullopt;
}

}  // namespace

std::optional<LoopbackUri> read_loopback_uri(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || (url->scheme() != "http" && url->scheme() != "https")) return std::nullopt;
  if (url->has_userinfo() || url->has_fragment()) return std::nullopt;
  // Boost.URL 1.81 reads http://127.0.0.1.example.com/ as the host 127.0.0.1 with the path ".example.com/".
  const auto path = url->encoded_path();
  if (!path.empty() && path.front() != '/') return std::nullopt;
  const auto host = url->encoded_host();
  if (host != "127.0.0.1" && host != "localhost" && host != "[::1]") return std::nullopt;
  if (url->has_port() && url->port_number() == 0) return std::nullopt;
  const auto origin = url->encoded_origin();
  return LoopbackUri{std::string(text), std::string(origin.data(), origin.size())};
}

std::string with_parameters(const std::string& uri, const IssuerParameters& parameters) {
  std::string text = uri;
  for (const auto& [name, value] : parameters) {
    text += text.find('?') == std::string::npos ? '?' : '&';
    text += name + '=' + boost::urls::encode(value, boost::urls::unreserved_chars);
  }
  return text;
}

std::optional<OAuthError> judge_parameters(const IssuerParameters& parameters) {
  std::set<std::string_view> seen;
  for (const auto& [name, value] : parameters) {
    if (!seen.insert(name).second) return invalid("a parameter is there twice");
    // An ID token is the longest thing that anyone may send here.
    const auto most = name == "id_token_hint" ? jwt::kMaxTokenBytes : kMaxParameterBytes;
    if (name.size() > kMaxParameterBytes || value.size() > most)
      return invalid("a parameter is longer than " + std::to_string(most) + " bytes");
  }
  return std::nullopt;
}

tl::expected<AuthorizeRequest, AuthorizeRefusal> read_authorize_request(const IssuerParameters& parameters,
                                                                        std::string_view client_id) {
  const auto refuse = [](Complaint complaint) {
    return tl::make_unexpected(AuthorizeRefusal{std::move(*complaint), std::nullopt, ""});
  };
  if (auto complaint = judge_parameters(parameters)) return refuse(std::move(complaint));
  if (value_of(parameters, "client_id") != client_id)
    return refuse(OAuthError{"unauthorized_client", "client_id must be " + std::string(client_id)});
  auto redirect = read_loopback_uri(value_of(parameters, "redirect_uri"));
  if (!redirect)
    return refuse(
        invalid("redirect_uri must be an http or https address on 127.0.0.1, localhost or [::1], without "
                "fragment"));

  AuthorizeRequest request;
  request.redirect = std::move(*redirect);
  request.state = value_of(parameters, "state");
  request.nonce = value_of(parameters, "nonce");
  auto complaint = judge_kind(parameters);
  if (!complaint) complaint = take_challenge(parameters, request);
  if (!complaint) complaint = take_scope(parameters, request);
  if (!complaint) complaint = take_prompt(parameters, request);
  if (!complaint) complaint = take_max_age(parameters, request);
  if (complaint)
    return tl::make_unexpected(AuthorizeRefusal{std::move(*complaint), request.redirect, request.state});
  return request;
}

bool proves(std::string_view verifier, std::string_view challenge) {
  if (verifier.size() < kMinVerifierBytes || verifier.size() > kMaxVerifierBytes || !is_unreserved(verifier))
    return false;
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size());
  const auto made = jwt::base64url_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
  return made.size() == challenge.size() && sodium_memcmp(made.data(), challenge.data(), made.size()) == 0;
}

}  // namespace akko::dev_issuer
