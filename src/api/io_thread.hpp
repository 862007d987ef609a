// One I/O thread: an io_context of its own and the connections that live on it.
#pragma once

#include <chrono>
#include <ctime>
#include <string>
#include <thread>
#include <unordered_set>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace akko::api {

namespace asio = boost::asio;

// Asio's types for this one kind of executor: no type erasure on the way of every read and write.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
template <typename T>
using Task = asio::awaitable<T, Executor>;

// The one completion token: errors are values.
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> kAwait{asio::use_awaitable_t<Executor>{}};

// Whether the client has closed the connection, or its sending half. Sees past bytes that it sent before and
// that nobody has read yet. Never waits.
bool peer_has_left(Socket& socket);

// What an I/O thread does to its connections. Called on that thread only.
class Connection {
 public:
  virtual ~Connection() = default;
  // Every 100 ms: ends what takes too long, notices clients that have left.
  virtual void check(std::chrono::steady_clock::time_point now) = 0;
  // The drain begins: nothing new is to be begun.
  virtual void drain() = 0;
  virtual void close() = 0;
};

// A connection never leaves its thread, so its state needs no lock. All methods but start, drain,
// close_all and join are for that thread.
class IoThread {
 public:
  IoThread();

  void start();
  // Idle connections are closed now, the others after the answer they are at.
  void drain();
  // Every connection is closed now.
  void close_all();
  // Returns when the last connection has ended.
  void join();

  asio::io_context& context() { return context_; }
  bool draining() const { return draining_; }
  void add(Connection& connection);
  void remove(Connection& connection);
  // The Date header of this second.
  const std::string& date();

 private:
  void arm();
  void sweep();

  asio::io_context context_{1};
  asio::executor_work_guard<Executor> work_;
  std::unordered_set<Connection*> connections_;
  Timer tick_;  // runs while there are connections: one timer for all their deadlines
  bool draining_ = false;
  std::time_t date_of_ = 0;
  std::string date_;
  std::thread thread_;
};

// The connection's place among those of its thread.
class Membership {
 public:
  Membership(IoThread& io, Connection& connection) : io_(io), connection_(connection) {
    io_.add(connection_);
  }
  ~Membership() { io_.remove(connection_); }
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;

 private:
  IoThread& io_;
  Connection& connection_;
};

}  // namespace akko::api
