// Reads one HTTP/1.1 request straight into an api::Request, on Beast's parser.
#pragma once

#include <cstddef>
#include <cstdint>

#include <boost/beast/http/basic_parser.hpp>

#include "api/http.hpp"

namespace akko::api {

struct ParserLimits {
  std::size_t header_bytes = 0;  // request line and all fields
  std::size_t body_bytes = 0;
};

// One object per request. The body goes into the request's string and nowhere else: where the string has
// to grow, the outgrown copy is wiped.
class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  using ErrorCode = boost::beast::error_code;
  using Text = boost::beast::string_view;

  RequestParser(Request& request, const ParserLimits& limits);

  bool http_1_0() const { return http_1_0_; }

 private:
  void on_request_impl(boost::beast::http::verb verb, Text method, Text target, int version,
                       ErrorCode& error) override;
  void on_response_impl(int, Text, int, ErrorCode&) override {}
  void on_field_impl(boost::beast::http::field field, Text name, Text value, ErrorCode& error) override;
  void on_header_impl(ErrorCode& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode& error) override;
  std::size_t on_body_impl(Text piece, ErrorCode& error) override;
  void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t left, Text piece, ErrorCode& error) override;
  void on_finish_impl(ErrorCode&) override {}

  void append(Text piece);

  Request& request_;
  const ParserLimits limits_;
  std::size_t header_bytes_ = 0;
  bool in_header_ = true;
  bool http_1_0_ = false;
};

}  // namespace akko::api
