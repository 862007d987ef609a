// One connection: reads requests under limits, has them answered, writes the answers. For session.cpp alone:
// the other files of the edge need not see Beast.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/core/flat_buffer.hpp>

#include "api/edge.hpp"
#include "api/io_thread.hpp"
#include "api/request_parser.hpp"

namespace akko::api {

// Overwrites memory before it gives it back: request bodies hold passwords.
template <typename T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <typename U>
  explicit WipingAllocator(const WipingAllocator<U>&) {}
  T* allocate(std::size_t count);
  void deallocate(T* memory, std::size_t count) noexcept;
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

// Lives on its I/O thread, held by its own coroutine. Only `work` runs elsewhere: on a worker, while the
// coroutine waits for it and touches neither request nor response.
class Session final : public Connection, public std::enable_shared_from_this<Session> {
 public:
  // `overloaded`: there is no room for this connection, it gets a 503 and no more.
  Session(Edge& edge, IoThread& io, Socket socket, std::string peer, bool overloaded);
  ~Session() override;

  // The life of the connection. Whoever spawns it keeps a reference until it has ended.
  Task<void> run();

  void check_deadline(std::chrono::steady_clock::time_point now) override;
  void close_if_idle() override;
  void close() override;

 private:
  using Buffer = boost::beast::basic_flat_buffer<WipingAllocator<char>>;

  enum class Reading : unsigned char {
    complete,  // request_ is there
    refused,   // response_ says why; the rest of the request is not read
    gone,      // nobody waits for an answer
  };

  void begin_request();
  Task<Reading> read_request();
  Task<Reading> read_header();
  Reading judge_header();
  Task<Reading> read_body();
  Task<bool> fill(std::size_t most);
  Task<bool> allow_body();
  Task<void> answer();
  Task<bool> send();
  Task<void> linger();
  void forget_request();

  bool hand_to_worker();
  void work();
  bool reserve_body();
  Reading refuse(int status, std::string_view code, std::string_view detail);
  Reading refuse_unreadable(const RequestParser::ErrorCode& error);
  Reading reading_failed();
  void within(std::chrono::steady_clock::duration span);

  Edge& edge_;
  IoThread& io_;
  Socket socket_;
  const std::string peer_;
  const bool overloaded_;
  Buffer buffer_;
  std::optional<RequestParser> parser_;
  Request request_;
  Response response_;
  std::string head_;  // status line and headers of the answer
  Timer answered_;    // never expires; cancelled when the worker is done
  std::chrono::steady_clock::time_point deadline_;
  std::size_t reserved_body_bytes_ = 0;
  bool idle_ = true;         // nothing is lost when the connection is closed now
  bool first_ = true;        // no request has been answered yet
  bool timed_out_ = false;   // `deadline_` has passed
  bool keep_alive_ = false;  // after the answer at hand
  bool unread_ = false;      // the client may still be sending what nobody will read
};

}  // namespace akko::api
