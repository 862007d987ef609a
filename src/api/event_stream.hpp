// Server-sent events: an answer that goes on while things happen. Producers push on any thread; the
// connection takes what is there and writes it.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

namespace akko::api {

struct Event {
  std::string event;  // its type; "" = message
  std::string id;     // "" = none
  std::string data;   // may have several lines
};

// As text/event-stream wants it. Line breaks in type and id become blanks.
std::string format_event(const Event& event);

// The events of one answer. Shared by the connection and whoever pushes; any thread; never waits.
class EventStream {
 public:
  explicit EventStream(std::size_t max_buffered_bytes = 256 * 1024) : max_bytes_(max_buffered_bytes) {}
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  // False when the event will not be sent: the stream is closed or the client has gone. A client that reads
  // so slowly that the buffer overflows counts as gone.
  bool push(const Event& event);
  // No more events: what is buffered is sent, then the answer ends.
  void close();
  // Nothing can be pushed any more.
  bool closed() const;

  // To be said before the answer begins: work of this server feeds the stream and will close it. While the
  // server drains the answer then goes on to its end.
  void expect_end() { end_expected_ = true; }
  bool end_expected() const { return end_expected_; }

  // Requested when nobody will read on (the client has left or is too slow) and when the server stops hard.
  // In the latter case last words may still be pushed.
  std::stop_token stop_token() const { return stop_.get_token(); }

  // ---- for the connection

  // `wake` is called, on any thread, when there is something new to take; once until the next take().
  // It must not call the stream.
  void attach(std::function<void()> wake);
  // Returns when `wake` runs no more and never will again.
  void detach();

  struct Taken {
    std::string bytes;
    bool ended = false;  // nothing will follow `bytes`
    bool cut = false;    // abandoned: the answer is not whole
  };
  Taken take();

  void request_stop();
  // Requests stop and drops what is buffered: nobody reads on.
  void abandon();

 private:
  void wake();

  const std::size_t max_bytes_;
  std::stop_source stop_;
  std::atomic<bool> end_expected_ = false;
  mutable std::mutex mutex_;
  std::string buffer_;
  std::function<void()> wake_;
  bool woken_ = false;
  bool closed_ = false;
  bool abandoned_ = false;
};

}  // namespace akko::api
