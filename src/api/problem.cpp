#include "api/problem.hpp"

#include <string>
#include <utility>

#include "base/json_writer.hpp"
#include "base/utf8.hpp"

namespace akko::api {
namespace {

constexpr std::size_t kMaxTextBytes = 8 * 1024;
constexpr std::size_t kMaxChallengeBytes = 256;
constexpr int kRetryAfterSeconds = 2;  // where nothing better is known

// Texts may quote what came from outside, and the JSON writer puts bytes out as they are.
std::string clean(std::string_view text) { return utf8::printable(text, kMaxTextBytes); }

// "name_taken" -> "Name taken"
std::string title_of(std::string_view code) {
  std::string title(code);
  for (char& c : title) {
    if (c == '_') c = ' ';
  }
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z')
    title[0] = static_cast<char>(title[0] - 'a' + 'A');
  return title;
}

// The characters that RFC 6750 allows in a quoted value; others become blanks.
std::string challenge_text(std::string_view text) {
  std::string out(text.substr(0, kMaxChallengeBytes));
  for (char& c : out) {
    if (c < 0x20 || c > 0x7e) c = ' ';
    if (c == '"' || c == '\\') c = '\'';
  }
  return out;
}

// RFC 6750, section 3.1: no error code where no token was sent.
std::string challenge(const Error& error) {
  std::string out = "Bearer realm=\"akko\"";
  if (error.reason != "token_missing") {
    out += ", error=\"invalid_token\", error_description=\"" + challenge_text(error.message) + '"';
  }
  return out;
}

void write_violations(JsonWriter& json, const std::vector<FieldViolation>& violations) {
  json.key("errors").begin_array();
  for (const auto& violation : violations) {
    json.begin_object();
    json.member("field", clean(violation.field));
    json.member("code", violation.code);
    json.member("message", clean(violation.message));
    json.end_object();
  }
  json.end_array();
}

std::string body_of(int status, const Error& error, std::string_view reference, std::string_view steps_json) {
  JsonWriter json;
  json.begin_object();
  json.member("type", "urn:akko:problem:" + error.reason);
  json.member("title", title_of(error.reason));
  json.member("status", status);
  json.member("detail", clean(error.message));
  json.member("code", error.reason);
  if (!error.fix.empty()) json.member("fix", clean(error.fix));
  if (!error.raw.empty()) json.member("raw", clean(error.raw));
  json.member("retryable", error.retryable);
  if (!error.violations.empty()) write_violations(json, error.violations);
  if (!steps_json.empty()) json.key("steps").raw(steps_json);
  json.member("reference", reference);
  json.end_object();
  return json.take();
}

Response render(int status, const Error& error, const Request& request, std::string_view steps_json = {}) {
  auto response = Response::text(status, "application/problem+json",
                                 body_of(status, error, request.request_id, steps_json));
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", challenge(error));
  if (error.retryable) {
    const auto seconds = error.retry_after_seconds > 0 ? error.retry_after_seconds : kRetryAfterSeconds;
    response.headers.emplace_back("Retry-After", std::to_string(seconds));
  }
  return response;
}

}  // namespace

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed:
      return 400;
    case ErrorCode::invalid_argument:
      return 422;
    case ErrorCode::failed_precondition:
      return 400;
    case ErrorCode::unauthenticated:
      return 401;
    case ErrorCode::permission_denied:
      return 403;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::already_exists:
      return 409;
    case ErrorCode::aborted:
      return 412;
    case ErrorCode::payload_too_large:
      return 413;
    case ErrorCode::unsupported_media:
      return 415;
    case ErrorCode::resource_exhausted:
      return 429;
    case ErrorCode::unavailable:
      return 503;
    case ErrorCode::deadline_exceeded:
      return 504;
    case ErrorCode::internal:
      return 500;
  }
  return 500;
}

Response problem(const Error& error, const Request& request, std::string_view steps_json) {
  return render(http_status(error.code), error, request, steps_json);
}

std::string problem_json(const Error& error, std::string_view reference, std::string_view steps_json) {
  return body_of(http_status(error.code), error, reference, steps_json);
}

Response problem(int status, std::string_view code, std::string_view detail, const Request& request) {
  Error error;
  error.reason = code;
  error.message = detail;
  error.retryable = status == 503;
  return render(status, error, request);
}

}  // namespace akko::api
