// The HTTP server: accepts, reads under limits, hands requests to a handler, writes answers. The only
// place with coroutines; see docs/architecture.md for the rules they obey.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/router.hpp"
#include "base/result.hpp"

namespace akko::api {

struct ServerSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8480;  // 0 = any free port; see Server::port
  unsigned io_threads = 2;
  unsigned worker_threads = 24;
  std::size_t max_body_bytes = 1024 * 1024;
  std::size_t max_header_bytes = 64 * 1024;
  std::size_t max_buffered_body_bytes = 64 * 1024 * 1024;  // of all requests together; beyond: 503
  std::size_t max_connections = 1024;                      // beyond: 503, then closed
  std::size_t max_queued_requests = 256;           // waiting for a worker; beyond: 503 with Retry-After
  std::chrono::seconds header_timeout{10};         // for the whole head, from accept or its first byte
  std::chrono::seconds body_timeout{30};           // for the whole body
  std::chrono::seconds write_timeout{30};          // for the whole answer; of events, for each write
  std::chrono::seconds idle_timeout{75};           // between two requests
  std::chrono::milliseconds ping_interval{15000};  // of silence, after which events get a comment

  // Host names that a request may be addressed to, without port; "loopback" stands for localhost,
  // 127.0.0.0/8 and [::1]. Others are answered 421. Empty = any. On a loopback address this keeps web
  // pages from reaching the server by DNS rebinding.
  std::vector<std::string> allowed_hosts;
};

class Server {
 public:
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
  // Stops accepting, lets running requests end until `drain` has passed, then requests stop on the
  // rest and joins every thread. Idle keep-alive connections are closed at once. Events whose work has ended
  // are ended at once, the others after their work.
  // Called once more, or from two threads, it waits for the first call's end.
  virtual void stop(std::chrono::seconds drain) = 0;

  // For gauges; any thread, never waits.
  virtual std::size_t connections() const = 0;
  virtual std::size_t queued_requests() const = 0;  // waiting for a worker
};

// Listens and serves at once; `router` must outlive the server, whose destructor stops it without
// drain. Errors: address in use or not available, with what to do.
Result<std::unique_ptr<Server>> start_server(ServerSettings settings, const Router& router);

}  // namespace akko::api
