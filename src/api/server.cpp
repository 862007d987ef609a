#include "api/server.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "api/edge.hpp"
#include "base/log.hpp"

namespace akko::api {
namespace {

using SystemError = boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Endpoint = asio::ip::tcp::endpoint;

// Connections beyond the limit that are told so; those beyond these are closed without a word.
constexpr std::size_t kRefusals = 64;
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::milliseconds kPoll{5};
// After the drain: for the last answers to reach their clients.
constexpr std::chrono::seconds kLastAnswers{1};

Result<Endpoint> endpoint_of(const ServerSettings& settings) {
  std::string_view address = settings.address;
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  SystemError error;
  const auto parsed = asio::ip::make_address(address, error);
  if (error) {
    return fail(ErrorCode::invalid_argument, "listen_address",
                "not an IP address to listen on: " + settings.address, "Set AKKO_LISTEN to address:port.");
  }
  return Endpoint(parsed, settings.port);
}

std::string text_of(const Endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  const auto port = ':' + std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? '[' + address + ']' + port : address + port;
}

tl::unexpected<Error> cannot_listen(const Endpoint& endpoint, const SystemError& error) {
  const auto where = text_of(endpoint);
  const std::string fix = "Set AKKO_LISTEN to another address:port.";
  if (error == asio::error::address_in_use) {
    return fail(ErrorCode::unavailable, "address_in_use",
                "address in use: another process listens on " + where + "; set AKKO_LISTEN", fix);
  }
  if (error == asio::error::access_denied) {
    return fail(ErrorCode::permission_denied, "listen_denied",
                "not permitted to listen on " + where + ": ports below 1024 need a privilege", fix);
  }
  return fail(ErrorCode::unavailable, "listen_failed", "cannot listen on " + where + ": " + error.message(),
              fix);
}

SystemError listen(Acceptor& acceptor, const Endpoint& endpoint) {
  SystemError error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(Acceptor::max_listen_connections, error);
  return error;
}

class HttpServer final : public Server {
 public:
  HttpServer(ServerSettings settings, const Router& router)
      : edge_(std::move(settings), router),
        io_(make_threads(edge_.settings.io_threads)),
        acceptor_(io_.front()->context()),
        pause_(io_.front()->context()) {}
  ~HttpServer() override { stop(std::chrono::seconds(0)); }

  Result<void> start();

  std::uint16_t port() const override { return port_; }
  void stop(std::chrono::seconds drain) override;
  std::size_t connections() const override { return edge_.connections; }
  std::size_t queued_requests() const override { return edge_.workers.queued(); }

 private:
  using Threads = std::vector<std::unique_ptr<IoThread>>;

  static Threads make_threads(unsigned count) {
    Threads threads;
    for (unsigned i = 0; i < std::max(count, 1U); ++i) threads.push_back(std::make_unique<IoThread>());
    return threads;
  }

  Task<void> accept();
  void admit(Socket socket, IoThread& io);
  void stop_accepting();
  void wait_for_work(std::chrono::steady_clock::duration span) const;

  Edge edge_;
  Threads io_;
  Acceptor acceptor_;  // accepts on the first I/O thread
  Timer pause_;
  std::uint16_t port_ = 0;
  std::mutex stop_mutex_;
  bool stopped_ = false;
};

Result<void> HttpServer::start() {
  AKKO_TRY(const Endpoint endpoint, endpoint_of(edge_.settings));
  if (const auto error = listen(acceptor_, endpoint)) return cannot_listen(endpoint, error);
  port_ = acceptor_.local_endpoint().port();
  asio::co_spawn(io_.front()->context(), accept(), [](const std::exception_ptr& exception) {
    if (exception) log::error("an exception ended the listener");
  });
  for (auto& io : io_) io->start();
  return {};
}

Task<void> HttpServer::accept() {
  for (std::size_t next = 0; acceptor_.is_open(); next = (next + 1) % io_.size()) {
    IoThread& io = *io_[next];
    Socket socket(io.context());
    const auto [error] = co_await acceptor_.async_accept(socket, kAwait);
    if (!error) {
      admit(std::move(socket), io);
    } else if (acceptor_.is_open()) {
      log::warn("cannot accept a connection", {{"error", error.message()}});
      pause_.expires_after(kAcceptPause);  // out of file descriptors: trying at once would spin
      co_await pause_.async_wait(kAwait);
    }
  }
}

void HttpServer::admit(Socket socket, IoThread& io) {
  const std::size_t count = ++edge_.connections;
  const std::size_t limit = edge_.settings.max_connections;
  SystemError error;
  const auto peer = socket.remote_endpoint(error);
  if (error || count > limit + kRefusals) {
    --edge_.connections;
    return;
  }
  serve_connection(edge_, io, std::move(socket), peer.address().to_string(), count > limit);
}

void HttpServer::stop_accepting() {
  asio::post(io_.front()->context(), [this] {
    SystemError ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  });
}

// Until every connection has ended, and what goes on after its answer.
void HttpServer::wait_for_work(std::chrono::steady_clock::duration span) const {
  const auto until = std::chrono::steady_clock::now() + span;
  while ((edge_.connections > 0 || edge_.background > 0) && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(kPoll);
  }
}

void HttpServer::stop(std::chrono::seconds drain) {
  const std::lock_guard lock(stop_mutex_);
  if (std::exchange(stopped_, true)) return;
  stop_accepting();
  for (auto& io : io_) io->drain();
  wait_for_work(drain);
  edge_.stop.request_stop();
  edge_.workers.drain();
  wait_for_work(kLastAnswers);
  for (auto& io : io_) io->close_all();
  for (auto& io : io_) io->join();
}

}  // namespace

Result<std::unique_ptr<Server>> start_server(ServerSettings settings, const Router& router) {
  auto server = std::make_unique<HttpServer>(std::move(settings), router);
  AKKO_CHECK(server->start());
  return server;
}

}  // namespace akko::api
