// One connection: reads requests under limits, has them answered, writes the answers. For session.cpp alone:
// the other files of the edge need not see Beast.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <boost/beast/core/flat_buffer.hpp>

#include "api/edge.hpp"
#include "api/event_sender.hpp"
#include "api/io_thread.hpp"
#include "api/request_parser.hpp"
#include "api/wiping_allocator.hpp"

namespace akko::api {

// Lives on its I/O thread, held by its own coroutine. Only `work` runs elsewhere: on a worker, while the
// coroutine waits for it and touches neither request nor response; and the work behind a stream, until whose
// end the coroutine leaves both unchanged.
class Session final : public Connection, public std::enable_shared_from_this<Session> {
 public:
  // `overloaded`: there is no room for this connection, it gets a 503 and no more.
  Session(Edge& edge, IoThread& io, Socket socket, std::string peer, bool overloaded);
  ~Session() override;

  // The life of the connection. Whoever spawns it keeps a reference until it has ended.
  Task<void> run();

  void check(std::chrono::steady_clock::time_point now) override;
  void drain() override;
  void close() override;

 private:
  using Buffer = boost::beast::basic_flat_buffer<WipingAllocator<char>>;

  enum class Reading : unsigned char {
    complete,  // request_ is there
    refused,   // response_ says why; the rest of the request is not read
    gone,      // nobody waits for an answer
  };

  // The stop of a request that ends when its client leaves.
  struct Watch {
    explicit Watch(const std::stop_token& hard_stop)
        : on_hard_stop(hard_stop, [source = stop]() mutable { source.request_stop(); }) {}
    std::stop_source stop;
    std::stop_callback<std::function<void()>> on_hard_stop;
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

  void watch_client();
  bool hand_to_worker();
  void work();
  static void go_on(Edge& edge, std::string request_id, std::function<void()> work);
  std::function<void()> take_stream_work();
  void do_stream_work(std::function<void()> work);
  static void stream_work_ended(std::shared_ptr<Session> self);
  bool hand_stream_work_to_worker();
  void begin_stream();
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
  std::optional<Watch> watch_;
  std::shared_ptr<EventSender> events_;  // while the answer is a stream
  bool streaming_ = false;               // the work behind the stream runs
  std::chrono::steady_clock::time_point deadline_;
  std::size_t reserved_body_bytes_ = 0;
  bool idle_ = true;         // nothing is lost when the connection is closed now
  bool first_ = true;        // no request has been answered yet
  bool timed_out_ = false;   // `deadline_` has passed
  bool keep_alive_ = false;  // after the answer at hand
  bool unread_ = false;      // the client may still be sending what nobody will read
};

}  // namespace akko::api
