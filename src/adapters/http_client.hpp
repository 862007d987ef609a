// HTTP/1.1 client over libcurl: http and https only (TLS 1.2 or later), no redirects, a deadline on each
// call, a cap on the answer's size. Never logs headers or bodies.
//
// Keep-alive: one connection cache per thread. A kept connection that the server closed meanwhile, without
// a byte of an answer, is replaced and the request is sent once more, whatever its method (libcurl's way).
// Proxies: `http_proxy`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` of the environment are honoured, except
// for loopback hosts, which are always asked directly.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "base/deadline.hpp"

namespace akko::http {

struct Request {
  std::string method = "GET";
  std::string url;                                           // user information ("user:password@") is refused
  std::vector<std::pair<std::string, std::string>> headers;  // control characters are refused
  std::string body;
  std::string ca_file;  // "" = the system's
  std::size_t max_answer_bytes = 8 * 1024 * 1024;
};

struct Answer {
  int status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string_view header(std::string_view name) const;      // "" when absent
};

struct TransportError {
  enum class Kind : unsigned char {
    connect,    // no connection (name, route, refused), or it broke before the answer was complete
    timeout,    // the deadline passed
    tls,        // handshake or certificate: the request was not sent
    cancelled,  // by `stop`
    too_large,  // answer above the cap, or more than 64 KiB of headers
    protocol,   // anything else: the answer is not HTTP, the request cannot be sent
  };
  Kind kind = Kind::connect;
  std::string message;  // "host:port: " and libcurl's words; never a path, a header or a password
};

// Blocks until the answer, the deadline or `stop`, which is noticed at once. Any thread.
tl::expected<Answer, TransportError> send(const Request& request, Deadline deadline,
                                          const std::stop_token& stop = {});

}  // namespace akko::http
