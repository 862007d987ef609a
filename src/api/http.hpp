// A request and its answer, as handlers see them: plain types, no Beast.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "domain/identity.hpp"

namespace akko::api {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };
std::string_view to_string(Method method);  // "GET", …; "OTHER" for methods this program does not know

struct Request {
  Method method = Method::get;
  std::string method_text;
  std::string target;  // as received
  std::string path;    // percent-decoded, without query; always begins with '/'
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;          // may hold secrets: wiped by the session after the answer was sent
  std::string peer;          // address of the peer
  std::string request_id;    // made by us, 32 hex digits; the `reference` of a problem
  std::string trace_parent;  // W3C, as received if well formed, else made by us

  // Filled in by the router.
  Principal principal;
  std::vector<std::pair<std::string, std::string>> path_parameters;
  // Requested when the server is told to stop hard; on a route with OnDisconnect::cancel also within a second
  // after the client has left.
  std::stop_token stop;

  std::string_view header(std::string_view name) const;  // "" when absent
  std::size_t header_count(std::string_view name) const;
  std::string_view path_parameter(std::string_view name) const;  // "" when absent
};

class EventStream;

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // beside those the server adds
  std::string content_type;
  // Shared, so that a cached body is sent without being copied. Null = no body.
  std::shared_ptr<const std::string> body;
  // Instead of a body: events, sent as they are pushed until the stream is closed (api/event_stream.hpp).
  std::shared_ptr<EventStream> stream;
  // With a stream, what makes the events, for as long as it likes: called once on a worker when the head is
  // on its way, not at all for HEAD. The request lives until it returns; the answer ends when the stream is
  // closed. Empty when somebody else pushes: the stream then holds no thread.
  // Without a stream, what goes on after the answer, which does not wait for it: for handlers on a worker
  // alone, on whose thread it runs. It must not touch the request. A server that stops lets it end.
  std::function<void()> work;

  static Response json(int status, std::string text);
  static Response text(int status, std::string content_type, std::string text);
  static Response empty(int status);
  static Response events(std::shared_ptr<EventStream> stream, std::function<void()> work = {});
  Response&& with(std::string name, std::string value) &&;
};

// Whether the body is declared as JSON: `application/json`, with any parameters but a charset other
// than utf-8, and no Content-Encoding. Error: unsupported_media.
Result<void> require_json(const Request& request);

// The reason phrase of a status ("Not Found"); "" for one that this program does not send.
std::string_view reason_phrase(int status);

// Comparison of ASCII texts without regard to case: header names, schemes, tokens.
bool same_token(std::string_view a, std::string_view b);

using Handler = std::function<Response(const Request&)>;

}  // namespace akko::api
