#include "api/request_parser.hpp"

#include <algorithm>
#include <utility>

#include <boost/beast/http/error.hpp>

#include "base/secret.hpp"

namespace akko::api {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kMaxFields = 128;
constexpr std::size_t kMinBody = 4096;  // of a body without a declared length

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::post:
      return Method::post;
    case http::verb::put:
      return Method::put;
    case http::verb::patch:
      return Method::patch;
    case http::verb::delete_:
      return Method::delete_;
    case http::verb::options:
      return Method::options;
    default:
      return Method::other;
  }
}

std::string lower_case(boost::beast::string_view text) {
  std::string out(text.data(), text.size());
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

RequestParser::RequestParser(Request& request, const ParserLimits& limits)
    : request_(request), limits_(limits) {
  header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  body_limit(limits.body_bytes);
}

void RequestParser::on_request_impl(http::verb verb, Text method, Text target, int version, ErrorCode&) {
  request_.method = method_of(verb);
  request_.method_text.assign(method.data(), method.size());
  request_.target.assign(target.data(), target.size());
  header_bytes_ = method.size() + target.size();
  http_1_0_ = version == 10;
}

void RequestParser::on_field_impl(http::field, Text name, Text value, ErrorCode& error) {
  if (!in_header_) return;  // a trailer: may not add to a header that was already judged
  // Beast's limit holds for what one read brings; this one for the whole header.
  header_bytes_ += name.size() + value.size();
  if (header_bytes_ > limits_.header_bytes || request_.headers.size() == kMaxFields) {
    error = http::error::header_limit;
    return;
  }
  request_.headers.emplace_back(lower_case(name), std::string(value.data(), value.size()));
}

// Beast reads a Transfer-Encoding that does not end in chunked as "no body" and takes repeated equal
// lengths. Both let two parsers on the way disagree where a request ends (request smuggling).
void RequestParser::on_header_impl(ErrorCode& error) {
  in_header_ = false;
  const auto encodings = request_.header_count("transfer-encoding");
  const auto lengths = request_.header_count("content-length");
  const bool chunked_only =
      encodings == 1 && !http_1_0_ && same_token(request_.header("transfer-encoding"), "chunked");
  if (encodings > 0 && (!chunked_only || lengths > 0)) {
    error = http::error::bad_transfer_encoding;
  } else if (lengths > 1 || request_.header("content-length").find(',') != std::string_view::npos) {
    error = http::error::multiple_content_length;
  }
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) {
  if (length) request_.body.reserve(static_cast<std::size_t>(*length));
}

std::size_t RequestParser::on_body_impl(Text piece, ErrorCode&) {
  append(piece);
  return piece.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text piece, ErrorCode&) {
  append(piece);
  return piece.size();
}

void RequestParser::append(Text piece) {
  std::string& body = request_.body;
  if (body.capacity() - body.size() < piece.size()) {
    std::string larger;
    larger.reserve(std::max(kMinBody, 2 * (body.size() + piece.size())));
    larger.append(body);
    wipe(body);
    body = std::move(larger);
  }
  body.append(piece.data(), piece.size());
}

}  // namespace akko::api
