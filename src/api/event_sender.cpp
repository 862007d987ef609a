// Coroutines: see the head of session.cpp.
#include "api/event_sender.hpp"

#include <utility>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "api/wire.hpp"

namespace akko::api {
namespace {

using Time = std::chrono::steady_clock;

// A comment, which clients skip: keeps proxies from closing and finds out whether the client is still there.
constexpr std::string_view kPing = ":\n\n";

// A client that vanished without a word is noticed when a ping is not acknowledged for that long.
void expect_acknowledgement(Socket& socket, std::chrono::milliseconds within) {
  const auto value = static_cast<unsigned>(within.count());
  static_cast<void>(
      ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &value, sizeof(value)));
}

}  // namespace

EventSender::EventSender(IoThread& io, Socket& socket, std::shared_ptr<EventStream> stream,
                         const std::stop_token& hard_stop, const Settings& settings)
    : io_(io),
      socket_(socket),
      stream_(std::move(stream)),
      settings_(settings),
      timer_(io.context().get_executor()),
      deadline_(Time::time_point::max()),
      written_(Time::now()),
      working_(settings.working) {
  on_hard_stop_.emplace(hard_stop, [events = stream_] { events->request_stop(); });
  expect_acknowledgement(socket_, settings_.write_timeout);
}

Task<bool> EventSender::run(bool head_sent) {
  // The stream calls only while it is attached, and this object lives at least that long.
  stream_->attach([this] { asio::post(io_.context(), [self = shared_from_this()] { self->wake(); }); });
  if (!head_sent) leave();
  while (!left_ && !ended_) {
    take();
    if (piece_.empty() && !ended_) co_await wait();
    if (!piece_.empty() && !left_) co_await write();
  }
  stream_->detach();
  stream_->close();  // whoever still pushes learns that nobody reads
  while (working_) {
    timer_.expires_at(Time::time_point::max());
    if (!woken_) co_await timer_.async_wait(kAwait);
    woken_ = false;
  }
  co_return !left_;
}

// What to write next. While the server drains, a stream ends when no work of this server feeds it any more.
void EventSender::take() {
  auto taken = stream_->take();
  if (taken.cut) return leave();
  ended_ = taken.ended || (io_.draining() && !working_ && !stream_->end_expected());
  piece_ = settings_.chunked && !taken.bytes.empty() ? chunk(taken.bytes) : std::move(taken.bytes);
  if (settings_.chunked && ended_) piece_ += kLastChunk;
}

// Until there is something new, or it has been silent for so long that a ping is due.
Task<void> EventSender::wait() {
  timer_.expires_at(written_ + settings_.ping_interval);
  if (!woken_) co_await timer_.async_wait(kAwait);
  if (!std::exchange(woken_, false)) piece_ = settings_.chunked ? chunk(kPing) : std::string(kPing);
}

Task<void> EventSender::write() {
  deadline_ = Time::now() + settings_.write_timeout;
  const asio::const_buffer bytes(piece_.data(), piece_.size());
  const auto [error, count] = co_await asio::async_write(socket_, bytes, kAwait);
  deadline_ = Time::time_point::max();
  written_ = Time::now();
  piece_.clear();
  if (error) leave();
}

void EventSender::work_ended() {
  working_ = false;
  wake();
}

void EventSender::check_deadline(Time::time_point now) {
  if (now >= deadline_) leave();
}

void EventSender::leave() {
  if (std::exchange(left_, true)) return;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  stream_->abandon();
  wake();
}

void EventSender::wake() {
  woken_ = true;
  timer_.cancel();
}

}  // namespace akko::api
