// The server speaks HTTP/1.1, with clients that do and with clients that do not.
#include "api/server.hpp"

#include <set>
#include <string>
#include <vector>

#include "unit/api/edge_fixture.hpp"

namespace akko::api {
namespace {

using fakes::RawClient;
using testing::AnyOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

class ServerTest : public EdgeTest {};

TEST_F(ServerTest, answers_with_the_headers_of_every_answer) {
  start();
  auto connection = client();
  const auto answer = connection.ask(kGetQuick);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "[1,2]");
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_THAT(answer.header("date"), MatchesRegex("..., .. ... .... ..:..:.. GMT"));
  EXPECT_EQ(answer.header("x-request-id").size(), 32U);
  EXPECT_EQ(answer.header("traceparent").substr(0, 36), "00-" + answer.header("x-request-id") + "-");
  EXPECT_EQ(answer.header("server"), "");
  EXPECT_EQ(answer.header("connection"), "");
}

TEST_F(ServerTest, keeps_a_connection_and_gives_each_request_an_id) {
  start();
  auto connection = client();
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.insert(connection.ask(kGetQuick).header("x-request-id"));
  EXPECT_EQ(ids.size(), 20U);
}

TEST_F(ServerTest, passes_the_trace_of_the_caller_on) {
  start();
  auto connection = client();
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto answer =
      connection.ask("GET /quick HTTP/1.1\r\nHost: localhost\r\ntraceparent: " + parent + "\r\n\r\n");
  EXPECT_EQ(answer.header("traceparent"), parent);
}

TEST_F(ServerTest, answers_pipelined_requests_in_order) {
  start();
  auto connection = client();
  connection.send(std::string("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none") + kGetQuick +
                  "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\ntwo");
  EXPECT_EQ(connection.read_answer().body, "one");
  EXPECT_EQ(connection.read_answer().body, "[1,2]");
  EXPECT_EQ(connection.read_answer().body, "two");
}

TEST_F(ServerTest, closes_when_the_client_asks_for_it) {
  start();
  auto connection = client();
  const auto answer = connection.ask("GET /quick HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(connection.closed());
}

TEST_F(ServerTest, speaks_http_1_0) {
  start();
  auto once = client();
  EXPECT_EQ(once.ask("GET /quick HTTP/1.0\r\n\r\n").header("connection"), "close");
  EXPECT_TRUE(once.closed());
  auto kept = client();
  EXPECT_EQ(kept.ask("GET /quick HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").header("connection"),
            "keep-alive");
  EXPECT_EQ(kept.ask("GET /quick HTTP/1.0\r\n\r\n").status, 200);
}

TEST_F(ServerTest, answers_head_without_a_body) {
  start();
  auto connection = client();
  connection.send("HEAD /quick HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto answer = connection.read_answer(true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-length"), "5");
  EXPECT_EQ(connection.ask(kGetQuick).body, "[1,2]");
}

TEST_F(ServerTest, sends_no_length_with_204) {
  start();
  auto connection = client();
  const auto answer = connection.ask("GET /empty HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.header("content-length"), "");
  EXPECT_EQ(connection.ask(kGetQuick).status, 200);
}

TEST_F(ServerTest, sends_a_large_body_whole) {
  start();
  EXPECT_TRUE(get("/large").body == *large_);
}

TEST_F(ServerTest, reads_a_body_that_comes_in_pieces) {
  start();
  auto connection = client();
  connection.send("POST /echo HTTP/1.1\r\nHost: x\r\nConte");
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  connection.send("nt-Length: 6\r\n\r\nab");
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(connection.ask("cdef").body, "abcdef");
}

TEST_F(ServerTest, reads_a_large_body) {
  start();
  auto connection = client();
  const std::string body(1024 * 1024, 'b');
  const auto answer =
      connection.ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n" + body);
  EXPECT_TRUE(answer.body == body);
}

TEST_F(ServerTest, reads_chunks_and_ignores_their_trailers) {
  start();
  auto connection = client();
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(connection.ask(head + "3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\nAuthorization: Bearer x\r\n\r\n").body,
            "abcdefg");
  connection.send(head + "5\r\nhel");
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  connection.send("lo\r");
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(connection.ask("\n0\r\n\r\n").body, "hello");
  EXPECT_EQ(connection.ask(kGetQuick).status, 200);
}

TEST_F(ServerTest, a_trailer_never_becomes_a_header) {
  start();
  auto connection = client();
  const auto answer = connection.ask(
      "GET /headers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Late: "
      "yes\r\n\r\n");
  EXPECT_THAT(answer.body, HasSubstr("host=x\n"));
  EXPECT_THAT(answer.body, Not(HasSubstr("x-late")));
}

TEST_F(ServerTest, lets_a_client_that_asks_first_send_its_body) {
  start();
  auto connection = client();
  const auto permission =
      connection.ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(permission.status, 100);
  EXPECT_EQ(connection.ask("ok").body, "ok");
}

TEST_F(ServerTest, refuses_an_unknown_expectation) {
  start();
  auto connection = client();
  EXPECT_EQ(connection.ask("GET /quick HTTP/1.1\r\nHost: x\r\nExpect: more\r\n\r\n").status, 417);
}

TEST_F(ServerTest, answers_a_client_that_has_closed_its_half) {
  start();
  auto connection = client();
  connection.send(kGetSlow);
  connection.shut_sending();
  wait_for_slow(1);
  release();
  EXPECT_EQ(connection.read_answer().body, "done");
}

TEST_F(ServerTest, survives_clients_that_leave_in_the_middle) {
  start();
  const std::vector<std::string> beginnings = {
      "", "G", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab",
      "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"};
  for (const auto& beginning : beginnings) client().send(beginning);
  {
    auto connection = client();
    connection.send(kGetSlow);
    wait_for_slow(1);
  }
  release();
  EXPECT_EQ(get("/quick").status, 200);
}

TEST_F(ServerTest, answers_only_for_the_hosts_it_was_told) {
  ServerSettings settings;
  settings.allowed_hosts = {"loopback", "cockpit.example"};
  start(settings);
  const auto status_for = [this](const std::string& host) {
    auto connection = client();
    return connection.ask("GET /quick HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status;
  };
  EXPECT_EQ(status_for("localhost:8480"), 200);
  EXPECT_EQ(status_for("127.0.0.1"), 200);
  EXPECT_EQ(status_for("[::1]:8480"), 200);
  EXPECT_EQ(status_for("Cockpit.Example"), 200);
  EXPECT_EQ(status_for("evil.example"), 421);
  EXPECT_EQ(status_for("127.0.0.1.evil.example"), 421);
}

TEST_F(ServerTest, listens_on_the_ipv6_loopback) {
  ServerSettings settings;
  settings.address = "[::1]";
  settings.port = 0;
  auto started = start_server(settings, router_);
  ASSERT_TRUE(started) << started.error().message;
  RawClient connection((*started)->port(), RawClient::Family::v6);
  EXPECT_EQ(connection.ask(kGetQuick).status, 200);
}

TEST_F(ServerTest, says_who_holds_its_address) {
  start();
  ServerSettings settings;
  settings.port = server_->port();
  const auto second = start_server(settings, router_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "address in use: another process listens on 127.0.0.1:" +
                                        std::to_string(server_->port()) + "; set AKKO_LISTEN");
}

TEST_F(ServerTest, says_what_is_wrong_with_an_address) {
  ServerSettings settings;
  settings.address = "not-an-address";
  EXPECT_EQ(start_server(settings, router_).error().reason, "listen_address");
  settings.address = "192.0.2.1";  // TEST-NET-1: not an address of this machine
  EXPECT_THAT(start_server(settings, router_).error().message, StartsWith("cannot listen on 192.0.2.1:8480"));
}

// ---- requests that are refused before they are routed

struct Refused {
  const char* name;
  std::string request;
  int status;
};

class Refusal : public ServerTest, public testing::WithParamInterface<Refused> {};

std::string name_of(const testing::TestParamInfo<Refused>& test) { return test.param.name; }

TEST_P(Refusal, is_a_problem_and_ends_the_connection) {
  start();
  auto connection = client();
  const auto answer = connection.ask(GetParam().request);
  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_EQ(answer.header("content-type"), "application/problem+json");
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_THAT(answer.body, HasSubstr(answer.header("x-request-id")));
  connection.shut_sending();
  EXPECT_TRUE(connection.closed());
}

std::string with_header(const std::string& header, const std::string& version = "1.1") {
  return "POST /echo HTTP/" + version + "\r\nHost: x\r\n" + header + "\r\n\r\n0\r\n\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    Smuggling, Refusal,
    testing::Values(
        Refused{"both_lengths", with_header("Content-Length: 5\r\nTransfer-Encoding: chunked"), 400},
        Refused{"both_lengths_reversed", with_header("Transfer-Encoding: chunked\r\nContent-Length: 5"), 400},
        Refused{"length_and_unknown_encoding", with_header("Transfer-Encoding: x\r\nContent-Length: 5"), 400},
        Refused{"unknown_encoding", with_header("Transfer-Encoding: identity"), 400},
        Refused{"not_last", with_header("Transfer-Encoding: chunked, gzip"), 400},
        Refused{"compressed", with_header("Transfer-Encoding: gzip, chunked"), 400},
        Refused{"twice_chunked", with_header("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
                400},
        Refused{"obscured",
                with_header("Transfer-Encoding: \x0b"
                            "chunked"),
                400},
        Refused{"encoding_in_http_1_0", with_header("Transfer-Encoding: chunked", "1.0"), 400},
        Refused{"two_lengths", with_header("Content-Length: 5\r\nContent-Length: 6"), 400},
        Refused{"two_equal_lengths", with_header("Content-Length: 5\r\nContent-Length: 5"), 400},
        Refused{"length_list", with_header("Content-Length: 5, 5"), 400},
        Refused{"negative_length", with_header("Content-Length: -1"), 400},
        Refused{"signed_length", with_header("Content-Length: +5"), 400},
        Refused{"hexadecimal_length", with_header("Content-Length: 0x5"), 400},
        Refused{"endless_length", with_header("Content-Length: 99999999999999999999999"), 400},
        Refused{"bad_chunk_size",
                "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
                400},
        Refused{"chunk_longer_than_its_size",
                "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
                400}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Malformed, Refusal,
    testing::Values(Refused{"garbage", "\x16\x03\x01\x02 hello\r\n\r\n", 400},
                    Refused{"no_version", "GET /quick\r\n\r\n", 400},
                    Refused{"bare_line_feeds", "GET /quick HTTP/1.1\nHost: x\n\n\r\n\r\n", 400},
                    Refused{"blank_before_colon", "GET /quick HTTP/1.1\r\nHost : x\r\n\r\n", 400},
                    Refused{"no_host", "GET /quick HTTP/1.1\r\n\r\n", 400},
                    Refused{"two_hosts", "GET /quick HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
                    Refused{"encoded_slash", "GET /a%2Fb HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Refused{"encoded_nul", "GET /a%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Refused{"broken_percent", "GET /a%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Refused{"broken_utf8", "GET /a%ff HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Refused{"asterisk", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Refused{"tunnel", "CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    Refused{"http_2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
                    Refused{"http_1_2", "GET /quick HTTP/1.2\r\nHost: x\r\n\r\n", 505}),
    name_of);

TEST_F(ServerTest, counts_refused_requests) {
  start();
  client().ask("nonsense\r\n\r\n");
  EXPECT_THAT(metrics_.text(), HasSubstr("route=\"unmatched\""));
}

}  // namespace
}  // namespace akko::api
