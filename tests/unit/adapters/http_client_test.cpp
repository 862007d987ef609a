#include "adapters/http_client.hpp"

#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/http_imposter.hpp"

namespace akko::http {
namespace {

using fakes::HttpImposter;
using Kind = TransportError::Kind;
using Reply = HttpImposter::Reply;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

HttpImposter::Rule always(Reply reply) {
  return [reply](const HttpImposter::Request&) { return reply; };
}

Reply with_body(std::string body) {
  Reply reply;
  reply.body = std::move(body);
  return reply;
}

Reply with_fault(Reply::Fault fault) {
  Reply reply = with_body("0123456789");
  reply.fault = fault;
  return reply;
}

tl::expected<Answer, TransportError> get(const std::string& url, milliseconds limit = milliseconds(5000)) {
  Request request;
  request.url = url;
  return send(request, Deadline::after(limit));
}

milliseconds since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
}

TEST(HttpClient, SendsMethodHeadersAndBodyAndReadsTheAnswer) {
  Reply reply = with_body("{\"a\":1}");
  reply.status = 201;
  reply.headers = {{"Content-TYPE", "application/json"}, {"X-Empty", ""}};
  HttpImposter server(always(reply));
  Request request;
  request.method = "POST";
  request.url = server.url("/v1/statement?x=1");
  request.headers = {{"X-Trino-User", "alice"}, {"X-Nothing", ""}};
  request.body = std::string("SELECT '\0'", 10);
  const auto answer = send(request, Deadline::after(milliseconds(5000)));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body, "{\"a\":1}");
  EXPECT_EQ(answer->header("content-type"), "application/json");
  EXPECT_EQ(answer->header("x-empty"), "");
  EXPECT_EQ(answer->header("absent"), "");

  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/v1/statement?x=1");
  EXPECT_EQ(requests[0].body, request.body);
  EXPECT_EQ(requests[0].header("x-trino-user"), "alice");
  EXPECT_EQ(requests[0].header("content-type"), "") << "libcurl's form type must not be sent";
  EXPECT_EQ(requests[0].header("expect"), "");
}

TEST(HttpClient, SendsEveryMethod) {
  HttpImposter server(always(with_body("x")));
  for (const std::string method : {"GET", "HEAD", "PUT", "DELETE", "PATCH", "POST", "GET"}) {
    Request request;
    request.method = method;
    request.url = server.url("/");
    if (method == "PUT" || method == "PATCH") request.body = "body of " + method;
    const auto answer = send(request, Deadline::after(milliseconds(5000)));
    ASSERT_TRUE(answer) << method << answer.error().message;
    EXPECT_EQ(answer->body, method == "HEAD" ? "" : "x");
    const auto requests = server.requests();
    EXPECT_EQ(requests.back().method, method);
    EXPECT_EQ(requests.back().body, request.body);
  }
  EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, KeepsTheConnectionOfAThread) {
  HttpImposter server(always(with_body("x")));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(get(server.url()));
  EXPECT_EQ(server.connections(), 1U);
  std::jthread([&] { ASSERT_TRUE(get(server.url())); }).join();
  EXPECT_EQ(server.connections(), 2U);
}

TEST(HttpClient, FindsANewConnectionWhenTheKeptOneWasClosed) {
  Reply reply = with_body("x");
  reply.headers = {{"Connection", "close"}};
  HttpImposter server(always(reply));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(get(server.url()));
  EXPECT_EQ(server.connections(), 3U);
}

TEST(HttpClient, HoldsTheDeadlineWhenNoAnswerComes) {
  HttpImposter server(always(with_fault(Reply::Fault::hang)));
  const auto start = std::chrono::steady_clock::now();
  const auto answer = get(server.url("/secret-path"), milliseconds(200));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Kind::timeout);
  EXPECT_THAT(answer.error().message,
              HasSubstr("127.0.0.1:" + std::to_string(server.port()) + ": connected"));
  EXPECT_THAT(answer.error().message, Not(HasSubstr("secret-path")));
  EXPECT_GE(since(start), milliseconds(200));
  EXPECT_LT(since(start), milliseconds(600));
}

TEST(HttpClient, HoldsTheDeadlineWhenTheBodyDrips) {
  Reply reply = with_body(std::string(1000, 'x'));
  reply.drip = milliseconds(20);
  HttpImposter server(always(reply));
  const auto start = std::chrono::steady_clock::now();
  const auto answer = get(server.url(), milliseconds(200));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Kind::timeout);
  EXPECT_LT(since(start), milliseconds(600));
}

TEST(HttpClient, SendsNothingAfterTheDeadline) {
  HttpImposter server(always(with_body("x")));
  const auto answer = get(server.url(), milliseconds(-5));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Kind::timeout);
  EXPECT_EQ(server.requests().size(), 0U);
}

TEST(HttpClient, WorksAgainAfterAnUnfinishedCall) {
  HttpImposter server(always(with_fault(Reply::Fault::hang)));
  ASSERT_FALSE(get(server.url(), milliseconds(50)));
  server.set_rule(always(with_body("x")));
  const auto answer = get(server.url());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "x");
}

TEST(HttpClient, NoticesAStopAtOnce) {
  HttpImposter server(always(with_fault(Reply::Fault::hang)));
  std::stop_source source;
  std::chrono::steady_clock::time_point stopped_at;
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(100));
    stopped_at = std::chrono::steady_clock::now();
    source.request_stop();
  });
  Request request;
  request.url = server.url();
  const auto answer = send(request, Deadline::after(milliseconds(10'000)), source.get_token());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Kind::cancelled);
  EXPECT_LT(since(stopped_at), milliseconds(100));
}

TEST(HttpClient, SendsNothingAfterAStop) {
  HttpImposter server(always(with_body("x")));
  std::stop_source source;
  source.request_stop();
  Request request;
  request.url = server.url();
  const auto answer = send(request, Deadline::after(milliseconds(1000)), source.get_token());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Kind::cancelled);
  EXPECT_EQ(server.requests().size(), 0U);
}

TEST(HttpClient, CapsTheAnswer) {
  const auto limited = [](const std::string& url) {
    Request request;
    request.url = url;
    request.max_answer_bytes = 100;
    return send(request, Deadline::after(milliseconds(5000)));
  };
  HttpImposter server(always(with_body(std::string(100, 'x'))));
  ASSERT_TRUE(limited(server.url()));
  server.set_rule(always(with_body(std::string(101, 'x'))));
  EXPECT_EQ(limited(server.url()).error().kind, Kind::too_large);
  Reply unannounced;
  unannounced.raw = "HTTP/1.1 200 OK\r\n\r\n" + std::string(1'000'000, 'x');
  server.set_rule(always(unannounced));
  EXPECT_EQ(limited(server.url()).error().kind, Kind::too_large);
  Reply many_headers;
  for (int i = 0; i < 1000; ++i)
    many_headers.headers.emplace_back("X-" + std::to_string(i), std::string(90, 'h'));
  server.set_rule(always(many_headers));
  EXPECT_EQ(limited(server.url()).error().kind, Kind::too_large);
}

TEST(HttpClient, TellsWhatWentWrongAfterConnecting) {
  HttpImposter server(always(with_fault(Reply::Fault::close_at_once)));
  EXPECT_EQ(get(server.url()).error().kind, Kind::connect);
  server.set_rule(always(with_fault(Reply::Fault::close_early)));
  EXPECT_EQ(get(server.url()).error().kind, Kind::connect);
  Reply garbage;
  garbage.raw = "\x15\x03\x01 not http at all\r\n\r\n";
  server.set_rule(always(garbage));
  EXPECT_EQ(get(server.url()).error().kind, Kind::protocol);
}

// `openssl s_server` with a certificate of its own for "localhost".
class TlsServer {
 public:
  TlsServer() {
    if (!::mkdtemp(directory_.data())) return;
    certificate_ = directory_ + "/certificate.pem";
    const std::string key = directory_ + "/key.pem";
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost "
        "-addext subjectAltName=DNS:localhost -keyout " +
        key + " -out " + certificate_ +
        " 2>/dev/null && "
        "echo $$ && exec openssl s_server -accept 127.0.0.1:0 -www -cert " +
        certificate_ + " -key " + key + " 2>/dev/null";
    pipe_ = ::popen(command.c_str(), "r");
    if (!pipe_) return;
    char line[256];
    if (std::fgets(line, sizeof(line), pipe_)) pid_ = std::atoi(line);
    while (port_.empty() && std::fgets(line, sizeof(line), pipe_))
      if (const std::string text = line; text.starts_with("ACCEPT 127.0.0.1:"))
        port_ = text.substr(17, text.find('\n') - 17);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  ~TlsServer() {
    if (pid_ > 0) ::kill(pid_, SIGTERM);
    if (pipe_) ::pclose(pipe_);
    std::filesystem::remove_all(directory_);
  }
  bool runs() const { return !port_.empty(); }
  std::string url(const std::string& host) const { return "https://" + host + ":" + port_ + "/"; }
  const std::string& certificate() const { return certificate_; }

 private:
  std::string directory_ = testing::TempDir() + "akko-tls-XXXXXX";
  std::string certificate_;
  std::FILE* pipe_ = nullptr;
  pid_t pid_ = 0;
  std::string port_;
};

TEST(HttpClient, TrustsOnlyTheGivenAuthorityAndTheRightHostName) {
  const TlsServer server;
  if (!server.runs()) GTEST_SKIP() << "no openssl command here";
  Request request;
  request.url = server.url("localhost");
  request.ca_file = server.certificate();
  const auto trusted = send(request, Deadline::after(milliseconds(5000)));
  ASSERT_TRUE(trusted) << trusted.error().message;
  EXPECT_EQ(trusted->status, 200);

  const auto unknown_authority = get(server.url("localhost"));
  ASSERT_FALSE(unknown_authority) << "a connection with another authority's trust was used again";
  EXPECT_EQ(unknown_authority.error().kind, Kind::tls);
  EXPECT_THAT(unknown_authority.error().message, HasSubstr("certificate"));

  request.url = server.url("127.0.0.1");
  const auto other_name = send(request, Deadline::after(milliseconds(5000)));
  ASSERT_FALSE(other_name);
  EXPECT_EQ(other_name.error().kind, Kind::tls);

  request.url = server.url("localhost");
  request.ca_file = "/no/such/file.pem";
  const auto no_file = send(request, Deadline::after(milliseconds(5000)));
  ASSERT_FALSE(no_file);
  EXPECT_EQ(no_file.error().kind, Kind::tls);
}

TEST(HttpClient, TellsThatItCouldNotConnect) {
  std::string url;
  {
    const HttpImposter gone(always(with_body("x")));
    url = gone.url();
  }
  const auto refused = get(url);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Kind::connect);
  EXPECT_THAT(refused.error().message, HasSubstr("127.0.0.1"));
  const auto unknown = get("http://no-such-host.invalid:1234/");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, Kind::connect);
  EXPECT_THAT(unknown.error().message, HasSubstr("no-such-host.invalid"));
}

TEST(HttpClient, FollowsNoRedirect) {
  Reply reply;
  reply.status = 302;
  reply.headers = {{"Location", "/elsewhere"}};
  HttpImposter server(always(reply));
  const auto answer = get(server.url("/here"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(HttpClient, RefusesOtherProtocolsAndPasswordsInTheUrl) {
  for (const auto* url : {"file:///etc/hostname", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "", "http://"})
    EXPECT_FALSE(get(url)) << url;
  const auto answer = get("http://alice:hunter2@127.0.0.1:1/");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, Not(HasSubstr("hunter2")));
  EXPECT_THAT(answer.error().message, Not(HasSubstr("alice")));
}

TEST(HttpClient, RefusesAHeaderThatWouldBecomeTwo) {
  HttpImposter server(always(with_body("x")));
  for (const auto& header : std::vector<std::pair<std::string, std::string>>{{"X-A", "1\r\nX-B: 2"},
                                                                             {"X-A\r\nX-B", "1"},
                                                                             {"X-A", std::string("1\0", 2)},
                                                                             {"", "1"},
                                                                             {"X-A: 1", "2"}}) {
    Request request;
    request.url = server.url();
    request.headers = {header};
    const auto answer = send(request, Deadline::after(milliseconds(1000)));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, Kind::protocol);
  }
  EXPECT_EQ(server.requests().size(), 0U);
}

TEST(HttpClient, ForgetsHeadersOfAnInterimAnswer) {
  Reply reply;
  reply.raw =
      "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Late:  2 \r\nContent-Length: "
      "0\r\n\r\n";
  HttpImposter server(always(reply));
  const auto answer = get(server.url());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->header("x-early"), "");
  EXPECT_EQ(answer->header("x-late"), "2");
}

TEST(HttpClient, AsksNoProxyForLoopback) {
  ASSERT_EQ(::setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
  HttpImposter server(always(with_body("x")));
  EXPECT_TRUE(get(server.url()));
  EXPECT_TRUE(get("http://localhost:" + std::to_string(server.port())));
  const auto proxied = get("http://db.example/");
  ASSERT_EQ(::unsetenv("http_proxy"), 0);
  ASSERT_FALSE(proxied);
  EXPECT_EQ(proxied.error().kind, Kind::connect);
}

TEST(HttpClient, ManyThreadsAtOnce) {
  HttpImposter server([](const HttpImposter::Request& request) { return with_body(request.target); });
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
        const auto answer = get(server.url(path));
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->body, path);
      }
    });
  threads.clear();
  EXPECT_EQ(server.connections(), 8U);
}

}  // namespace
}  // namespace akko::http
