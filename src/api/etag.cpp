#include "api/etag.hpp"

#include <sodium.h>

#include <array>
#include <charconv>
#include <vector>

namespace akko::api {
namespace {

// The tags of a list header, without quotes and W/.
std::vector<std::string_view> tags_of(std::string_view header) {
  std::vector<std::string_view> tags;
  while (!header.empty()) {
    const auto open = header.find('"');
    if (open == std::string_view::npos) break;
    const auto close = header.find('"', open + 1);
    if (close == std::string_view::npos) break;
    tags.push_back(header.substr(open + 1, close - open - 1));
    header.remove_prefix(close + 1);
  }
  return tags;
}

}  // namespace

std::string content_etag(std::string_view body) {
  std::array<unsigned char, 16> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(body.data()),
                     body.size(), nullptr, 0);
  std::array<char, 33> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return '"' + std::string(hex.data()) + '"';
}

std::string catalog_etag(const Catalog& catalog, bool trino_up) {
  return "\"r" + std::to_string(catalog.revision) + ".h" + std::to_string(catalog.health_revision) +
         (trino_up ? "\"" : "d\"");
}

bool none_match_fails(const Request& request, std::string_view etag) {
  const auto header = request.header("if-none-match");
  if (header == "*") return true;
  const auto bare = etag.substr(1, etag.size() - 2);
  const auto tags = tags_of(header);
  return std::find(tags.begin(), tags.end(), bare) != tags.end();
}

Result<std::optional<std::uint64_t>> if_match_revision(const Request& request) {
  const auto header = request.header("if-match");
  if (header.empty() || header == "*") return std::optional<std::uint64_t>();
  const auto tags = tags_of(header);
  if (tags.size() == 1 && tags.front().starts_with('r')) {
    const auto digits = tags.front().substr(1, tags.front().find('.') - 1);
    std::uint64_t revision = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), revision);
    if (error == std::errc{} && end == digits.data() + digits.size()) return std::optional(revision);
  }
  return fail(ErrorCode::aborted, "revision_mismatch", "If-Match names no revision of this catalog",
              "Send the ETag that a read of the catalog gave you.");
}

Response conditional(const Request& request, std::shared_ptr<const std::string> body,
                     const std::string& etag) {
  Response response;
  response.headers = {{"ETag", etag}, {"Cache-Control", "no-cache"}};
  if (none_match_fails(request, etag)) {
    response.status = 304;
    return response;
  }
  response.status = 200;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

}  // namespace akko::api
