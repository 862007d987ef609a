#include "api/http.hpp"

#include <algorithm>

namespace akko::api {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// Cuts `text` at the first `separator`; returns what stood before it, trimmed.
std::string_view take(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  const auto part = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return trimmed(part);
}

bool is_utf8_json(std::string_view content_type) {
  if (!same_token(take(content_type, ';'), "application/json")) return false;
  while (!content_type.empty()) {
    std::string_view parameter = take(content_type, ';');
    const auto name = take(parameter, '=');
    if (same_token(name, "charset") && !same_token(unquoted(trimmed(parameter)), "utf-8")) return false;
  }
  return true;
}

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::delete_:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
    case Method::other:
      return "OTHER";
  }
  return "OTHER";
}

bool same_token(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::size_t Request::header_count(std::string_view name) const {
  const auto count =
      std::count_if(headers.begin(), headers.end(), [&](const auto& header) { return header.first == name; });
  return static_cast<std::size_t>(count);
}

std::string_view Request::path_parameter(std::string_view name) const {
  for (const auto& [key, value] : path_parameters) {
    if (key == name) return value;
  }
  return {};
}

Response Response::json(int status, std::string text) {
  return Response::text(status, "application/json", std::move(text));
}

Response Response::text(int status, std::string content_type, std::string text) {
  Response response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::make_shared<const std::string>(std::move(text));
  return response;
}

Response Response::empty(int status) {
  Response response;
  response.status = status;
  return response;
}

Response Response::events(std::shared_ptr<EventStream> stream, std::function<void()> work) {
  Response response;
  response.content_type = "text/event-stream";
  response.headers.emplace_back("X-Accel-Buffering", "no");  // nginx would hold events back
  response.stream = std::move(stream);
  response.work = std::move(work);
  return response;
}

Response&& Response::with(std::string name, std::string value) && {
  headers.emplace_back(std::move(name), std::move(value));
  return std::move(*this);
}

Result<void> require_json(const Request& request) {
  const auto encoding = request.header("content-encoding");
  if (!encoding.empty() && !same_token(encoding, "identity")) {
    return fail(ErrorCode::unsupported_media, "unsupported_content_encoding",
                "the body is sent with a Content-Encoding", "Send the JSON without compression.");
  }
  if (request.header_count("content-type") != 1 || !is_utf8_json(request.header("content-type"))) {
    return fail(ErrorCode::unsupported_media, "unsupported_media_type", "the body must be JSON in UTF-8",
                "Send the header Content-Type: application/json.");
  }
  return {};
}

}  // namespace akko::api
