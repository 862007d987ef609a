// Answers that go on while things happen, and work that ends when its client leaves.
#include <algorithm>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/event_stream.hpp"
#include "unit/api/edge_fixture.hpp"

namespace akko::api {
namespace {

using fakes::RawClient;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using Time = std::chrono::steady_clock;

const std::string kGetEvents = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string kGetFeed = "GET /feed HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string kPostCancel = "POST /cancel HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
const std::string kLast = "0\r\n\r\n";

bool eventually(const std::function<bool()>& holds, milliseconds patience = seconds(10)) {
  const auto until = Time::now() + patience;
  while (!holds() && Time::now() < until) std::this_thread::sleep_for(milliseconds(1));
  return holds();
}

// /events: work on a worker pushes "one", waits for release() or a stop, pushes "two" or "stopped", closes.
// /feed: no work; the test pushes. /cancel: waits for release() or a stop; made for OnDisconnect::cancel.
class ServerEvents : public EdgeTest {
 protected:
  ServerEvents() {
    add_route(Method::get, "/events", Runs::worker, [this](const Request&) { return tell(); });
    add_route(Method::get, "/quick-events", Runs::quick, [this](const Request&) { return tell(); });
    add_route(Method::get, "/feed", Runs::quick, [this](const Request&) {
      auto stream = std::make_shared<EventStream>();
      const std::lock_guard lock(mutex_);
      feeds_.push_back(stream);
      return Response::events(std::move(stream));
    });
    add_route(Method::get, "/throws", Runs::worker, [](const Request&) {
      auto stream = std::make_shared<EventStream>();
      return Response::events(stream, [stream] {
        stream->push({"", "", "one"});
        throw std::runtime_error("hunter2");
      });
    });
    add_route(Method::get, "/flood", Runs::worker, [this](const Request&) { return flood(); });
    add_route(
        Method::post, "/cancel", Runs::worker,
        [this](const Request& request) {
          ++working_;
          while (!released_ && !request.stop.stop_requested()) std::this_thread::sleep_for(milliseconds(1));
          if (request.stop.stop_requested()) ++stopped_;
          return Response::text(200, "text/plain", request.stop.stop_requested() ? "stopped" : "done");
        },
        OnDisconnect::cancel);
  }

  ~ServerEvents() override { release(); }

  void add_route(Method method, std::string path, Runs runs, Handler handler,
                 OnDisconnect on_disconnect = OnDisconnect::keep) {
    router_.add(Route{method, std::move(path), Access::open, runs, "", std::move(handler), on_disconnect});
  }

  Response tell() {
    auto stream = std::make_shared<EventStream>();
    return Response::events(stream, [this, stream] {
      ++working_;
      stream->push({"step", "", "one"});
      const auto stop = stream->stop_token();
      while (!released_ && !stop.stop_requested()) std::this_thread::sleep_for(milliseconds(1));
      if (stop.stop_requested()) ++stopped_;
      stream->push({"step", "", stop.stop_requested() ? "stopped" : "two"});
      stream->close();
      --working_;
    });
  }

  // Pushes as fast as it can until nobody reads.
  Response flood() {
    auto stream = std::make_shared<EventStream>();
    return Response::events(stream, [this, stream] {
      const Event event{"", "", std::string(16 * 1024, 'x')};
      while (stream->push(event)) std::this_thread::sleep_for(milliseconds(1));
      if (stream->stop_token().stop_requested()) ++stopped_;
    });
  }

  std::shared_ptr<EventStream> feed(std::size_t number = 0) {
    EXPECT_TRUE(eventually([&] {
      const std::lock_guard lock(mutex_);
      return feeds_.size() > number;
    }));
    const std::lock_guard lock(mutex_);
    return feeds_.at(number);
  }

  bool comes_to_work(int count) {
    return eventually([&] { return working_ == count; });
  }

  std::atomic<int> working_{0};
  std::atomic<int> stopped_{0};
  std::mutex mutex_;
  std::vector<std::shared_ptr<EventStream>> feeds_;
};

// ---- the answer

TEST_F(ServerEvents, arrive_before_the_work_has_ended) {
  start();
  auto connection = client();
  connection.send(kGetEvents);
  EXPECT_THAT(
      connection.read_until("\r\n\r\n"),
      testing::AllOf(HasSubstr("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Type: text/event-stream\r\n"),
                     HasSubstr("Transfer-Encoding: chunked\r\n"), HasSubstr("Cache-Control: no-store\r\n"),
                     HasSubstr("X-Accel-Buffering: no\r\n"), Not(HasSubstr("Content-Length"))));
  EXPECT_EQ(connection.read_until("one\n\n\r\n"), "17\r\nevent: step\ndata: one\n\n\r\n");
  EXPECT_TRUE(comes_to_work(1));
  release();
  EXPECT_THAT(connection.read_until(kLast), HasSubstr("data: two\n\n"));
  EXPECT_EQ(connection.ask(kGetQuick).body, "[1,2]") << "the connection lives on";
  EXPECT_EQ(stopped_, 0);
}

TEST_F(ServerEvents, count_as_one_request_with_the_time_to_the_head) {
  start();
  auto connection = client();
  connection.send(kGetEvents);
  connection.read_until("one");
  EXPECT_THAT(metrics_.text(),
              HasSubstr("akko_http_requests_total{method=\"GET\",route=\"/events\",status=\"200\"} 1"));
}

TEST_F(ServerEvents, of_a_quick_route_are_made_on_a_worker) {
  start();
  auto connection = client();
  connection.send("GET /quick-events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  connection.read_until("one");
  EXPECT_EQ(get("/quick").status, 200);
  release();
  EXPECT_THAT(connection.read_until(kLast), HasSubstr("two"));
}

TEST_F(ServerEvents, of_a_quick_route_need_a_free_worker) {
  ServerSettings settings;
  settings.worker_threads = 1;
  settings.max_queued_requests = 0;
  start(settings);
  auto busy = client();
  busy.send(kGetSlow);
  wait_for_slow(1);
  auto connection = client();
  const auto answer = connection.ask("GET /quick-events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(connection.ask(kGetQuick).status, 200);
}

TEST_F(ServerEvents, end_with_the_connection_in_http_1_0) {
  start();
  auto connection = client();
  connection.send("GET /events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto head = connection.read_until("\r\n\r\n");
  EXPECT_THAT(head, Not(HasSubstr("Transfer-Encoding")));
  EXPECT_THAT(head, HasSubstr("Connection: close\r\n"));
  EXPECT_EQ(connection.read_until("one\n\n"), "event: step\ndata: one\n\n");
  release();
  EXPECT_EQ(connection.read_until("two\n\n"), "event: step\ndata: two\n\n");
  EXPECT_TRUE(connection.closed());
}

TEST_F(ServerEvents, are_never_an_answer_to_head) {
  start();
  auto connection = client();
  connection.send("HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD /feed HTTP/1.1\r\nHost: x\r\n\r\n");
  for (int i = 0; i < 2; ++i) {
    const auto answer = connection.read_answer(true);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("content-type"), "text/event-stream");
    EXPECT_EQ(answer.header("transfer-encoding"), "");
  }
  EXPECT_EQ(connection.ask(kGetQuick).status, 200);
  EXPECT_EQ(working_, 0) << "the work was not begun";
  EXPECT_TRUE(feed()->closed()) << "the producer is told";
}

TEST_F(ServerEvents, are_cut_off_when_the_work_throws) {
  start();
  auto connection = client();
  testing::internal::CaptureStdout();
  connection.send("GET /throws HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto all = connection.read_until(kLast);
  EXPECT_THAT(all, HasSubstr("200 OK"));
  EXPECT_THAT(all, Not(EndsWith(kLast))) << "a client can tell that the answer is not whole";
  EXPECT_TRUE(connection.closed());
  EXPECT_THAT(testing::internal::GetCapturedStdout(),
              testing::AllOf(HasSubstr("request_id"), Not(HasSubstr("hunter2"))));
}

TEST_F(ServerEvents, come_with_a_ping_when_it_is_silent) {
  ServerSettings settings;
  settings.ping_interval = milliseconds(50);
  start(settings);
  auto connection = client();
  connection.send(kGetFeed);
  connection.read_until("\r\n\r\n");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(connection.read_until("\n\n\r\n"), "3\r\n:\n\n\r\n");
  feed()->push({"", "", "x"});
  EXPECT_THAT(connection.read_until("data: x\n\n\r\n"), EndsWith("9\r\ndata: x\n\n\r\n"));
}

TEST_F(ServerEvents, a_request_behind_them_waits_for_its_turn) {
  start();
  auto connection = client();
  connection.send(kGetEvents + kGetQuick);
  connection.read_until("one");
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(stopped_, 0) << "bytes that wait are no reason to stop";
  release();
  EXPECT_THAT(connection.read_until(kLast), HasSubstr("two"));
  EXPECT_EQ(connection.read_answer().body, "[1,2]");
}

TEST_F(ServerEvents, that_are_large_arrive_whole) {
  start();
  auto connection = client();
  connection.send(kGetFeed);
  connection.read_until("\r\n\r\n");
  const std::string data(100 * 1024, 'y');
  const auto stream = feed();
  EXPECT_TRUE(stream->push({"", "", data}));
  EXPECT_TRUE(stream->push({"", "", data}));
  stream->close();
  const auto all = connection.read_until(kLast);
  EXPECT_EQ(std::count(all.begin(), all.end(), 'y'), 200 * 1024);
}

// ---- who holds what

TEST_F(ServerEvents, without_work_hold_no_worker) {
  ServerSettings settings;
  settings.worker_threads = 1;
  start(settings);
  std::vector<std::unique_ptr<RawClient>> readers;
  for (int i = 0; i < 200; ++i) {
    readers.push_back(std::make_unique<RawClient>(server_->port()));
    readers.back()->send(kGetFeed);
  }
  feed(199);
  EXPECT_EQ(client().ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok").body, "ok");
  std::vector<std::thread> producers;
  for (std::size_t part = 0; part < 4; ++part) {
    producers.emplace_back([this, part] {
      for (std::size_t i = part; i < 200; i += 4) {
        const auto stream = feed(i);
        for (int n = 0; n < 10; ++n) stream->push({"", std::to_string(n), "x"});
        stream->close();
      }
    });
  }
  for (auto& producer : producers) producer.join();
  for (auto& reader : readers) EXPECT_THAT(reader->read_until(kLast), HasSubstr("id: 9\ndata: x\n\n"));
}

TEST_F(ServerEvents, many_at_once_come_and_go) {
  ServerSettings settings;
  settings.worker_threads = 8;
  start(settings);
  release();
  std::atomic<int> wrong{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([this, i, &wrong] {
      for (int n = 0; n < 20; ++n) {
        auto connection = client();
        connection.send(kGetEvents);
        if ((i + n) % 3 == 0) continue;  // leaves at once
        if (connection.read_until(kLast).find("two") == std::string::npos) ++wrong;
        if (connection.ask(kGetQuick).status != 200) ++wrong;
      }
    });
  }
  for (auto& one : clients) one.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(comes_to_work(0));
}

// ---- clients that leave

TEST_F(ServerEvents, stop_when_the_client_leaves) {
  start();
  auto connection = client();
  connection.send(kGetEvents);
  connection.read_until("one");
  const auto begun = Time::now();
  connection.close();
  EXPECT_TRUE(eventually([&] { return stopped_ == 1; }));
  EXPECT_LT(Time::now() - begun, seconds(1));
  EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(ServerEvents, without_work_tell_the_producer_when_the_client_leaves) {
  start();
  auto connection = client();
  connection.send(kGetFeed);
  const auto stream = feed();
  EXPECT_TRUE(stream->push({"", "", "x"}));
  connection.close();
  EXPECT_TRUE(eventually([&] { return stream->stop_token().stop_requested(); }, seconds(1)));
  EXPECT_FALSE(stream->push({"", "", "x"}));
  EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(ServerEvents, stop_for_a_client_that_does_not_read) {
  ServerSettings settings;
  settings.write_timeout = seconds(1);
  start(settings);
  auto connection = client();
  connection.send("GET /flood HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(eventually([&] { return stopped_ == 1; }));
  EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(ServerEvents, a_client_that_leaves_cancels_work_that_is_marked) {
  start();
  auto connection = client();
  connection.send(kPostCancel);
  EXPECT_TRUE(comes_to_work(1));
  const auto begun = Time::now();
  connection.close();
  EXPECT_TRUE(eventually([&] { return stopped_ == 1; }));
  EXPECT_LT(Time::now() - begun, seconds(1));
}

TEST_F(ServerEvents, closing_one_half_counts_as_leaving_also_behind_more_bytes) {
  start();
  auto connection = client();
  connection.send(kPostCancel + kGetQuick);
  connection.shut_sending();
  EXPECT_EQ(connection.read_answer().body, "stopped");
  EXPECT_EQ(connection.read_answer().body, "[1,2]");
}

TEST_F(ServerEvents, more_bytes_alone_do_not_cancel) {
  start();
  auto connection = client();
  connection.send(kPostCancel + kGetQuick);
  EXPECT_TRUE(comes_to_work(1));
  std::this_thread::sleep_for(milliseconds(300));
  release();
  EXPECT_EQ(connection.read_answer().body, "done");
  EXPECT_EQ(connection.read_answer().body, "[1,2]");
}

TEST_F(ServerEvents, a_client_that_leaves_the_queue_finds_its_work_cancelled) {
  ServerSettings settings;
  settings.worker_threads = 1;
  start(settings);
  auto busy = client();
  busy.send(kGetSlow);
  wait_for_slow(1);
  auto connection = client();
  connection.send(kPostCancel);
  EXPECT_TRUE(eventually([&] { return server_->queued_requests() == 1; }));
  connection.close();
  std::this_thread::sleep_for(milliseconds(300));
  release();
  EXPECT_TRUE(eventually([&] { return stopped_ == 1; }));
}

TEST_F(ServerEvents, a_client_that_leaves_does_not_cancel_other_work) {
  start();
  {
    auto connection = client();
    connection.send(kGetSlow);
    wait_for_slow(1);
  }
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(server_->connections(), 1U) << "it still runs";
  release();
  EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(ServerEvents, a_hard_stop_reaches_work_that_is_marked) {
  start();
  auto connection = client();
  connection.send(kPostCancel);
  EXPECT_TRUE(comes_to_work(1));
  std::thread stopping([this] { server_->stop(seconds(0)); });
  EXPECT_EQ(connection.read_answer().body, "stopped");
  stopping.join();
}

// ---- stopping

TEST_F(ServerEvents, end_with_their_work_when_the_server_drains) {
  start();
  auto working = client();
  auto fed = client();
  working.send(kGetEvents);
  working.read_until("one");
  fed.send(kGetFeed);
  const auto stream = feed();
  std::thread stopping([this] { server_->stop(seconds(20)); });
  EXPECT_THAT(fed.read_until(kLast), EndsWith(kLast)) << "nothing in this server feeds it: it ends at once";
  EXPECT_TRUE(fed.closed());
  EXPECT_FALSE(stream->push({"", "", "late"}));
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(stopped_, 0);
  release();
  const auto rest = working.read_until(kLast);
  EXPECT_THAT(rest, HasSubstr("two"));
  EXPECT_THAT(rest, EndsWith(kLast));
  EXPECT_TRUE(working.closed());
  stopping.join();
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(ServerEvents, are_told_of_a_hard_stop_and_still_say_their_last_words) {
  start();
  auto connection = client();
  connection.send(kGetEvents);
  connection.read_until("one");
  const auto begun = Time::now();
  std::thread stopping([this] { server_->stop(seconds(0)); });
  const auto rest = connection.read_until(kLast);
  EXPECT_THAT(rest, HasSubstr("stopped"));
  EXPECT_THAT(rest, EndsWith(kLast));
  stopping.join();
  EXPECT_LT(Time::now() - begun, seconds(3));
}

TEST_F(ServerEvents, a_producer_may_outlive_the_server) {
  start();
  auto connection = client();
  connection.send(kGetFeed);
  const auto stream = feed();
  std::atomic<bool> over{false};
  std::thread producer([&] {
    while (!over) stream->push({"", "", "x"});
  });
  connection.read_until("data: x");
  server_->stop(seconds(5));
  server_.reset();
  over = true;
  producer.join();
  EXPECT_FALSE(stream->push({"", "", "x"}));
}

}  // namespace
}  // namespace akko::api
