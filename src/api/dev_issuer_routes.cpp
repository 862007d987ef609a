#include "api/dev_issuer_routes.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "api/dev_issuer_page.hpp"
#include "api/etag.hpp"
#include "api/form_body.hpp"
#include "api/problem.hpp"
#include "api/security_headers.hpp"
#include "api/wire.hpp"
#include "base/json_writer.hpp"

namespace akko::api {
namespace {

using Step = DevIssuer::Step;

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kSessionSeconds = "36000";

// Browsers share the cookies of all ports of a host: two managers must not sign each other's users out.
std::string cookie_name(std::string_view origin) {
  const auto port = origin.substr(origin.rfind(':') + 1);
  const bool number = !port.empty() && port.find_first_not_of("0123456789") == std::string_view::npos;
  return number ? "akko_dev_session_" + std::string(port) : "akko_dev_session";
}

// As a browser writes it in Origin: without the port that http has anyway.
std::string browser_origin(std::string_view issuer) {
  auto origin = origin_of(issuer);
  if (origin.starts_with("http://") && origin.ends_with(":80")) origin.remove_suffix(3);
  return std::string(origin);
}

// Of the page of the issuer: what the client asks for (OpenID Connect Core 1.0, 3.1.2.1), else the browser.
Language language_of(const Request& request, const IssuerParameters& parameters) {
  std::string locales(value_of(parameters, "ui_locales"));
  if (locales.empty()) return preferred_language(request.header("accept-language"));
  std::replace(locales.begin(), locales.end(), ' ', ',');
  return preferred_language(locales);
}

class IssuerEndpoints {
 public:
  explicit IssuerEndpoints(DevIssuer& issuer)
      : issuer_(issuer),
        origin_(browser_origin(issuer.issuer())),
        cookie_(cookie_name(origin_of(issuer.issuer()))) {}

  Response authorize(const Request& request) const {
    return show(issuer_.authorize(request.query, session_of(request)), 302,
                language_of(request, request.query));
  }
  Response log_in(const Request& request) const;
  Response log_out(const Request& request, const IssuerParameters& parameters) const;
  Response log_out_form(const Request& request) const;
  Response token(const Request& request) const;

 private:
  std::string_view session_of(const Request& request) const;
  std::string set_cookie(std::string_view value, std::string_view seconds) const {
    return cookie_ + "=" + std::string(value) + "; Path=" + std::string(kDevIssuerPath) +
           "; Max-Age=" + std::string(seconds) + "; HttpOnly; SameSite=Lax";
  }
  std::optional<Error> foreign_form(const Request& request) const;
  Response show(const Step& step, int redirect_status, Language language) const;

  DevIssuer& issuer_;
  std::string origin_;
  std::string cookie_;
};

std::string_view IssuerEndpoints::session_of(const Request& request) const {
  for (const auto& [name, value] : request.headers) {
    if (name != "cookie") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(';'), rest.size());
      auto pair = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
      if (pair.starts_with(cookie_) && pair.substr(cookie_.size()).starts_with('='))
        return pair.substr(cookie_.size() + 1);
    }
  }
  return {};
}

// Signing in decides who somebody is: another site must not do it for them. Browsers tell where a form stood.
std::optional<Error> IssuerEndpoints::foreign_form(const Request& request) const {
  const auto site = request.header("sec-fetch-site");
  const bool own = request.header_count("origin") == 1 && request.header("origin") == origin_ &&
                   (site.empty() || site == "same-origin");
  if (own) return std::nullopt;
  return fail(ErrorCode::permission_denied, "cross_site_form",
              "this form is taken only from the page of the development issuer itself at " + origin_,
              "Begin the sign-in again.")
      .value();
}

Response page_response(int status, std::string html, std::string_view form_targets) {
  auto response = Response::text(status, std::string(kHtml), std::move(html));
  add_page_headers(response, "default-src 'none'; style-src 'self'; form-action " +
                                 std::string(form_targets) + "; base-uri 'none'; frame-ancestors 'none'");
  return response;
}

Response IssuerEndpoints::show(const Step& step, int redirect_status, Language language) const {
  switch (step.kind) {
    case Step::Kind::form:
      // Chromium holds a form to form-action on each redirect that answers it.
      return page_response(200, sign_in_page(step.parameters, language),
                           "'self' " + policy_source(step.target_origin));
    case Step::Kind::redirect: {
      auto response = Response::empty(redirect_status);
      response.headers.emplace_back("Location", step.location);
      response.headers.emplace_back("Referrer-Policy", "no-referrer");
      if (!step.new_session.empty())
        response.headers.emplace_back("Set-Cookie", set_cookie(step.new_session, kSessionSeconds));
      return response;
    }
    case Step::Kind::done:
      return page_response(200, signed_out_page(language), "'none'");
    case Step::Kind::refused:
      break;
  }
  return page_response(400, refused_page(step.refusal), "'none'");
}

Response IssuerEndpoints::log_in(const Request& request) const {
  if (const auto error = foreign_form(request)) return problem(*error, request);
  const auto form = read_form(request);
  if (!form) return problem(form.error(), request);
  return show(issuer_.sign_in(*form, value_of(*form, "user")), 303, language_of(request, *form));
}

Response IssuerEndpoints::log_out(const Request& request, const IssuerParameters& parameters) const {
  const auto step = issuer_.sign_out(parameters, session_of(request));
  auto response = show(step, 303, language_of(request, parameters));
  if (step.kind != Step::Kind::refused) response.headers.emplace_back("Set-Cookie", set_cookie("", "0"));
  return response;
}

Response IssuerEndpoints::log_out_form(const Request& request) const {
  const auto form = read_form(request);
  if (!form) return problem(form.error(), request);
  return log_out(request, *form);
}

// Every refusal has the shape that OAuth clients read (RFC 6749, 5.2).
Response oauth_refusal(const OAuthError& error) {
  JsonWriter json;
  json.begin_object()
      .member("error", error.error)
      .member("error_description", error.description)
      .end_object();
  const int status = error.error == "server_error" ? 500 : 400;
  return Response::json(status, json.take());
}

Response IssuerEndpoints::token(const Request& request) const {
  if (request.header_count("authorization") > 0)
    return oauth_refusal({"invalid_client", "this client is public: it sends no Authorization"});
  const auto form = read_form(request);
  if (!form) return oauth_refusal({"invalid_request", form.error().message});
  const auto tokens = issuer_.redeem(*form);
  return tokens ? Response::json(200, *tokens) : oauth_refusal(tokens.error());
}

// ---- who may ask from where

Handler on_loopback(Handler handler) {
  return [handler = std::move(handler)](const Request& request) {
    if (host_allowed(request.header("host"), {"loopback"})) return handler(request);
    return problem(421, "host_not_allowed",
                   "the development issuer answers for localhost, 127.0.0.1 and [::1] only", request);
  };
}

bool is_loopback_origin(std::string_view origin) {
  const auto scheme = origin.find("://");
  if (scheme == std::string_view::npos || origin_of(origin) != origin) return false;
  return host_allowed(origin.substr(scheme + 3), {"loopback"});
}

// Pages on this machine may read the answer (the page may stand on another port, or on localhost where the
// issuer says 127.0.0.1). Without credentials: no cookie goes with it.
void share(const Request& request, Response& response) {
  response.headers.emplace_back("Vary", "Origin");
  const auto origin = request.header("origin");
  if (request.header_count("origin") == 1 && is_loopback_origin(origin))
    response.headers.emplace_back("Access-Control-Allow-Origin", origin);
}

void add_shared(Router& router, Method method, const std::string& path, Runs runs, Handler handler) {
  router.add({method, path, Access::open, runs, "", on_loopback([handler](const Request& request) {
                auto response = handler(request);
                share(request, response);
                return response;
              })});
  const std::string methods = method == Method::get ? "GET, HEAD, OPTIONS" : "POST, OPTIONS";
  router.add(
      {Method::options, path, Access::open, Runs::quick, "", on_loopback([methods](const Request& request) {
         auto response = Response::empty(204).with("Allow", methods);
         share(request, response);
         response.headers.emplace_back("Access-Control-Allow-Methods", methods);
         response.headers.emplace_back("Access-Control-Allow-Headers", "Content-Type");
         response.headers.emplace_back("Access-Control-Max-Age", "600");
         return response;
       })});
}

}  // namespace

void add_dev_issuer_routes(Router& router, DevIssuer& issuer) {
  const std::string base(kDevIssuerPath);
  const auto endpoints = std::make_shared<const IssuerEndpoints>(issuer);
  const auto fixed = [](std::string json) {
    return [json = std::move(json)](const Request&) { return Response::json(200, json); };
  };
  add_shared(router, Method::get, base + "/.well-known/openid-configuration", Runs::quick,
             fixed(issuer.discovery_json()));
  add_shared(router, Method::get, base + "/jwks", Runs::quick, fixed(issuer.jwks_json()));
  add_shared(router, Method::post, base + "/token", Runs::worker,
             [endpoints](const Request& request) { return endpoints->token(request); });

  const auto add = [&](Method method, const std::string& path, Handler handler) {
    router.add({method, base + path, Access::open, Runs::quick, "", on_loopback(std::move(handler))});
  };
  add(Method::get, "/authorize",
      [endpoints](const Request& request) { return endpoints->authorize(request); });
  add(Method::post, "/login", [endpoints](const Request& request) { return endpoints->log_in(request); });
  add(Method::get, "/logout",
      [endpoints](const Request& request) { return endpoints->log_out(request, request.query); });
  add(Method::post, "/logout",
      [endpoints](const Request& request) { return endpoints->log_out_form(request); });
  add(Method::get, "/style.css", [](const Request& request) {
    const auto style = std::make_shared<const std::string>(issuer_style());
    auto response = conditional(request, style, content_etag(*style));
    if (response.status == 200) response.content_type = "text/css; charset=utf-8";
    return response;
  });
}

}  // namespace akko::api
