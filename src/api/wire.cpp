#include "api/wire.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <span>

#include <sodium/randombytes.h>
#include <sodium/utils.h>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/utf8.hpp"

namespace akko::api {
namespace {

constexpr std::size_t kMaxQueryParameters = 64;

std::string hex(std::span<const unsigned char> bytes) {
  std::string out(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), bytes.data(), bytes.size());
  out.pop_back();
  return out;
}

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool all_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool is_plain_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(), is_control) && utf8::is_valid(text);
}

tl::unexpected<Error> bad_target(std::string message) {
  return fail(ErrorCode::malformed, "malformed_target", std::move(message));
}

Result<void> read_path(const boost::urls::url_view& url, Request& request) {
  request.path.clear();
  const auto segments = url.segments();
  for (const auto& segment : segments) {
    if (segment.find('/') != std::string::npos || !is_plain_text(segment)) {
      return bad_target("the path holds an encoded '/', a control character or invalid UTF-8");
    }
    request.path += '/';
    request.path += segment;
  }
  if (request.path.empty()) request.path += '/';
  return {};
}

Result<void> read_query(const boost::urls::url_view& url, Request& request) {
  const auto parameters = url.params(boost::urls::encoding_opts(true));
  if (parameters.size() > kMaxQueryParameters) return bad_target("too many query parameters");
  for (const auto& parameter : parameters) {
    if (!is_plain_text(parameter.key) || !is_plain_text(parameter.value)) {
      return bad_target("the query holds a control character or invalid UTF-8");
    }
    request.query.emplace_back(parameter.key, parameter.value);
  }
  return {};
}

void replace_host(const boost::urls::url_view& url, Request& request) {
  const auto host = url.encoded_host_and_port();
  for (auto& [name, value] : request.headers) {
    if (name == "host") value.assign(host.data(), host.size());
  }
}

// "db.example:80" -> "db.example", "[::1]:80" -> "[::1]"
std::string_view without_port(std::string_view host) {
  const auto bracket = host.rfind(']');
  const auto colon = host.rfind(':');
  if (colon == std::string_view::npos) return host;
  return bracket != std::string_view::npos && colon < bracket ? host : host.substr(0, colon);
}

// 127.0.0.0/8 in its usual spelling: four decimal numbers.
bool is_loopback_v4(std::string_view host) {
  if (!host.starts_with("127.")) return false;
  return std::count(host.begin(), host.end(), '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_loopback(std::string_view host) {
  return same_token(host, "localhost") || host == "[::1]" || is_loopback_v4(host);
}

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) out += is_control(c) ? ' ' : c;
  out += "\r\n";
}

bool sets(const Response& response, std::string_view header) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [&](const auto& entry) { return same_token(entry.first, header); });
}

}  // namespace

void identify(Request& request) {
  std::array<unsigned char, 24> random{};
  randombytes_buf(random.data(), random.size());
  const auto bytes = std::span<const unsigned char>(random);
  request.request_id = hex(bytes.first(16));
  const auto received = request.header("traceparent");
  if (request.header_count("traceparent") == 1 && is_trace_parent(received)) {
    request.trace_parent = received;
  } else {
    request.trace_parent = "00-" + request.request_id + '-' + hex(bytes.last(8)) + "-01";
  }
}

bool is_trace_parent(std::string_view text) {
  // version "00": 2-32-16-2 hex digits; later versions may be longer but are not passed on.
  if (text.size() != 55 || !text.starts_with("00-") || text[35] != '-' || text[52] != '-') return false;
  const auto trace = text.substr(3, 32);
  const auto parent = text.substr(36, 16);
  return is_lower_hex(trace) && is_lower_hex(parent) && is_lower_hex(text.substr(53)) && !all_zero(trace) &&
         !all_zero(parent);
}

Result<void> read_target(Request& request) {
  const bool absolute = !request.target.starts_with('/');
  const auto url = absolute ? boost::urls::parse_absolute_uri(request.target)
                            : boost::urls::parse_origin_form(request.target);
  if (!url) return bad_target("the request target is not a valid URL path");
  if (absolute) {
    if (url->scheme_id() != boost::urls::scheme::http && url->scheme_id() != boost::urls::scheme::https) {
      return bad_target("the request target is not an http URL");
    }
    replace_host(*url, request);
  }
  AKKO_CHECK(read_path(*url, request));
  return read_query(*url, request);
}

bool names_http_version(std::string_view text) {
  constexpr std::string_view kShape = "HTTP/d.d";
  const auto line = text.substr(0, text.find("\r\n"));
  if (line.size() < kShape.size()) return false;
  const auto version = line.substr(line.size() - kShape.size());
  return std::equal(version.begin(), version.end(), kShape.begin(), [](char c, char shape) {
    return shape == 'd' ? std::isdigit(static_cast<unsigned char>(c)) != 0 : c == shape;
  });
}

bool host_allowed(std::string_view host, const std::vector<std::string>& allowed) {
  if (allowed.empty()) return true;
  const auto name = without_port(host);
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& entry) {
    return entry == "loopback" ? is_loopback(name) : same_token(entry, name);
  });
}

std::string http_date(std::time_t time) {
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  const auto length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), length};
}

void append_head(std::string& out, const Request& request, const Response& response,
                 const HeadSettings& settings) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(response.status));
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\n";
  append_field(out, "Date", settings.date);
  if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
  if (response.stream) {
    if (!settings.http_1_0 && request.method != Method::head) {
      append_field(out, "Transfer-Encoding", "chunked");
    }
  } else if (response.status != 204 && response.status != 304) {
    out += "Content-Length: ";
    append_number(out, response.body ? response.body->size() : 0);
    out += "\r\n";
  }
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  if (!sets(response, "cache-control")) append_field(out, "Cache-Control", "no-store");
  append_field(out, "X-Content-Type-Options", "nosniff");
  append_field(out, "X-Request-Id", request.request_id);
  append_field(out, "traceparent", request.trace_parent);
  if (!settings.keep_alive) {
    append_field(out, "Connection", "close");
  } else if (settings.http_1_0) {
    append_field(out, "Connection", "keep-alive");
  }
  out += "\r\n";
}

std::string chunk(std::string_view bytes) {
  std::array<char, 16> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
  std::string out(size.data(), end);
  return out.append("\r\n").append(bytes).append("\r\n");
}

}  // namespace akko::api
