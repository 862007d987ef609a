// The network steps against real sockets on loopback.
#include <netdb.h>
#include <netinet/tcp.h>

#include <chrono>
#include <csignal>
#include <latch>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/adapters.hpp"
#include "adapters/resolver.hpp"
#include "fakes/raw_client.hpp"
#include "fakes/tls_server.hpp"

namespace akko {
namespace {

using namespace std::chrono_literals;
using fakes::CertificateSpec;
using fakes::Identity;
using fakes::TcpServer;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using Time = std::chrono::steady_clock;

// Listens on a loopback address without taking connections from its queue, which is full: a further one gets
// no answer, as behind a firewall.
class FullQueue {
 public:
  explicit FullQueue(const char* host = "127.0.0.1", std::uint16_t port = 0)
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, host, &address.sin_addr);
    socklen_t size = sizeof(address);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, any, size) != 0 || ::listen(listener_, 0) != 0 ||
        ::getsockname(listener_, any, &size) != 0)
      throw std::runtime_error("cannot listen");
    port_ = ntohs(address.sin_port);
    for (int i = 0; i < 4; ++i) {
      fillers_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      ::connect(fillers_.back(), any, size);
    }
    std::this_thread::sleep_for(20ms);
  }
  ~FullQueue() {
    for (const int filler : fillers_) ::close(filler);
    ::close(listener_);
  }
  std::uint16_t port() const { return port_; }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::vector<int> fillers_;
};

// A port of 127.0.0.1 where nothing listens.
std::uint16_t closed_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(socket, any, size), 0);
  EXPECT_EQ(::getsockname(socket, any, &size), 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

class NetworkTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { std::signal(SIGPIPE, SIG_IGN); }  // for the servers of the tests

  CallContext within(std::chrono::milliseconds span) {
    return {"op-1", Deadline::after(span), stop_.get_token()};
  }

  // Requests stop after a moment, while `step` waits; returns how long `step` then took to come back.
  template <typename Step>
  std::chrono::milliseconds time_to_cancel(const Step& step) {
    Time::time_point stopped;
    std::thread stopper([&] {
      std::this_thread::sleep_for(100ms);
      stopped = Time::now();
      stop_.request_stop();
    });
    step();
    const auto done = Time::now();
    stopper.join();
    return std::chrono::duration_cast<std::chrono::milliseconds>(done - stopped);
  }

  NetworkResult<Network::TlsReport> shake(std::uint16_t port, Network::TlsRequest request = {}) {
    if (request.host.empty()) request.host = "localhost";
    request.address = "127.0.0.1";
    request.port = port;
    return network_->handshake(request, within(5s));
  }

  NetworkResult<Network::TlsReport> shake(const CertificateSpec& spec, Network::TlsRequest request = {}) {
    TcpServer server(TcpServer::tls(Identity(spec).context()));
    return shake(server.port(), std::move(request));
  }

  static std::string code(const auto& result) { return result ? "" : result.error().code; }
  static std::string detail(const auto& result) { return result ? "" : result.error().detail; }

  std::stop_source stop_;
  std::unique_ptr<Network> network_ = make_network();
};

// ---- names

TEST_F(NetworkTest, resolves_names_and_takes_addresses_as_they_are) {
  const auto found = network_->resolve("localhost", within(5s));
  ASSERT_TRUE(found) << found.error().code;
  EXPECT_THAT(*found, Contains(testing::AnyOf("127.0.0.1", "::1")));
  EXPECT_THAT(*network_->resolve("10.1.2.3", within(5s)), ElementsAre("10.1.2.3"));
  EXPECT_THAT(*network_->resolve("[::1]", within(5s)), ElementsAre("::1"));
}

TEST_F(NetworkTest, knows_no_name_that_is_none) {
  for (const auto& host : {std::string(), std::string(300, 'a'), std::string("a\0b", 3)}) {
    EXPECT_EQ(code(network_->resolve(host, within(5s))), "dns_not_found");
  }
}

TEST_F(NetworkTest, refuses_addresses_by_the_rules_however_they_are_written) {
  for (const auto* host : {"169.254.169.254", "::ffff:169.254.169.254", "0", "0.0.0.0", "2852039166",
                           "0xa9.0xfe.0xa9.0xfe", "fd00:ec2::254"}) {
    EXPECT_EQ(code(network_->resolve(host, within(5s))), "address_denied") << host;
  }
  EXPECT_EQ(detail(network_->resolve("169.254.169.254", within(5s))), "169.254.169.254 is in 169.254.0.0/16");
}

TEST_F(NetworkTest, never_connects_to_a_denied_address_even_when_it_was_not_resolved_here) {
  NetworkSettings settings;
  settings.rules = AddressRules({*IpRange::parse("127.0.0.0/8")}, {*IpRange::parse("127.0.0.2")});
  const auto network = make_network(settings);
  TcpServer server(TcpServer::silent());
  EXPECT_EQ(code(network->connect({"127.0.0.1"}, server.port(), {}, within(5s))), "address_denied");
  EXPECT_EQ(code(network->connect({"127.0.0.2"}, closed_port(), {}, within(5s))), "tcp_refused");
  Network::TlsRequest request;
  request.address = "127.0.0.1";
  request.port = server.port();
  EXPECT_EQ(code(network->handshake(request, within(5s))), "address_denied");
}

// The resolver with a lookup that a test controls.
class ResolverTest : public NetworkTest {
 protected:
  static net::Resolver::Lookup answering(int error, std::vector<std::string> addresses = {}) {
    return [error, addresses](const std::string&) { return net::Resolver::Answer{error, addresses}; };
  }
  // Hangs until the test ends.
  net::Resolver::Lookup hanging() {
    return [gate = gate_](const std::string&) {
      gate->wait();
      return net::Resolver::Answer{0, {"10.0.0.1"}};
    };
  }
  auto resolve(net::Resolver& resolver, std::chrono::milliseconds span) {
    return resolver.resolve("db.example", Deadline::after(span), stop_.get_token());
  }
  ~ResolverTest() override { gate_->count_down(); }

  std::shared_ptr<std::latch> gate_ = std::make_shared<std::latch>(1);
};

TEST_F(ResolverTest, tells_an_unknown_name_from_a_name_service_that_fails) {
  for (const int error : {EAI_NONAME, EAI_NODATA}) {
    net::Resolver resolver(answering(error));
    EXPECT_EQ(code(resolve(resolver, 5s)), "dns_not_found");
  }
  for (const int error : {EAI_AGAIN, EAI_FAIL, EAI_SYSTEM}) {
    net::Resolver resolver(answering(error));
    EXPECT_EQ(code(resolve(resolver, 5s)), "dns_failed");
  }
  net::Resolver empty(answering(0));
  EXPECT_EQ(code(resolve(empty, 5s)), "dns_not_found");
}

TEST_F(ResolverTest, does_not_wait_longer_than_the_deadline) {
  net::Resolver resolver(hanging());
  const auto begun = Time::now();
  EXPECT_EQ(code(resolve(resolver, 100ms)), "dns_failed");
  EXPECT_GE(Time::now() - begun, 100ms);
  EXPECT_LT(Time::now() - begun, 300ms);
}

TEST_F(ResolverTest, does_not_wait_after_a_stop) {
  net::Resolver resolver(hanging());
  NetworkResult<std::vector<std::string>> result;
  EXPECT_LT(time_to_cancel([&] { result = resolve(resolver, 30s); }), 100ms);
  EXPECT_EQ(code(result), "cancelled");
}

TEST_F(ResolverTest, a_hanging_name_service_takes_no_more_threads_than_it_may) {
  net::Resolver resolver(hanging(), 2);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(code(resolve(resolver, 10ms)), "dns_failed");
  EXPECT_EQ(code(resolve(resolver, 50ms)), "dns_failed") << "no thread is free";
  gate_->count_down();
  EXPECT_THAT(*resolve(resolver, 5s), ElementsAre("10.0.0.1"));
  gate_ = std::make_shared<std::latch>(1);
}

TEST_F(ResolverTest, may_die_while_a_lookup_runs) {
  {
    net::Resolver resolver(hanging());
    EXPECT_EQ(code(resolve(resolver, 10ms)), "dns_failed");
  }
  gate_->count_down();
  gate_ = std::make_shared<std::latch>(1);
  std::this_thread::sleep_for(20ms);
}

// ---- TCP

TEST_F(NetworkTest, connects) {
  TcpServer server(TcpServer::silent());
  EXPECT_EQ(*network_->connect({"127.0.0.1"}, server.port(), {}, within(5s)), "127.0.0.1");
}

TEST_F(NetworkTest, tells_a_refusal) {
  const auto result = network_->connect({"127.0.0.1"}, closed_port(), {}, within(5s));
  EXPECT_EQ(code(result), "tcp_refused");
  EXPECT_EQ(detail(result), "127.0.0.1");
}

TEST_F(NetworkTest, goes_on_to_the_next_address) {
  TcpServer server(TcpServer::silent());
  EXPECT_EQ(*network_->connect({"127.0.0.2", "::1", "127.0.0.1"}, server.port(), {}, within(5s)),
            "127.0.0.1");
}

TEST_F(NetworkTest, leaves_time_for_the_next_address) {
  TcpServer server(TcpServer::silent());
  const FullQueue silent("127.0.0.2", server.port());
  const auto begun = Time::now();
  EXPECT_EQ(*network_->connect({"127.0.0.2", "127.0.0.1"}, server.port(), {}, within(600ms)), "127.0.0.1");
  EXPECT_GE(Time::now() - begun, 250ms);
  EXPECT_LT(Time::now() - begun, 550ms);
}

TEST_F(NetworkTest, gives_up_at_the_deadline) {
  const FullQueue silent;
  const auto begun = Time::now();
  const auto result = network_->connect({"127.0.0.1"}, silent.port(), {}, within(200ms));
  EXPECT_EQ(code(result), "tcp_timeout");
  EXPECT_GE(Time::now() - begun, 200ms);
  EXPECT_LT(Time::now() - begun, 300ms);
}

TEST_F(NetworkTest, gives_up_at_its_own_limit) {
  NetworkSettings settings;
  settings.connect_limit = 200ms;
  const FullQueue silent;
  const auto begun = Time::now();
  EXPECT_EQ(code(make_network(settings)->connect({"127.0.0.1"}, silent.port(), {}, within(30s))),
            "tcp_timeout");
  EXPECT_LT(Time::now() - begun, 1s);
}

TEST_F(NetworkTest, the_failure_that_tells_most_wins) {
  const FullQueue silent;
  const auto result =
      network_->connect({"127.0.0.1", "127.0.0.2", "127.0.0.3"}, silent.port(), {}, within(500ms));
  EXPECT_EQ(code(result), "tcp_refused");
  EXPECT_EQ(detail(result), "127.0.0.2, 127.0.0.3");
}

TEST_F(NetworkTest, a_connection_attempt_ends_at_a_stop) {
  const FullQueue silent;
  NetworkResult<std::string> result;
  EXPECT_LT(
      time_to_cancel([&] { result = network_->connect({"127.0.0.1"}, silent.port(), {}, within(30s)); }),
      100ms);
  EXPECT_EQ(code(result), "cancelled");
  EXPECT_EQ(code(network_->connect({"127.0.0.1"}, silent.port(), {}, within(30s))), "cancelled");
}

TEST_F(NetworkTest, has_nowhere_to_go_without_addresses) {
  EXPECT_EQ(code(network_->connect({}, 5432, {}, within(1s))), "tcp_unreachable");
  EXPECT_EQ(code(network_->connect({"localhost"}, 5432, {}, within(1s))), "tcp_unreachable");
}

// ---- greetings

class GreetingTest : public NetworkTest {
 protected:
  // Kafka's ApiVersions; an answer is short, so its length begins with zeros.
  const Greeting greeting_{std::string("\0\0\0\x0e\0\x12\0\0\0\0\0\0\0\4akko", 18), std::string(2, '\0')};

  NetworkResult<std::string> greet(std::uint16_t port, std::chrono::milliseconds span = 5s) {
    return network_->connect({"127.0.0.1"}, port, greeting_, within(span));
  }

  // Reads the greeting, then says the pieces one after the other.
  TcpServer::Serve answering(std::vector<std::string> pieces) const {
    return [expected = greeting_.send, pieces = std::move(pieces)](int socket) {
      const int yes = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
      std::string got(expected.size(), '\0');
      if (::recv(socket, got.data(), got.size(), MSG_WAITALL) < 0 || got != expected) return;
      for (const auto& piece : pieces) {
        ::send(socket, piece.data(), piece.size(), MSG_NOSIGNAL);
        std::this_thread::sleep_for(20ms);
      }
    };
  }
};

TEST_F(GreetingTest, the_right_service_answers_as_expected) {
  TcpServer whole(answering({std::string("\0\0\1\x12more", 8)}));
  EXPECT_EQ(*greet(whole.port()), "127.0.0.1");
  TcpServer byte_by_byte(answering({std::string(1, '\0'), std::string(1, '\0'), "more"}));
  EXPECT_EQ(*greet(byte_by_byte.port()), "127.0.0.1");
}

TEST_F(GreetingTest, another_service_is_told) {
  TcpServer http(TcpServer::plain("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const auto result = greet(http.port());
  EXPECT_EQ(code(result), "wrong_service");
  EXPECT_EQ(detail(result), "127.0.0.1");
  TcpServer similar(answering({std::string(1, '\0'), "x"}));
  EXPECT_EQ(code(greet(similar.port())), "wrong_service");
  TcpServer encrypted(answering({std::string("\x15\x03\x03\0\2\2\x50", 7)}));
  EXPECT_EQ(code(greet(encrypted.port())), "tls_required");
}

TEST_F(GreetingTest, who_says_nothing_or_half_of_it_is_no_other_service) {
  TcpServer silent(TcpServer::silent());
  const auto begun = Time::now();
  EXPECT_EQ(code(greet(silent.port(), 200ms)), "timeout");
  EXPECT_GE(Time::now() - begun, 200ms);
  EXPECT_LT(Time::now() - begun, 1s);
  TcpServer hesitant(TcpServer::plain(std::string(1, '\0')));
  EXPECT_EQ(code(greet(hesitant.port(), 200ms)), "timeout");
  TcpServer closing([](int) {});
  EXPECT_EQ(code(greet(closing.port())), "connection_closed");
  TcpServer breaking_off(answering({std::string(1, '\0')}));
  EXPECT_EQ(code(greet(breaking_off.port())), "connection_closed");
}

TEST_F(GreetingTest, ends_at_its_own_limit_and_at_a_stop) {
  TcpServer silent(TcpServer::silent());
  NetworkSettings settings;
  settings.connect_limit = 200ms;
  const auto begun = Time::now();
  const auto impatient = make_network(settings);
  EXPECT_EQ(code(impatient->connect({"127.0.0.1"}, silent.port(), greeting_, within(30s))), "timeout");
  EXPECT_LT(Time::now() - begun, 1s);
  NetworkResult<std::string> result;
  EXPECT_LT(time_to_cancel([&] { result = greet(silent.port(), 30s); }), 100ms);
  EXPECT_EQ(code(result), "cancelled");
}

TEST_F(GreetingTest, goes_on_to_the_next_address) {
  TcpServer kafka(answering({std::string(4, '\0')}));
  EXPECT_EQ(*network_->connect({"127.0.0.2", "127.0.0.1"}, kafka.port(), greeting_, within(5s)), "127.0.0.1");
}

// ---- TLS

TEST_F(NetworkTest, reports_a_handshake) {
  const auto report = shake(CertificateSpec{});
  ASSERT_TRUE(report) << report.error().code << ' ' << report.error().detail;
  EXPECT_EQ(report->version, "TLSv1.3");
  EXPECT_FALSE(report->trusted) << "self-signed: Trino's trust store decides, not this machine's";
  EXPECT_EQ(report->issuer, "localhost");
  EXPECT_THAT(report->not_after, MatchesRegex("20..-..-.."));
}

TEST_F(NetworkTest, speaks_tls_1_2) {
  const auto context = Identity(CertificateSpec{}).context();
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  TcpServer server(TcpServer::tls(context));
  EXPECT_EQ(shake(server.port())->version, "TLSv1.2");
}

TEST_F(NetworkTest, tells_a_server_that_offers_older_versions_only) {
  const auto context = Identity(CertificateSpec{}).context();
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  TcpServer server(TcpServer::tls(context));
  EXPECT_EQ(code(shake(server.port())), "tls_failed");
}

TEST_F(NetworkTest, tells_an_expired_certificate) {
  CertificateSpec spec;
  spec.from_seconds = -2 * 86400;
  spec.to_seconds = -86400;
  const auto result = shake(spec);
  EXPECT_EQ(code(result), "tls_expired");
  EXPECT_THAT(detail(result), MatchesRegex("20..-..-.."));
  EXPECT_EQ(result.error().message, "The certificate of {host} ended on {1}.");
  spec.from_seconds = 86400;
  spec.to_seconds = 2 * 86400;
  const auto early = shake(spec);
  EXPECT_THAT(detail(early), MatchesRegex("20..-..-.."));
  EXPECT_EQ(early.error().message, "The certificate of {host} is not valid before {1}.");
}

TEST_F(NetworkTest, tells_a_certificate_for_another_name_and_its_names) {
  CertificateSpec spec;
  spec.names = "DNS:db.example,DNS:*.db.example,IP:10.1.2.3,IP:fd00::1";
  const auto result = shake(spec);
  EXPECT_EQ(code(result), "tls_name");
  EXPECT_EQ(detail(result), "db.example, *.db.example, 10.1.2.3, fd00::1");
  spec.names = "";
  spec.common_name = "old.example";
  EXPECT_EQ(detail(shake(spec)), "old.example");
}

TEST_F(NetworkTest, compares_names_as_java_does) {
  const auto matches = [this](const std::string& names, const std::string& host) {
    CertificateSpec spec;
    spec.names = names;
    spec.common_name = "db.example";
    Network::TlsRequest request;
    request.host = host;
    return code(shake(spec, request)).empty();
  };
  EXPECT_TRUE(matches("DNS:db.example", "DB.example"));
  EXPECT_TRUE(matches("DNS:db.example", "db.example."));
  EXPECT_TRUE(matches("DNS:*.db.example", "a.db.example"));
  EXPECT_FALSE(matches("DNS:*.db.example", "a.b.db.example"));
  EXPECT_TRUE(matches("IP:10.1.2.3", "10.1.2.3"));
  EXPECT_FALSE(matches("DNS:10.1.2.3", "10.1.2.3"));
  EXPECT_TRUE(matches("", "db.example")) << "the common name counts where there are no others";
  EXPECT_FALSE(matches("DNS:other.example", "db.example"));
}

TEST_F(NetworkTest, without_verification_the_handshake_alone_counts) {
  CertificateSpec spec;
  spec.names = "DNS:other.example";
  spec.from_seconds = -2 * 86400;
  spec.to_seconds = -86400;
  Network::TlsRequest request;
  request.verify = false;
  EXPECT_TRUE(shake(spec, request));
}

TEST_F(NetworkTest, sends_the_name_of_a_host_but_no_address) {
  std::mutex mutex;
  std::vector<std::string> seen;
  const auto context = Identity(CertificateSpec{}).context();
  {
    TcpServer server(TcpServer::tls(context, "", "", [&](const char* name) {
      const std::lock_guard lock(mutex);
      seen.emplace_back(name == nullptr ? "none" : name);
    }));
    for (const auto* host : {"localhost", "localhost.", "127.0.0.1", "::1"}) {
      Network::TlsRequest request;
      request.host = host;
      static_cast<void>(shake(server.port(), request));
    }
  }
  EXPECT_THAT(seen, ElementsAre("localhost", "localhost", "none", "none"));
}

TEST_F(NetworkTest, tells_a_server_that_speaks_plainly) {
  for (const auto* text : {"HTTP/1.1 400 Bad Request\r\n\r\n", "220 ready\r\n", "J",
                           "\x4a\x00\x00\x00\x0a"
                           "8.0"}) {
    TcpServer server(TcpServer::plain(text));
    EXPECT_EQ(code(shake(server.port())), "tls_none") << text;
  }
}

TEST_F(NetworkTest, tells_a_server_that_closes) {
  TcpServer at_once([](int) {});
  EXPECT_EQ(code(shake(at_once.port())), "connection_closed");
  const std::string beginning("\x16\x03\x03\x00\x40half", 9);
  TcpServer leaving([beginning](int socket) {
    std::string hello(4096, '\0');
    ::recv(socket, hello.data(), hello.size(), 0);
    ::send(socket, beginning.data(), beginning.size(), MSG_NOSIGNAL);
  });
  EXPECT_EQ(code(shake(leaving.port())), "tls_failed");
  TcpServer half_way(TcpServer::plain(beginning));
  Network::TlsRequest request;
  request.host = "localhost";
  request.address = "127.0.0.1";
  request.port = half_way.port();
  EXPECT_EQ(code(network_->handshake(request, within(300ms))), "timeout") << "says a little and waits";
}

TEST_F(NetworkTest, tells_a_refusal_inside_tls) {
  TcpServer alert(TcpServer::plain(std::string("\x15\x03\x03\x00\x02\x02\x28", 7)));  // handshake_failure
  const auto result = shake(alert.port());
  EXPECT_EQ(code(result), "tls_failed");
  EXPECT_THAT(detail(result), HasSubstr("handshake failure"));
}

TEST_F(NetworkTest, asks_first_where_the_protocol_wants_it) {
  Network::TlsRequest request;
  request.start.send = std::string("\0\0\0\x08\x04\xd2\x16\x2f", 8);  // PostgreSQL's SSLRequest
  request.start.expect = "S";
  const auto context = Identity(CertificateSpec{}).context();
  TcpServer willing(TcpServer::tls(context, request.start.send, "S"));
  EXPECT_EQ(shake(willing.port(), request)->version, "TLSv1.3");
  TcpServer unwilling(TcpServer::plain("N"));
  EXPECT_EQ(code(shake(unwilling.port(), request)), "tls_none");
  TcpServer gone([](int) {});
  EXPECT_EQ(code(shake(gone.port(), request)), "connection_closed");
  request.start.expect = "yes";
  TcpServer partly(TcpServer::plain("yeah"));
  EXPECT_EQ(code(shake(partly.port(), request)), "tls_none");
}

TEST_F(NetworkTest, a_silent_server_times_out) {
  TcpServer server(TcpServer::silent());
  Network::TlsRequest request;
  request.host = "localhost";
  request.address = "127.0.0.1";
  request.port = server.port();
  const auto begun = Time::now();
  EXPECT_EQ(code(network_->handshake(request, within(200ms))), "timeout");
  EXPECT_GE(Time::now() - begun, 200ms);
  EXPECT_LT(Time::now() - begun, 300ms);
  NetworkResult<Network::TlsReport> result;
  EXPECT_LT(time_to_cancel([&] { result = network_->handshake(request, within(30s)); }), 100ms);
  EXPECT_EQ(code(result), "cancelled");
}

TEST_F(NetworkTest, a_server_that_wants_a_client_certificate_is_no_hang) {
  const auto context = Identity(CertificateSpec{}).context();
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  TcpServer server(TcpServer::tls(context));
  const auto result = shake(server.port());
  EXPECT_TRUE(result || code(result) == "tls_failed");
}

TEST_F(NetworkTest, many_steps_run_side_by_side) {
  TcpServer server(TcpServer::silent());
  const FullQueue silent;
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (!network_->resolve("127.0.0.1", within(5s))) ++wrong;
      if (code(network_->connect({"127.0.0.1"}, silent.port(), {}, within(100ms))) != "tcp_timeout") ++wrong;
      if (code(shake(closed_port())) != "tcp_refused") ++wrong;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace akko
