#include "api/io_thread.hpp"

#include <ctime>

#include <poll.h>

#include <boost/asio/post.hpp>

#include "api/wire.hpp"

namespace akko::api {
namespace {

// How late a deadline may be noticed. Deadlines are seconds.
constexpr std::chrono::milliseconds kTick{100};

}  // namespace

bool peer_has_left(Socket& socket) {
  if (!socket.is_open()) return true;
  pollfd watched{};
  watched.fd = socket.native_handle();
  watched.events = POLLRDHUP;
  return ::poll(&watched, 1, 0) > 0 && (watched.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

IoThread::IoThread() : work_(context_.get_executor()), tick_(context_.get_executor()) {}

void IoThread::start() {
  thread_ = std::thread([this] { context_.run(); });
}

void IoThread::drain() {
  asio::post(context_, [this] {
    draining_ = true;
    for (Connection* connection : connections_) connection->drain();
  });
}

void IoThread::close_all() {
  asio::post(context_, [this] {
    for (Connection* connection : connections_) connection->close();
  });
}

void IoThread::join() {
  work_.reset();
  if (thread_.joinable()) thread_.join();
}

void IoThread::add(Connection& connection) {
  connections_.insert(&connection);
  if (connections_.size() == 1) arm();
}

void IoThread::remove(Connection& connection) {
  connections_.erase(&connection);
  if (connections_.empty()) tick_.cancel();
}

const std::string& IoThread::date() {
  const std::time_t now = std::time(nullptr);
  if (now != date_of_) {
    date_ = http_date(now);
    date_of_ = now;
  }
  return date_;
}

void IoThread::arm() {
  tick_.expires_after(kTick);
  tick_.async_wait([this](const boost::system::error_code& error) {
    if (!error) sweep();
  });
}

void IoThread::sweep() {
  const auto now = std::chrono::steady_clock::now();
  for (Connection* connection : connections_) connection->check(now);
  if (!connections_.empty()) arm();
}

}  // namespace akko::api
