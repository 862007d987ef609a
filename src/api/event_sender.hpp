// Writes the events of one answer to its connection, until they end or the client has gone.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "api/event_stream.hpp"
#include "api/io_thread.hpp"

namespace akko::api {

// Lives on the I/O thread of its connection, whose socket outlives run(). A shared object, because wake-ups
// on their way to the I/O thread may arrive after the answer has ended.
class EventSender final : public std::enable_shared_from_this<EventSender> {
 public:
  struct Settings {
    bool chunked = true;   // else the answer ends with the connection
    bool working = false;  // the work behind the stream runs; see work_ended()
    std::chrono::milliseconds write_timeout{0};
    std::chrono::milliseconds ping_interval{0};
  };
  // `hard_stop`: of the server; tells the producers.
  EventSender(IoThread& io, Socket& socket, std::shared_ptr<EventStream> stream,
              const std::stop_token& hard_stop, const Settings& settings);

  // Returns when the answer has ended and the work behind it too. True: it is whole, and where it is chunked
  // the connection may go on. `head_sent`: false = the client has gone already.
  Task<bool> run(bool head_sent);

  void work_ended();
  // To be called now and then: ends writes that take too long.
  void check_deadline(std::chrono::steady_clock::time_point now);
  // The client has gone, or the connection must end now.
  void leave();
  // There is something new: events, the end of the work, the begin of the drain.
  void wake();

 private:
  void take();
  Task<void> wait();
  Task<void> write();

  IoThread& io_;
  Socket& socket_;
  const std::shared_ptr<EventStream> stream_;
  const Settings settings_;
  Timer timer_;
  std::optional<std::stop_callback<std::function<void()>>> on_hard_stop_;
  std::chrono::steady_clock::time_point deadline_;  // of the write at hand
  std::chrono::steady_clock::time_point written_;   // when the last one ended
  std::string piece_;                               // to be written next
  bool working_;
  bool woken_ = false;
  bool ended_ = false;  // `piece_` is the last one
  bool left_ = false;
};

}  // namespace akko::api
