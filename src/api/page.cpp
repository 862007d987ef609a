#include "api/page.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "api/etag.hpp"
#include "api/problem.hpp"
#include "api/security_headers.hpp"
#include "base/json_writer.hpp"
#include "base/version.hpp"

namespace akko::api {
namespace {

constexpr std::string_view kCompressed = ".gz";
constexpr std::string_view kAssets = "/assets/";

std::string_view content_type_of(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kTypes = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".webp", "image/webp"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
      {".map", "application/json"},
  }};
  const auto found = std::find_if(kTypes.begin(), kTypes.end(),
                                  [&](const auto& type) { return path.ends_with(type.first); });
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

// A body and its tag, made once.
struct Representation {
  std::shared_ptr<const std::string> body;
  std::string etag;

  explicit Representation(std::string_view content)
      : body(std::make_shared<const std::string>(content)), etag(content_etag(content)) {}
};

struct Asset {
  std::string content_type;
  bool immutable = false;
  std::optional<Representation> plain;
  std::optional<Representation> compressed;
};

using Assets = std::map<std::string, Asset, std::less<>>;  // by path, "/" for index.html

Assets read_assets(std::span<const embedded::File> files) {
  Assets assets;
  for (const auto& file : files) {
    const bool compressed = file.name.ends_with(kCompressed);
    const auto name = file.name.substr(0, file.name.size() - (compressed ? kCompressed.size() : 0));
    const std::string path = name == "index.html" ? "/" : "/" + std::string(name);
    Asset& asset = assets[path];
    asset.content_type = content_type_of(name);
    asset.immutable = path.starts_with(kAssets);
    (compressed ? asset.compressed : asset.plain).emplace(file.content);
  }
  // What exists compressed only was named so on purpose, and nothing here serves it.
  std::erase_if(assets, [](const auto& entry) { return !entry.second.plain; });
  return assets;
}

// What the page may load and call: itself, and the issuer for tokens.
std::string policy_of(const PageSettings& settings) {
  const auto issuer = policy_source(origin_of(settings.issuer));
  return "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self' " + issuer +
         "; frame-src " + issuer +
         "; img-src 'self' data:; font-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action "
         "'self'; object-src 'none'";
}

Response serve(const Asset& asset, const std::string& policy, const Request& request) {
  const bool gzip = asset.compressed && takes_gzip(request.header("accept-encoding"));
  const auto& chosen = gzip ? *asset.compressed : *asset.plain;
  Response response;
  if (none_match_fails(request, chosen.etag)) {
    response.status = 304;
  } else {
    response.content_type = asset.content_type;
    response.body = chosen.body;
    if (gzip) response.headers.emplace_back("Content-Encoding", "gzip");
  }
  response.headers.emplace_back("ETag", chosen.etag);
  response.headers.emplace_back("Cache-Control",
                                asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (asset.compressed) response.headers.emplace_back("Vary", "Accept-Encoding");
  add_page_headers(response, policy);
  return response;
}

// One route for all files of a folder: their names change with every build, those of routes are counted.
std::string pattern_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == 0 ? std::string(path) : std::string(path.substr(0, slash + 1)) + "{file}";
}

void add_asset_routes(Router& router, const PageSettings& settings) {
  const auto assets = std::make_shared<const Assets>(read_assets(settings.files));
  const auto handler = [assets, policy = policy_of(settings)](const Request& request) {
    const auto found = assets->find(request.path);
    if (found != assets->end()) return serve(found->second, policy, request);
    return problem(404, "route_not_found", "there is nothing at " + request.path, request);
  };
  std::set<std::string> patterns;
  for (const auto& [path, asset] : *assets) patterns.insert(pattern_of(path));
  for (const auto& pattern : patterns)
    router.add({Method::get, pattern, Access::open, Runs::quick, "", handler});
}

std::string configuration_json(const PageSettings& settings) {
  JsonWriter json;
  json.begin_object()
      .member("authority", settings.issuer)
      .member("client_id", settings.client_id)
      .member("scope", "openid profile")
      .member("development", settings.development)
      .member("version", version())
      .key("languages")
      .begin_array()
      .value("en")
      .value("fr")
      .end_array()
      .end_object();
  return json.take();
}

// Whether the parameters of an entry say that it is not wanted: a weight of zero ("q=0", "q=0.000").
bool is_refused(std::string_view parameters) {
  const auto weight = parameters.find("q=");
  return weight != std::string_view::npos &&
         parameters.substr(weight + 2).find_first_of("123456789") == std::string_view::npos;
}

}  // namespace

bool takes_gzip(std::string_view accept_encoding) {
  std::optional<bool> named;
  bool any = false;
  while (!accept_encoding.empty()) {
    const auto end = std::min(accept_encoding.find(','), accept_encoding.size());
    auto entry = accept_encoding.substr(0, end);
    accept_encoding.remove_prefix(std::min(end + 1, accept_encoding.size()));
    entry.remove_prefix(std::min(entry.find_first_not_of(" \t"), entry.size()));
    const auto coding = entry.substr(0, entry.find_first_of("; \t"));
    const bool taken = !is_refused(entry.substr(coding.size()));
    if (same_token(coding, "gzip") || same_token(coding, "x-gzip")) named = taken;
    if (coding == "*") any = taken;
  }
  return named.value_or(any);
}

void add_page_routes(Router& router, const PageSettings& settings) {
  const auto configuration = std::make_shared<const std::string>(configuration_json(settings));
  router.add({Method::get, "/ui-config.json", Access::open, Runs::quick, "",
              [configuration, etag = content_etag(*configuration)](const Request& request) {
                return conditional(request, configuration, etag);
              }});
  if (!settings.files.empty()) return add_asset_routes(router, settings);
  router.add({Method::get, "/", Access::open, Runs::quick, "", [](const Request& request) {
                return problem(
                    404, "page_not_built",
                    "this server was built without the page (AKKO_PAGE=OFF, or there was no web/); "
                    "its API is described at /openapi.json",
                    request);
              }});
}

}  // namespace akko::api
