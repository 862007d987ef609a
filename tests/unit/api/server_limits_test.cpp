// Nothing a client does takes the server from the others: limits, timeouts, overload, stopping.
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/server.hpp"
#include "unit/api/edge_fixture.hpp"

namespace akko::api {
namespace {

using fakes::RawClient;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using Time = std::chrono::steady_clock;

class ServerLimits : public EdgeTest {
 protected:
  static ServerSettings impatient() {
    ServerSettings settings;
    settings.header_timeout = seconds(1);
    settings.body_timeout = seconds(1);
    settings.write_timeout = seconds(1);
    settings.idle_timeout = seconds(1);
    return settings;
  }
};

std::string post_of(std::size_t length) {
  return "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

const std::string kChunkedPost = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

// ---- size

TEST_F(ServerLimits, refuse_a_body_by_its_declared_length) {
  start();
  auto connection = client();
  const auto answer = connection.ask(post_of(1024 * 1024 + 1));
  EXPECT_EQ(answer.status, 413);
  EXPECT_THAT(answer.body, HasSubstr("larger than 1048576 bytes"));
}

TEST_F(ServerLimits, refuse_before_the_client_that_asks_first_sends) {
  start();
  auto connection = client();
  const auto answer = connection.ask(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(answer.status, 413);
}

TEST_F(ServerLimits, let_a_client_that_sends_all_first_read_the_refusal) {
  start();
  auto connection = client();
  connection.send(post_of(8 * 1024 * 1024));
  EXPECT_TRUE(connection.send(std::string(8 * 1024 * 1024, 'x')));
  EXPECT_EQ(connection.read_answer().status, 413);
}

TEST_F(ServerLimits, refuse_chunks_that_grow_too_large) {
  ServerSettings settings;
  settings.max_body_bytes = 10;
  start(settings);
  auto fits = client();
  EXPECT_EQ(fits.ask(kChunkedPost + "5\r\nabcde\r\n5\r\nabcde\r\n0\r\n\r\n").body, "abcdeabcde");
  auto grows = client();
  EXPECT_EQ(grows.ask(kChunkedPost + "5\r\nabcde\r\n6\r\nabcdef\r\n0\r\n\r\n").status, 413);
  auto huge = client();
  EXPECT_EQ(huge.ask(kChunkedPost + "ffffffffffffffff\r\n").status, 413);
}

TEST_F(ServerLimits, refuse_an_endless_chunk_header) {
  start();
  auto connection = client();
  EXPECT_EQ(connection.ask(kChunkedPost + "1;" + std::string(100'000, 'a')).status, 400);
}

TEST_F(ServerLimits, refuse_large_headers) {
  start();
  auto large = client();
  EXPECT_EQ(large.ask("GET /quick HTTP/1.1\r\nHost: x\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n").status,
            431);
  auto long_target = client();
  EXPECT_EQ(long_target.ask("GET /" + std::string(70'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n").status, 431);
  auto fits = client();
  EXPECT_EQ(fits.ask("GET /quick HTTP/1.1\r\nHost: x\r\nA: " + std::string(60'000, 'a') + "\r\n\r\n").status,
            200);
}

TEST_F(ServerLimits, hold_for_the_sum_of_headers_sent_one_by_one) {
  start();
  auto connection = client();
  connection.send("GET /quick HTTP/1.1\r\nHost: x\r\n");
  const std::string line = "A: " + std::string(4000, 'a') + "\r\n";
  for (int i = 0; i < 20; ++i) {
    connection.send(line);
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_EQ(connection.ask("\r\n").status, 431);
}

TEST_F(ServerLimits, refuse_many_headers) {
  start();
  std::string lines;
  for (int i = 0; i < 200; ++i) lines += "A: b\r\n";
  auto connection = client();
  EXPECT_EQ(connection.ask("GET /quick HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n").status, 431);
}

TEST_F(ServerLimits, bound_the_memory_of_all_bodies_together) {
  ServerSettings settings;
  settings.max_buffered_body_bytes = 1000;
  start(settings);
  auto first = client();
  first.send(post_of(900));
  std::this_thread::sleep_for(milliseconds(50));
  auto second = client();
  const auto answer = second.ask(post_of(200) + std::string(200, 'x'));
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.header("retry-after"), "");
  EXPECT_EQ(first.ask(std::string(900, 'x')).status, 200);
  auto third = client();
  EXPECT_EQ(third.ask(post_of(1000) + std::string(1000, 'x')).status, 200);
}

// ---- time

TEST_F(ServerLimits, a_header_must_arrive_in_time) {
  start(impatient());
  auto connection = client();
  const auto begun = Time::now();
  for (const char c : std::string("GET /quick HT")) {  // one byte now and then does not buy time
    connection.send(std::string(1, c));
    std::this_thread::sleep_for(milliseconds(100));
  }
  EXPECT_EQ(connection.read_answer().status, 408);
  EXPECT_LT(Time::now() - begun, seconds(3));
}

TEST_F(ServerLimits, a_body_must_arrive_in_time) {
  start(impatient());
  auto connection = client();
  EXPECT_EQ(connection.ask(post_of(10) + "ab").status, 408);
}

TEST_F(ServerLimits, an_idle_connection_is_closed_without_a_word) {
  start(impatient());
  auto fresh = client();
  auto used = client();
  EXPECT_EQ(used.ask(kGetQuick).status, 200);
  EXPECT_TRUE(fresh.closed(seconds(3)));
  EXPECT_TRUE(used.closed(seconds(3)));
}

TEST_F(ServerLimits, a_client_that_does_not_read_is_dropped) {
  start(impatient());
  auto connection = client();
  connection.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto until = Time::now() + seconds(5);
  while (server_->connections() > 0 && Time::now() < until) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(ServerLimits, a_handler_may_take_longer_than_any_timeout_of_the_connection) {
  start(impatient());
  auto connection = client();
  connection.send(kGetSlow);
  wait_for_slow(1);
  std::this_thread::sleep_for(milliseconds(1500));
  release();
  EXPECT_EQ(connection.read_answer().body, "done");
}

TEST_F(ServerLimits, half_open_requests_do_not_stop_others) {
  start();
  std::vector<std::unique_ptr<RawClient>> lurkers;
  for (int i = 0; i < 300; ++i) {
    lurkers.push_back(std::make_unique<RawClient>(server_->port()));
    lurkers.back()->send(i % 2 == 0 ? "GET /quick HTTP/1.1\r\nHo" : post_of(1000) + "x");
  }
  const auto begun = Time::now();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(get("/quick").status, 200);
  EXPECT_LT(Time::now() - begun, seconds(2));
}

// ---- number

TEST_F(ServerLimits, a_connection_too_many_is_told_so) {
  ServerSettings settings;
  settings.max_connections = 2;
  start(settings);
  auto first = std::make_unique<RawClient>(server_->port());
  auto second = client();
  EXPECT_EQ(first->ask(kGetQuick).status, 200);
  EXPECT_EQ(second.ask(kGetQuick).status, 200);
  auto third = client();
  const auto answer = third.ask(kGetQuick);
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.header("retry-after"), "");
  third.close();
  first.reset();
  const auto until = Time::now() + seconds(5);
  while (server_->connections() > 1 && Time::now() < until) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_EQ(get("/quick").status, 200);
}

TEST_F(ServerLimits, far_too_many_connections_are_closed) {
  ServerSettings settings;
  settings.max_connections = 1;
  start(settings);
  std::vector<std::unique_ptr<RawClient>> all;
  for (int i = 0; i < 100; ++i) all.push_back(std::make_unique<RawClient>(server_->port()));
  EXPECT_EQ(all.back()->read_answer().status, 0);
  EXPECT_EQ(all.front()->ask(kGetQuick).status, 200);
}

TEST_F(ServerLimits, a_full_queue_is_told_and_quick_routes_still_answer) {
  ServerSettings settings;
  settings.worker_threads = 1;
  settings.max_queued_requests = 1;
  start(settings);
  auto running = client();
  auto queued = client();
  auto refused = client();
  running.send(kGetSlow);
  wait_for_slow(1);
  queued.send(kGetSlow);
  const auto until = Time::now() + seconds(5);
  while (server_->queued_requests() == 0 && Time::now() < until) std::this_thread::sleep_for(milliseconds(1));
  const auto answer = refused.ask(kGetSlow);
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.header("retry-after"), "");
  EXPECT_EQ(refused.ask(kGetQuick).status, 200) << "the connection lives on";
  release();
  EXPECT_EQ(running.read_answer().body, "done");
  EXPECT_EQ(queued.read_answer().body, "done");
}

// ---- stopping

TEST_F(ServerLimits, a_stop_closes_idle_connections_and_lets_requests_end) {
  start();
  auto idle = client();
  auto used = client();
  auto busy = client();
  EXPECT_EQ(used.ask(kGetQuick).status, 200);
  busy.send(kGetSlow);
  wait_for_slow(1);
  std::thread stopping([this] { server_->stop(seconds(20)); });
  EXPECT_TRUE(idle.closed());
  EXPECT_TRUE(used.closed());
  EXPECT_ANY_THROW(client()) << "nothing listens any more";
  release();
  const auto answer = busy.read_answer();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.header("connection"), "close");
  stopping.join();
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(ServerLimits, a_stop_without_requests_is_immediate) {
  start();
  auto idle = client();
  EXPECT_EQ(idle.ask(kGetQuick).status, 200);
  const auto begun = Time::now();
  server_->stop(seconds(20));
  EXPECT_LT(Time::now() - begun, milliseconds(500));
}

TEST_F(ServerLimits, after_the_drain_handlers_are_told_to_stop) {
  ServerSettings settings;
  settings.worker_threads = 1;
  start(settings);
  auto running = client();
  auto queued = client();
  running.send(kGetSlow);
  wait_for_slow(1);
  queued.send(kGetSlow);
  const auto until = Time::now() + seconds(5);
  while (server_->queued_requests() == 0 && Time::now() < until) std::this_thread::sleep_for(milliseconds(1));
  std::thread stopping([this] { server_->stop(seconds(0)); });
  EXPECT_EQ(running.read_answer().body, "stopped");
  EXPECT_EQ(queued.read_answer().status, 503);
  stopping.join();
}

TEST_F(ServerLimits, a_stop_ends_requests_that_never_arrive) {
  start();
  auto header = client();
  auto body = client();
  header.send("GET /quick HT");
  body.send(post_of(10) + "ab");
  std::this_thread::sleep_for(milliseconds(50));
  const auto begun = Time::now();
  server_->stop(seconds(1));
  EXPECT_LT(Time::now() - begun, seconds(4));
  EXPECT_TRUE(header.closed());
  EXPECT_TRUE(body.closed());
}

TEST_F(ServerLimits, many_clients_at_once_get_their_own_answers) {
  start();
  std::vector<std::thread> clients;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([this, i, &wrong] {
      auto connection = client();
      for (int n = 0; n < 100; ++n) {
        const auto text = std::to_string(i * 1000 + n);
        if (connection.ask(post_of(text.size()) + text).body != text) ++wrong;
        if (connection.ask(kGetQuick).body != "[1,2]") ++wrong;
      }
    });
  }
  for (auto& thread : clients) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace akko::api
