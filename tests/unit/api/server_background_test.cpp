// Work that goes on after its answer, and streams that it feeds.
#include <chrono>
#include <functional>
#include <stdexcept>
#include <thread>

#include "api/event_stream.hpp"
#include "unit/api/edge_fixture.hpp"

namespace akko::api {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;
using Time = std::chrono::steady_clock;

const std::string kBegin = "POST /begin HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
const std::string kBeginBadly = "POST /begin-badly HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
const std::string kWatch = "GET /watch HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string kLast = "0\r\n\r\n";

bool eventually(const std::function<bool()>& holds) {
  const auto until = Time::now() + seconds(10);
  while (!holds() && Time::now() < until) std::this_thread::sleep_for(milliseconds(1));
  return holds();
}

// /begin answers at once; its work waits for release() or a stop, then closes the stream that /watch gives.
class ServerBackground : public EdgeTest {
 protected:
  ServerBackground() {
    add(Method::post, "/begin", Runs::worker, [this](const Request& request) {
      auto response = Response::text(202, "text/plain", "begun");
      response.work = [this, stop = request.stop] {
        ++begun_;
        while (!released_ && !stop.stop_requested()) std::this_thread::sleep_for(milliseconds(1));
        if (stop.stop_requested()) ++stopped_;
        watched_->push({"", "", stop.stop_requested() ? "stopped" : "done"});
        watched_->close();
        ++ended_;
      };
      return response;
    });
    add(Method::post, "/begin-badly", Runs::worker, [](const Request&) {
      auto response = Response::text(202, "text/plain", "begun");
      response.work = [] { throw std::runtime_error("hunter2"); };
      return response;
    });
    add(Method::get, "/watch", Runs::quick, [this](const Request&) { return Response::events(watched_); });
    watched_->expect_end();
  }
  ~ServerBackground() override {
    release();
    server_.reset();  // before what the work touches
  }

  void add(Method method, std::string path, Runs runs, Handler handler) {
    router_.add(Route{method, std::move(path), Access::open, runs, "", std::move(handler)});
  }

  const std::shared_ptr<EventStream> watched_ = std::make_shared<EventStream>();
  std::atomic<int> begun_{0};
  std::atomic<int> ended_{0};
  std::atomic<int> stopped_{0};
};

TEST_F(ServerBackground, the_answer_does_not_wait) {
  start();
  auto connection = client();
  connection.send(kBegin);
  EXPECT_EQ(connection.read_answer().body, "begun");
  EXPECT_TRUE(eventually([&] { return begun_ == 1; }));
  EXPECT_EQ(connection.ask(kGetQuick).body, "[1,2]") << "the connection is free";
  EXPECT_EQ(ended_, 0);
  release();
  EXPECT_TRUE(eventually([&] { return ended_ == 1; }));
}

TEST_F(ServerBackground, a_client_that_leaves_changes_nothing) {
  start();
  {
    auto connection = client();
    connection.send(kBegin);
    EXPECT_EQ(connection.read_answer().status, 202);
  }
  EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
  std::this_thread::sleep_for(milliseconds(200));
  EXPECT_EQ(stopped_, 0);
  release();
  EXPECT_TRUE(eventually([&] { return ended_ == 1; }));
}

TEST_F(ServerBackground, a_drain_waits_for_it_and_for_those_who_watch) {
  start();
  auto connection = client();
  auto watcher = client();
  connection.send(kBegin);
  EXPECT_EQ(connection.read_answer().status, 202);
  watcher.send(kWatch);
  watcher.read_until("\r\n\r\n");
  std::thread stopping([this] { server_->stop(seconds(20)); });
  std::this_thread::sleep_for(milliseconds(200));
  EXPECT_EQ(ended_, 0);
  release();
  const auto rest = watcher.read_until(kLast);
  EXPECT_THAT(rest, HasSubstr("done"));
  EXPECT_THAT(rest, EndsWith(kLast));
  stopping.join();
  EXPECT_EQ(ended_, 1);
  EXPECT_EQ(stopped_, 0);
}

TEST_F(ServerBackground, a_drain_with_no_connection_waits_too) {
  start();
  {
    auto connection = client();
    connection.send(kBegin);
    EXPECT_EQ(connection.read_answer().status, 202);
  }
  EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
  std::thread stopping([this] { server_->stop(seconds(20)); });
  std::this_thread::sleep_for(milliseconds(200));
  release();
  stopping.join();
  EXPECT_EQ(stopped_, 0);
  EXPECT_EQ(ended_, 1);
}

TEST_F(ServerBackground, a_hard_stop_reaches_it) {
  start();
  auto connection = client();
  connection.send(kBegin);
  EXPECT_EQ(connection.read_answer().status, 202);
  const auto begun = Time::now();
  server_->stop(seconds(0));
  EXPECT_LT(Time::now() - begun, seconds(3));
  EXPECT_EQ(stopped_, 1);
  EXPECT_EQ(ended_, 1);
}

TEST_F(ServerBackground, what_it_throws_ends_nothing_else) {
  start();
  auto connection = client();
  connection.send(kBeginBadly);
  EXPECT_EQ(connection.read_answer().status, 202);
  EXPECT_EQ(connection.ask(kGetQuick).body, "[1,2]");
  const auto begun = Time::now();
  server_->stop(seconds(20));
  EXPECT_LT(Time::now() - begun, seconds(5)) << "it counts as ended";
}

// Nothing is begun that the pool has no room for.
TEST_F(ServerBackground, a_full_queue_refuses_and_begins_nothing) {
  ServerSettings settings;
  settings.worker_threads = 1;
  settings.max_queued_requests = 0;
  start(settings);
  auto first = client();
  first.send(kBegin);
  EXPECT_EQ(first.read_answer().status, 202);
  EXPECT_TRUE(eventually([&] { return begun_ == 1; }));
  auto second = client();
  second.send(kBegin);
  EXPECT_EQ(second.read_answer().status, 503);
  release();
  EXPECT_TRUE(eventually([&] { return ended_ == 1; }));
  EXPECT_EQ(begun_, 1);
}

}  // namespace
}  // namespace akko::api
