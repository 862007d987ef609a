// The real server on a free port, with a few routes that the tests of the edge need.
#pragma once

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/router.hpp"
#include "api/server.hpp"
#include "base/metrics.hpp"
#include "fakes/identity.hpp"
#include "fakes/raw_client.hpp"

namespace akko::api {

class EdgeTest : public testing::Test {
 protected:
  EdgeTest() : router_(settings_of_router(), verifier_, audit_, metrics_) {
    add(Method::get, "/quick", Runs::quick, [](const Request&) { return Response::json(200, "[1,2]"); });
    add(Method::get, "/large", Runs::quick, [this](const Request&) {
      Response response;
      response.content_type = "text/plain";
      response.body = large_;
      return response;
    });
    add(Method::get, "/empty", Runs::quick, [](const Request&) { return Response::empty(204); });
    add(Method::post, "/echo", Runs::worker,
        [](const Request& request) { return Response::text(200, "text/plain", request.body); });
    add(Method::get, "/headers", Runs::worker, [](const Request& request) {
      std::string names;
      for (const auto& [name, value] : request.headers) names += name + '=' + value + '\n';
      return Response::text(200, "text/plain", names);
    });
    add(Method::get, "/slow", Runs::worker, [this](const Request& request) { return be_slow(request); });
  }

  ~EdgeTest() override { release(); }

  void start(ServerSettings settings = {}) {
    settings.port = 0;
    settings.io_threads = 2;
    auto started = start_server(std::move(settings), router_);
    ASSERT_TRUE(started) << started.error().message;
    server_ = std::move(*started);
  }

  fakes::RawClient client() const { return fakes::RawClient(server_->port()); }

  fakes::RawAnswer get(const std::string& path) const {
    fakes::RawClient one(server_->port());
    return one.ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }

  // Ends every request to /slow.
  void release() { released_ = true; }

  // Waits until that many requests are in the handler of /slow.
  void wait_for_slow(int count) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (slow_ < count && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ASSERT_GE(slow_, count);
  }

  std::shared_ptr<const std::string> large_ = std::make_shared<const std::string>(8 * 1024 * 1024, 'x');
  fakes::FakeVerifier verifier_;
  fakes::RecordingAudit audit_;
  Metrics metrics_;
  Router router_;
  std::atomic<bool> released_{false};
  std::atomic<int> slow_{0};
  std::unique_ptr<Server> server_;  // dies first

 private:
  static Router::Settings settings_of_router() {
    Router::Settings settings;
    settings.admin_role = "akko-admin";
    return settings;
  }

  void add(Method method, std::string path, Runs runs, Handler handler) {
    router_.add(Route{method, std::move(path), Access::open, runs, "", std::move(handler)});
  }

  Response be_slow(const Request& request) {
    ++slow_;
    while (!released_ && !request.stop.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return Response::text(200, "text/plain", request.stop.stop_requested() ? "stopped" : "done");
  }
};

inline constexpr const char* kGetQuick = "GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n";
inline constexpr const char* kGetSlow = "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n";

}  // namespace akko::api
