// What the server and its connections share.
#pragma once

#include <atomic>
#include <cstddef>
#include <stop_token>
#include <string>
#include <utility>

#include "api/io_thread.hpp"
#include "api/router.hpp"
#include "api/server.hpp"
#include "api/worker_pool.hpp"

namespace akko::api {

// Outlives every connection. Any thread.
struct Edge {
  Edge(ServerSettings s, const Router& r)
      : settings(std::move(s)), router(r), workers(settings.worker_threads, settings.max_queued_requests) {}

  const ServerSettings settings;
  const Router& router;
  WorkerPool workers;
  std::stop_source stop;
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> background{0};  // work that goes on after its answer
  std::atomic<std::size_t> body_bytes{0};  // held for requests that are being read or answered
};

// Takes a connection over: it is served on `io` until it ends. It has been counted in `edge.connections` and
// counts itself out. `overloaded`: there is no room for it, it gets a 503 and no more. Any thread.
void serve_connection(Edge& edge, IoThread& io, Socket socket, std::string peer, bool overloaded);

}  // namespace akko::api
