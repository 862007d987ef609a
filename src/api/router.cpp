#include "api/router.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <typeinfo>
#include <utility>

#include <cxxabi.h>

#include <boost/core/demangle.hpp>

#include "api/problem.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"

namespace akko::api {
namespace {

constexpr std::string_view kUnmatched = "unmatched";
constexpr std::size_t kMaxAuditedPath = 256;

using Segments = std::vector<std::string_view>;

Segments split(std::string_view path) {
  Segments segments;
  for (std::size_t at = 1; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    segments.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return segments;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

// Empty and dot segments are never normalised and never a parameter's value.
bool can_fill_parameter(std::string_view segment) {
  return !segment.empty() && segment != "." && segment != "..";
}

// All routes of one path, the more literal paths first.
struct Resource {
  std::string pattern;
  std::vector<std::string> segments;
  std::vector<Route> routes;

  bool matches(const Segments& path) const {
    return std::equal(segments.begin(), segments.end(), path.begin(), path.end(),
                      [](const std::string& mine, std::string_view theirs) {
                        return is_parameter(mine) ? can_fill_parameter(theirs) : mine == theirs;
                      });
  }

  const Route* find(Method method) const {
    const Method wanted = method == Method::head ? Method::get : method;
    const auto found = std::find_if(routes.begin(), routes.end(),
                                    [&](const Route& route) { return route.method == wanted; });
    return found == routes.end() ? nullptr : &*found;
  }
};

// Literal segments sort before parameters, so that the first match is the most literal one.
bool more_literal(const Resource& a, const Resource& b) {
  return std::lexicographical_compare(
      a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
      [](const std::string& x, const std::string& y) { return !is_parameter(x) && is_parameter(y); });
}

struct Match {
  const Resource* resource = nullptr;  // null: no such path
  const Route* route = nullptr;        // null: the path is known, the method is not
};

// The token of the one Authorization header; nothing when there is none of the scheme Bearer.
std::optional<std::string_view> bearer_token(const Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  if (request.header_count("authorization") != 1) return std::nullopt;
  const auto value = request.header("authorization");
  if (!same_token(value.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  return value.substr(std::min(value.find_first_not_of(' ', kScheme.size()), value.size()));
}

Error token_missing() {
  return fail(ErrorCode::unauthenticated, "token_missing", "exactly one bearer token is required",
              "Send the header Authorization: Bearer <token>.")
      .value();
}

}  // namespace

struct Router::Table {
  Settings settings;
  TokenVerifier& verifier;
  AuditLog& audit;
  Metrics& metrics;
  std::vector<Resource> resources = {};

  Match match(const Request& request) const;
  std::string allowed(const Request& request) const;
  Response answer(const Match& match, Request& request) const;
  std::optional<Error> refusal(const Route& route, Request& request) const;
  void record_denial(const Route& route, const Request& request, const Error& error) const;
};

// The most literal path that has the method; else the most literal path, for its name in the metrics.
Match Router::Table::match(const Request& request) const {
  const Segments path = split(request.path);
  Match match;
  for (const auto& resource : resources) {
    if (!resource.matches(path)) continue;
    if (match.resource == nullptr) match.resource = &resource;
    if (const Route* route = resource.find(request.method)) return Match{&resource, route};
  }
  return match;
}

// The value of the Allow header: the methods of every path that matches.
std::string Router::Table::allowed(const Request& request) const {
  constexpr std::array kOrder = {Method::get, Method::head,  Method::post,
                                 Method::put, Method::patch, Method::delete_};
  const Segments path = split(request.path);
  std::string allow;
  for (const Method method : kOrder) {
    const bool found = std::any_of(resources.begin(), resources.end(), [&](const Resource& resource) {
      return resource.matches(path) && resource.find(method) != nullptr;
    });
    if (found) allow.append(to_string(method)).append(", ");
  }
  return allow + "OPTIONS";
}

// Why the caller may not use the route; nothing when it may. Sets the principal.
std::optional<Error> Router::Table::refusal(const Route& route, Request& request) const {
  if (route.access == Access::open) return std::nullopt;
  const auto token = bearer_token(request);
  if (!token) return token_missing();
  auto principal = verifier.verify(*token);
  if (!principal) return std::move(principal).error();
  request.principal = std::move(*principal);
  if (route.access == Access::admin && !request.principal.has_role(settings.admin_role)) {
    return fail(ErrorCode::permission_denied, "insufficient_role",
                "the role " + settings.admin_role + " is required, " + request.principal.name +
                    " does not have it",
                "Ask an administrator of the identity provider for the role.")
        .value();
  }
  return std::nullopt;
}

void Router::Table::record_denial(const Route& route, const Request& request, const Error& error) const {
  metrics.access_denied(error.reason);
  AuditEvent event;
  event.event = route.audit_event.empty() ? "ACCESS_DENIED" : route.audit_event;
  event.name = request.path_parameter("name");
  event.user = request.principal.name;
  event.result = "denied";
  event.code = error.reason;
  event.request_id = request.request_id;
  event.client = request.peer;
  event.detail = std::string(to_string(request.method)) + ' ' + request.path.substr(0, kMaxAuditedPath) +
                 ": " + error.reason;
  audit.write(event);
}

Response Router::Table::answer(const Match& match, Request& request) const {
  if (match.resource == nullptr) {
    return problem(404, "route_not_found", "there is nothing at " + request.path, request);
  }
  if (match.route == nullptr) {
    auto allow = allowed(request);
    if (request.method == Method::options) return Response::empty(204).with("Allow", std::move(allow));
    auto refused = problem(405, "method_not_allowed", "this path answers " + allow, request);
    return std::move(refused).with("Allow", std::move(allow));
  }
  const Segments path = split(request.path);
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string& segment = match.resource->segments[i];
    if (is_parameter(segment)) {
      request.path_parameters.emplace_back(segment.substr(1, segment.size() - 2), path[i]);
    }
  }
  if (const auto error = refusal(*match.route, request)) {
    // `unavailable`: keys could not be fetched yet, nobody was denied.
    if (error->code != ErrorCode::unavailable) record_denial(*match.route, request, *error);
    return problem(*error, request);
  }
  return match.route->handler(request);
}

Router::Router(Settings settings, TokenVerifier& verifier, AuditLog& audit, Metrics& metrics)
    : table_(new Table{std::move(settings), verifier, audit, metrics}) {}

Router::~Router() = default;

void Router::add(Route route) {
  auto& resources = table_->resources;
  const auto same = [&](const Resource& resource) { return resource.pattern == route.path; };
  auto found = std::find_if(resources.begin(), resources.end(), same);
  if (found == resources.end()) {
    Resource resource;
    resource.pattern = route.path;
    const Segments segments = split(resource.pattern);
    resource.segments.assign(segments.begin(), segments.end());
    found = resources.insert(std::upper_bound(resources.begin(), resources.end(), resource, more_literal),
                             std::move(resource));
  }
  found->routes.push_back(std::move(route));
}

Runs Router::runs(const Request& request) const {
  const Match match = table_->match(request);
  return match.route == nullptr ? Runs::quick : match.route->runs;
}

OnDisconnect Router::on_disconnect(const Request& request) const {
  const Match match = table_->match(request);
  return match.route == nullptr ? OnDisconnect::keep : match.route->on_disconnect;
}

Response Router::handle(Request& request) const {
  const auto start = std::chrono::steady_clock::now();
  const Match match = table_->match(request);
  Response response;
  try {
    response = table_->answer(match, request);
  } catch (...) {
    // The type only: the text may quote the request, which holds passwords.
    log::error("a handler threw",
               {{"exception", boost::core::demangle(abi::__cxa_current_exception_type()->name())},
                {"method", to_string(request.method)},
                {"path", std::string_view(request.path).substr(0, kMaxAuditedPath)},
                {"request_id", request.request_id}});
    response = problem(500, "internal", "an internal error; the log names it under the reference", request);
  }
  const std::string_view route = match.resource == nullptr ? kUnmatched : match.resource->pattern;
  table_->metrics.http_request(route, to_string(request.method), response.status,
                               std::chrono::steady_clock::now() - start);
  return response;
}

void Router::count_refusal(const Request& request, int status) const {
  table_->metrics.http_request(kUnmatched, to_string(request.method), status,
                               std::chrono::duration<double>::zero());
}

}  // namespace akko::api
