// The development issuer: see app/dev_issuer.hpp and adapters.hpp.
#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <sodium.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/parse.hpp>

#include "adapters/adapters.hpp"
#include "adapters/dev_issuer_grants.hpp"
#include "adapters/dev_issuer_key.hpp"
#include "adapters/dev_issuer_request.hpp"
#include "base/config.hpp"
#include "base/log.hpp"

namespace akko {
namespace {

namespace json = boost::json;

using dev_issuer::AuthorizeRequest;
using dev_issuer::Grant;

constexpr std::chrono::seconds kAccessLifetime{300};
constexpr std::chrono::hours kLongestLifetime{24};
constexpr std::size_t kMaxRoles = 50;

// The first 16 bytes as a UUID of the given version (RFC 9562).
std::string uuid(std::array<unsigned char, 16> bytes, unsigned version) {
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | (version << 4U));
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::string text(2 * bytes.size() + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, 1, '-');
  return text;
}

// The same for the same user and issuer, as Keycloak's `sub` is.
std::string subject_of(std::string_view issuer, std::string_view user) {
  const std::string text = std::string(issuer) + "\n" + std::string(user);
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::array<unsigned char, 16> bytes{};
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  return uuid(bytes, 8);
}

std::string random_uuid() {
  std::array<unsigned char, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return uuid(bytes, 4);
}

bool is_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._@:-").find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed);
}

Result<void> check(const DevIssuer::TokenRequest& request) {
  const auto invalid = [](std::string_view reason, std::string message) {
    return fail(ErrorCode::invalid_argument, reason, std::move(message));
  };
  constexpr std::string_view kRule = " must be 1 to 64 of the characters a-z A-Z 0-9 . _ @ : -";
  if (!is_name(request.user)) return invalid("bad_user", "the user name" + std::string(kRule));
  if (request.roles.size() > kMaxRoles) return invalid("bad_roles", "at most 50 roles fit into a token");
  if (!std::all_of(request.roles.begin(), request.roles.end(), is_name))
    return invalid("bad_roles", "each role" + std::string(kRule));
  if (request.lifetime < std::chrono::seconds(1) || request.lifetime > kLongestLifetime)
    return invalid("bad_lifetime", "the lifetime must be from 1 s to 24 h");
  return {};
}

Result<void> check_issuer(const std::string& issuer) {
  const auto url = boost::urls::parse_uri(issuer);
  bool good = url.has_value() && (url->scheme() == "http" || url->scheme() == "https") &&
              !url->has_userinfo() && !url->has_query() && !url->has_fragment();
  if (good) {
    const std::string path(url->encoded_path().data(), url->encoded_path().size());
    std::string_view host(url->encoded_host().data(), url->encoded_host().size());
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    // Boost.URL 1.81 reads http://127.0.0.1.example.com/ as the host 127.0.0.1 with the path ".example.com/".
    good = (path.empty() || path.front() == '/') && (host == "localhost" || is_loopback(host));
  }
  if (good) return {};
  return fail(
      ErrorCode::failed_precondition, "dev_issuer_not_loopback",
      "the development issuer gives a token to everyone who can reach it and serves loopback addresses only, "
      "not " +
          issuer,
      "Listen on 127.0.0.1, or name a real identity provider with AKKO_OIDC_ISSUER.");
}

const DevelopmentUser* find_user(std::string_view name) {
  const auto users = development_users();
  const auto found =
      std::find_if(users.begin(), users.end(), [&](const auto& user) { return user.name == name; });
  return found == users.end() ? nullptr : &*found;
}

json::array texts(std::initializer_list<std::string_view> values) {
  return json::array(values.begin(), values.end());
}

class RsaDevIssuer final : public DevIssuer {
 public:
  RsaDevIssuer(DevIssuerKey key, DevIssuerSettings settings, const Clock& clock)
      : key_(std::move(key)), settings_(std::move(settings)), clock_(clock), grants_(clock) {}

  const std::string& issuer() const override { return settings_.issuer; }
  std::string jwks_json() const override { return key_.jwks_json(); }
  std::string discovery_json() const override;
  Result<std::string> token(const TokenRequest& request) const override;

  Step authorize(const IssuerParameters& parameters, std::string_view session) override;
  Step sign_in(const IssuerParameters& parameters, std::string_view user) override;
  Step sign_out(const IssuerParameters& parameters, std::string_view session) override;
  tl::expected<std::string, OAuthError> redeem(const IssuerParameters& parameters) override;

 private:
  using Tokens = tl::expected<std::string, OAuthError>;

  std::int64_t now() const { return clock_.now() / 1000; }
  Step redirect(const std::string& uri, const std::string& state, IssuerParameters answer) const;
  Step refuse(dev_issuer::AuthorizeRefusal refusal) const;
  Step grant_code(const AuthorizeRequest& request, std::string_view session, const dev_issuer::SignedIn& who);
  Tokens redeem_code(const IssuerParameters& parameters);
  Tokens redeem_refresh_token(const IssuerParameters& parameters);
  Tokens tokens(const Grant& grant, const std::string& refresh_token) const;
  Result<std::string> id_token(const Grant& grant) const;

  DevIssuerKey key_;
  DevIssuerSettings settings_;
  const Clock& clock_;
  dev_issuer::Grants grants_;
};

std::string RsaDevIssuer::discovery_json() const {
  const auto& issuer = settings_.issuer;
  return json::serialize(json::object{
      {"issuer", issuer},
      {"authorization_endpoint", issuer + "/authorize"},
      {"token_endpoint", issuer + "/token"},
      {"end_session_endpoint", issuer + "/logout"},
      {"jwks_uri", issuer + "/jwks"},
      {"response_types_supported", texts({"code"})},
      {"response_modes_supported", texts({"query"})},
      {"grant_types_supported", texts({"authorization_code", "refresh_token"})},
      {"code_challenge_methods_supported", texts({"S256"})},
      {"token_endpoint_auth_methods_supported", texts({"none"})},
      {"scopes_supported", texts({"openid", "profile"})},
      {"prompt_values_supported", texts({"none", "login", "select_account", "consent"})},
      {"subject_types_supported", texts({"public"})},
      {"id_token_signing_alg_values_supported", texts({"RS256"})},
      {"claims_supported",
       texts({"iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "preferred_username", "name"})},
      {"authorization_response_iss_parameter_supported", true},
      {"request_parameter_supported", false},
      {"request_uri_parameter_supported", false}});
}

Result<std::string> RsaDevIssuer::token(const TokenRequest& request) const {
  AKKO_CHECK(check(request));
  const auto issued = now();
  return key_.sign({{"iss", settings_.issuer},
                    {"aud", json::array{settings_.audience}},
                    {"azp", settings_.client_id},
                    {"typ", "Bearer"},
                    {"sub", subject_of(settings_.issuer, request.user)},
                    {"preferred_username", request.user},
                    {"realm_access", {{"roles", json::array(request.roles.begin(), request.roles.end())}}},
                    {"iat", issued},
                    {"exp", issued + request.lifetime.count()},
                    {"jti", random_uuid()}});
}

// ---- the authorization endpoint

DevIssuer::Step RsaDevIssuer::redirect(const std::string& uri, const std::string& state,
                                       IssuerParameters answer) const {
  if (!state.empty()) answer.emplace_back("state", state);
  answer.emplace_back("iss", settings_.issuer);  // RFC 9207
  Step step;
  step.kind = Step::Kind::redirect;
  step.location = dev_issuer::with_parameters(uri, answer);
  return step;
}

DevIssuer::Step RsaDevIssuer::refuse(dev_issuer::AuthorizeRefusal refusal) const {
  if (refusal.redirect) {
    return redirect(refusal.redirect->text, refusal.state,
                    {{"error", refusal.error.error}, {"error_description", refusal.error.description}});
  }
  Step step;
  step.refusal = std::move(refusal.error.description);
  return step;
}

DevIssuer::Step RsaDevIssuer::grant_code(const AuthorizeRequest& request, std::string_view session,
                                         const dev_issuer::SignedIn& who) {
  const auto code = grants_.issue_code({who.user, who.at, std::string(session), request.redirect.text,
                                        request.challenge, request.nonce, request.scope});
  return redirect(request.redirect.text, request.state, {{"code", code}});
}

DevIssuer::Step RsaDevIssuer::authorize(const IssuerParameters& parameters, std::string_view session) {
  auto request = dev_issuer::read_authorize_request(parameters, settings_.client_id);
  if (!request) return refuse(std::move(request).error());
  using Prompt = AuthorizeRequest::Prompt;
  const auto who = grants_.find_session(session);
  const bool recent = who && (!request->max_age || now() - who->at / 1000 <= *request->max_age);
  if (recent && request->prompt != Prompt::login) return grant_code(*request, session, *who);
  if (request->prompt == Prompt::none)
    return refuse({{"login_required", "nobody is signed in"}, request->redirect, request->state});
  Step step;
  step.kind = Step::Kind::form;
  step.parameters = parameters;
  step.target_origin = request->redirect.origin;
  return step;
}

DevIssuer::Step RsaDevIssuer::sign_in(const IssuerParameters& parameters, std::string_view user) {
  auto request = dev_issuer::read_authorize_request(parameters, settings_.client_id);
  if (!request) return refuse(std::move(request).error());
  const auto* known = find_user(user);
  if (known == nullptr) return refuse({{"access_denied", "there is no such development user"}, {}, {}});
  const std::string name(known->name);
  const auto session = grants_.begin_session(name);
  auto step = grant_code(*request, session, {name, clock_.now()});
  step.new_session = session;
  return step;
}

DevIssuer::Step RsaDevIssuer::sign_out(const IssuerParameters& parameters, std::string_view session) {
  Step step;
  const auto refuse_with = [&](std::string why) {
    step.refusal = std::move(why);
    return step;
  };
  if (const auto complaint = dev_issuer::judge_parameters(parameters))
    return refuse_with(complaint->description);
  const auto client = value_of(parameters, "client_id");
  if (!client.empty() && client != settings_.client_id)
    return refuse_with("client_id must be " + settings_.client_id);
  const auto wanted = value_of(parameters, "post_logout_redirect_uri");
  const auto target = dev_issuer::read_loopback_uri(wanted);
  if (!wanted.empty() && !target)
    return refuse_with(
        "post_logout_redirect_uri must be an http or https address on 127.0.0.1, localhost or [::1], without "
        "fragment");
  grants_.end_session(session);
  step.kind = target ? Step::Kind::redirect : Step::Kind::done;
  const std::string state(value_of(parameters, "state"));
  if (target)
    step.location =
        state.empty() ? target->text : dev_issuer::with_parameters(target->text, {{"state", state}});
  return step;
}

// ---- the token endpoint

tl::expected<std::string, OAuthError> RsaDevIssuer::redeem(const IssuerParameters& parameters) {
  const auto refuse_with = [](std::string error, std::string why) {
    return tl::make_unexpected(OAuthError{std::move(error), std::move(why)});
  };
  if (auto complaint = dev_issuer::judge_parameters(parameters))
    return tl::make_unexpected(std::move(*complaint));
  if (!value_of(parameters, "client_secret").empty() || !value_of(parameters, "client_assertion").empty() ||
      value_of(parameters, "client_id") != settings_.client_id)
    return refuse_with("invalid_client",
                       "client_id must be " + settings_.client_id + ", a public client without secret");
  const auto type = value_of(parameters, "grant_type");
  if (type == "authorization_code") return redeem_code(parameters);
  if (type == "refresh_token") return redeem_refresh_token(parameters);
  if (type.empty()) return refuse_with("invalid_request", "grant_type is missing");
  return refuse_with("unsupported_grant_type", "grant_type must be authorization_code or refresh_token");
}

RsaDevIssuer::Tokens RsaDevIssuer::redeem_code(const IssuerParameters& parameters) {
  const auto refuse_with = [](std::string why) {
    return tl::make_unexpected(OAuthError{"invalid_grant", std::move(why)});
  };
  const auto code = value_of(parameters, "code");
  const auto grant = grants_.take_code(code);
  if (!grant) return refuse_with("the code is unknown, used or older than 60 s");
  const auto spoil = [&](std::string why) {  // whoever guesses gets one guess
    grants_.revoke(code);
    return refuse_with(std::move(why));
  };
  if (value_of(parameters, "redirect_uri") != grant->redirect_uri)
    return spoil("redirect_uri is not the one of the authorization request");
  if (!dev_issuer::proves(value_of(parameters, "code_verifier"), grant->challenge))
    return spoil("code_verifier does not match the code_challenge of the authorization request");
  const auto refresh_token = grants_.begin_refresh(code);
  if (!refresh_token) return refuse_with("the code was used twice at once");
  return tokens(*grant, *refresh_token);
}

RsaDevIssuer::Tokens RsaDevIssuer::redeem_refresh_token(const IssuerParameters& parameters) {
  const auto renewal = grants_.refresh(value_of(parameters, "refresh_token"));
  if (!renewal)
    return tl::make_unexpected(
        OAuthError{"invalid_grant", "the refresh token is unknown, used, revoked or expired"});
  return tokens(renewal->grant, renewal->refresh_token);
}

Result<std::string> RsaDevIssuer::id_token(const Grant& grant) const {
  const auto issued = now();
  const auto* user = find_user(grant.user);
  json::object claims{{"iss", settings_.issuer},
                      {"aud", settings_.client_id},
                      {"azp", settings_.client_id},
                      {"typ", "ID"},
                      {"sub", subject_of(settings_.issuer, grant.user)},
                      {"iat", issued},
                      {"exp", issued + kAccessLifetime.count()},
                      {"auth_time", grant.signed_in_at / 1000},
                      {"jti", random_uuid()}};
  if (!grant.nonce.empty()) claims["nonce"] = grant.nonce;
  claims["preferred_username"] = grant.user;
  claims["name"] = user == nullptr ? std::string_view(grant.user) : user->full_name;
  return key_.sign(claims);
}

RsaDevIssuer::Tokens RsaDevIssuer::tokens(const Grant& grant, const std::string& refresh_token) const {
  const auto* user = find_user(grant.user);
  std::vector<std::string> roles;
  if (user != nullptr) roles.emplace_back(user->role);
  const auto access = token({grant.user, std::move(roles), kAccessLifetime});
  const auto id = id_token(grant);
  if (!access || !id) {
    log::error("the development issuer cannot sign", {{"error", (access ? id : access).error().message}});
    return tl::make_unexpected(OAuthError{"server_error", "the token could not be signed; see the log"});
  }
  return json::serialize(json::object{{"access_token", *access},
                                      {"token_type", "Bearer"},
                                      {"expires_in", kAccessLifetime.count()},
                                      {"refresh_token", refresh_token},
                                      {"id_token", *id},
                                      {"scope", grant.scope}});
}

}  // namespace

Result<std::unique_ptr<DevIssuer>> open_dev_issuer(const std::string& home, DevIssuerSettings settings,
                                                   const Clock& clock) {
  AKKO_CHECK(check_issuer(settings.issuer));
  if (sodium_init() < 0)
    return fail(ErrorCode::internal, "no_randomness", "libsodium finds no source of randomness");
  AKKO_TRY(auto key, DevIssuerKey::open(home));
  return std::make_unique<RsaDevIssuer>(std::move(key), std::move(settings), clock);
}

}  // namespace akko
