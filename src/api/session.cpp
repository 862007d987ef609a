// Coroutines: the rules of docs/architecture.md hold here, because g++ 12.2 miscompiles the usual shapes.
// An awaited call gets named objects only; no await inside a condition or another expression.
#include "api/session.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>

#include "api/problem.hpp"
#include "api/wire.hpp"
#include "base/log.hpp"
#include "base/secret.hpp"

namespace akko::api {
namespace {

namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;
using Time = std::chrono::steady_clock;

constexpr std::size_t kReadHeader = 4 * 1024;
constexpr std::size_t kReadBody = 64 * 1024;
constexpr std::size_t kMaxChunkHeader = 8 * 1024;  // and trailers

// How long an early answer may take to reach a client that is still sending: closing at once would
// reset the connection and could take the answer away from it.
constexpr std::chrono::seconds kLinger{5};

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// What is left of head and body after `sent` bytes.
std::array<asio::const_buffer, 2> rest_of(std::string_view head, std::string_view body, std::size_t sent) {
  const std::size_t of_head = std::min(sent, head.size());
  const std::size_t of_body = sent - of_head;
  return {asio::const_buffer(head.data() + of_head, head.size() - of_head),
          asio::const_buffer(body.data() + of_body, body.size() - of_body)};
}

}  // namespace

Session::Session(Edge& edge, IoThread& io, Socket socket, std::string peer, bool overloaded)
    : edge_(edge),
      io_(io),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      overloaded_(overloaded),
      buffer_(edge.settings.max_header_bytes + kReadBody),
      answered_(io.context().get_executor()),
      deadline_(Time::time_point::max()) {}

Session::~Session() {
  forget_request();
  --edge_.connections;
}

void Session::check(Time::time_point now) {
  if ((watch_ || events_) && peer_has_left(socket_)) {
    if (watch_) watch_->stop.request_stop();
    if (events_) events_->leave();
  }
  if (events_) events_->check_deadline(now);
  if (now < deadline_) return;
  timed_out_ = true;
  ErrorCode ignored;
  socket_.cancel(ignored);
}

void Session::drain() {
  if (idle_) close();
  if (events_) events_->wake();
}

void Session::close() {
  if (events_) events_->leave();
  ErrorCode ignored;
  socket_.close(ignored);
}

void Session::within(Time::duration span) {
  deadline_ = Time::now() + span;
  timed_out_ = false;
}

Task<void> Session::run() {
  const Membership membership(io_, *this);
  ErrorCode ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  bool open = true;
  while (open && !io_.draining()) {
    begin_request();
    const Reading reading = co_await read_request();
    if (reading == Reading::gone) co_return;
    if (reading == Reading::complete) co_await answer();
    bool sent = co_await send();
    if (events_) sent = co_await events_->run(sent);
    forget_request();
    open = sent && keep_alive_;
    unread_ = sent && (reading == Reading::refused || buffer_.size() > 0);
  }
  if (unread_) co_await linger();
}

void Session::begin_request() {
  request_.peer = peer_;
  request_.stop = edge_.stop.get_token();
  const ParserLimits limits{edge_.settings.max_header_bytes, edge_.settings.max_body_bytes};
  parser_.emplace(request_, limits);
}

Task<Session::Reading> Session::read_request() {
  if (overloaded_) {
    co_return refuse(503, "too_many_connections", "the server has as many connections as it may have");
  }
  Reading reading = co_await read_header();
  if (reading == Reading::complete) reading = judge_header();
  if (reading == Reading::complete && !parser_->is_done()) reading = co_await read_body();
  co_return reading;
}

Task<Session::Reading> Session::read_header() {
  idle_ = buffer_.size() == 0;
  within(idle_ && !first_ ? edge_.settings.idle_timeout : edge_.settings.header_timeout);
  RequestParser::ErrorCode error;
  while (!parser_->is_header_done()) {
    if (buffer_.size() == 0 || error) {
      const bool filled = co_await fill(kReadHeader);
      if (!filled) co_return reading_failed();
      if (std::exchange(idle_, false) && !first_) within(edge_.settings.header_timeout);
    }
    buffer_.consume(parser_->put(buffer_.data(), error));
    if (error && error != http::error::need_more) co_return refuse_unreadable(error);
  }
  co_return Reading::complete;
}

Session::Reading Session::judge_header() {
  keep_alive_ = parser_->keep_alive();
  identify(request_);
  const auto hosts = request_.header_count("host");
  if (hosts > 1 || (hosts == 0 && !parser_->http_1_0())) {
    return refuse(400, "malformed_request", "exactly one Host header is required");
  }
  if (const auto target = read_target(request_); !target) {
    return refuse(400, target.error().reason, target.error().message);
  }
  if (!host_allowed(request_.header("host"), edge_.settings.allowed_hosts)) {
    return refuse(421, "host_not_allowed",
                  "this server does not answer for the host of the request; set AKKO_ALLOWED_HOSTS");
  }
  const auto expect = request_.header("expect");
  if (!expect.empty() && !same_token(expect, "100-continue")) {
    return refuse(417, "expectation_failed", "only the expectation 100-continue is known");
  }
  if (!reserve_body()) return refuse(503, "overloaded", "too many request bodies are being read");
  return Reading::complete;
}

// Counts the body against the memory that all bodies together may take. A chunked body counts with the
// most it may grow to.
bool Session::reserve_body() {
  if (parser_->is_done()) return true;
  const auto length = parser_->content_length();
  reserved_body_bytes_ = length ? static_cast<std::size_t>(*length) : edge_.settings.max_body_bytes;
  return edge_.body_bytes.fetch_add(reserved_body_bytes_) + reserved_body_bytes_ <=
         edge_.settings.max_buffered_body_bytes;
}

Task<Session::Reading> Session::read_body() {
  within(edge_.settings.body_timeout);
  const bool allowed = co_await allow_body();
  if (!allowed) co_return reading_failed();
  parser_->eager(true);
  RequestParser::ErrorCode error;
  while (!parser_->is_done()) {
    if (buffer_.size() == 0 || error) {
      if (buffer_.size() > kMaxChunkHeader) {
        co_return refuse(400, "malformed_request", "a chunk header or the trailers are too long");
      }
      const bool filled = co_await fill(kReadBody);
      if (!filled) co_return reading_failed();
    }
    buffer_.consume(parser_->put(buffer_.data(), error));
    if (error && error != http::error::need_more) co_return refuse_unreadable(error);
  }
  co_return Reading::complete;
}

// Tells a client that asked first that it may send the body.
Task<bool> Session::allow_body() {
  if (request_.header("expect").empty() || parser_->http_1_0() || buffer_.size() > 0) co_return true;
  const asio::const_buffer text(kContinue.data(), kContinue.size());
  const auto [error, written] = co_await asio::async_write(socket_, text, kAwait);
  co_return !error;
}

Task<bool> Session::fill(std::size_t most) {
  const auto room = buffer_.prepare(most);
  const auto [error, count] = co_await socket_.async_read_some(room, kAwait);
  buffer_.commit(count);
  co_return !error;
}

Session::Reading Session::reading_failed() {
  if (!timed_out_ || idle_) return Reading::gone;
  return refuse(408, "request_timeout", "the request did not arrive in time");
}

Session::Reading Session::refuse_unreadable(const RequestParser::ErrorCode& error) {
  if (error == http::error::header_limit) {
    return refuse(431, "header_too_large", "the request line and headers are too large");
  }
  if (error == http::error::body_limit) {
    return refuse(413, "body_too_large",
                  "the body is larger than " + std::to_string(edge_.settings.max_body_bytes) + " bytes");
  }
  const auto unread = buffer_.data();
  const std::string_view text(static_cast<const char*>(unread.data()), unread.size());
  if (error == http::error::bad_version && names_http_version(text)) {
    return refuse(505, "http_version_not_supported", "this server speaks HTTP/1.1 and HTTP/1.0");
  }
  return refuse(400, "malformed_request", "not a well-formed HTTP/1.1 request: " + error.message());
}

Session::Reading Session::refuse(int status, std::string_view code, std::string_view detail) {
  if (request_.request_id.empty()) identify(request_);
  response_ = problem(status, code, detail, request_);
  edge_.router.count_refusal(request_, status);
  keep_alive_ = false;
  return Reading::refused;
}

Task<void> Session::answer() {
  deadline_ = Time::time_point::max();  // a handler keeps its own deadlines
  if (edge_.router.runs(request_) == Runs::quick) {
    response_ = edge_.router.handle(request_);
    begin_stream();
    co_return;
  }
  if (edge_.router.on_disconnect(request_) == OnDisconnect::cancel) watch_client();
  answered_.expires_at(Time::time_point::max());
  if (hand_to_worker()) {
    co_await answered_.async_wait(kAwait);
  } else {
    response_ = problem(503, "overloaded", "too many requests are waiting", request_);
    edge_.router.count_refusal(request_, response_.status);
  }
  begin_stream();
}

void Session::watch_client() {
  watch_.emplace(edge_.stop.get_token());
  request_.stop = watch_->stop.get_token();
}

bool Session::hand_to_worker() {
  return edge_.workers.post([self = shared_from_this()]() mutable {
    self->work();
    auto stream_work = self->take_stream_work();
    // The coroutine waits by now: it suspended before its thread could run anything else. The worker's last
    // reference always goes to the I/O thread, so that the connection dies there.
    auto& context = self->io_.context();
    if (!stream_work) {
      auto& edge = self->edge_;
      auto background = std::exchange(self->response_.work, nullptr);
      auto request_id = background ? self->request_.request_id : std::string();
      if (background) ++edge.background;  // before the answer is on its way: a stop must not miss it
      asio::post(context, [moved = std::move(self)] { moved->answered_.cancel(); });
      if (background) go_on(edge, std::move(request_id), std::move(background));
      return;
    }
    asio::post(context, [other = self] { other->answered_.cancel(); });
    self->do_stream_work(std::move(stream_work));
    stream_work_ended(std::move(self));
  });
}

void Session::work() {
  if (edge_.stop.stop_requested()) {
    response_ = problem(503, "stopping", "the server is stopping", request_);
    edge_.router.count_refusal(request_, response_.status);
  } else {
    response_ = edge_.router.handle(request_);
  }
}

// What goes on after the answer, on the thread that made it: nothing can be refused any more.
void Session::go_on(Edge& edge, std::string request_id, std::function<void()> work) {
  try {
    work();
    work = nullptr;
  } catch (...) {
    log::error("the work behind an answer threw", {{"request_id", request_id}});
  }
  --edge.background;
}

// The work behind a stream goes on where the handler ran: it need not queue a second time.
std::function<void()> Session::take_stream_work() {
  if (!response_.stream || !response_.work || request_.method == Method::head) return {};
  streaming_ = true;
  return std::exchange(response_.work, nullptr);
}

// What the work holds dies before the session hears of its end.
void Session::do_stream_work(std::function<void()> work) {
  try {
    work();
  } catch (...) {  // the head is gone: all that can be said now is that the answer is not whole
    log::error("the work behind a stream threw", {{"request_id", request_.request_id}});
    response_.stream->abandon();
  }
}

void Session::stream_work_ended(std::shared_ptr<Session> self) {
  auto& context = self->io_.context();
  asio::post(context, [moved = std::move(self)] {
    moved->streaming_ = false;
    if (moved->events_) moved->events_->work_ended();
  });
}

bool Session::hand_stream_work_to_worker() {
  auto work = take_stream_work();
  if (!work) return true;
  return edge_.workers.post([self = shared_from_this(), work = std::move(work)]() mutable {
    self->do_stream_work(std::move(work));
    stream_work_ended(std::move(self));
  });
}

// After the handler, before the head.
void Session::begin_stream() {
  if (!response_.stream) return;
  if (request_.method == Method::head) return response_.stream->abandon();
  if (!hand_stream_work_to_worker()) {
    streaming_ = false;
    response_.stream->abandon();
    response_ = problem(503, "overloaded", "too many requests are waiting", request_);
    return;
  }
  keep_alive_ = keep_alive_ && !parser_->http_1_0();  // there the end of the connection ends the answer
  EventSender::Settings settings;
  settings.chunked = !parser_->http_1_0();
  settings.working = streaming_;
  settings.write_timeout = edge_.settings.write_timeout;
  settings.ping_interval = edge_.settings.ping_interval;
  events_ = std::make_shared<EventSender>(io_, socket_, response_.stream, edge_.stop.get_token(), settings);
}

Task<bool> Session::send() {
  keep_alive_ = keep_alive_ && !io_.draining();
  HeadSettings settings;
  settings.date = io_.date();
  settings.keep_alive = keep_alive_;
  settings.http_1_0 = parser_->http_1_0();
  head_.clear();
  append_head(head_, request_, response_, settings);

  const bool bodiless = request_.method == Method::head || response_.status == 204 || response_.status == 304;
  const std::string_view body = response_.body && !bodiless ? *response_.body : std::string_view();
  within(edge_.settings.write_timeout);
  for (std::size_t sent = 0; sent < head_.size() + body.size();) {
    const auto rest = rest_of(head_, body, sent);
    const auto [error, count] = co_await socket_.async_write_some(rest, kAwait);
    if (error) co_return false;
    sent += count;
  }
  co_return true;
}

void Session::forget_request() {
  if (!request_.body.empty()) {
    wipe(request_.body);
    buffer_.shrink_to_fit();
  }
  for (auto& [name, value] : request_.headers) {
    if (name == "authorization") wipe(value);
  }
  events_ = nullptr;
  watch_.reset();
  request_ = Request{};
  response_ = Response{};
  edge_.body_bytes -= std::exchange(reserved_body_bytes_, 0);
  first_ = false;
}

Task<void> Session::linger() {
  ErrorCode ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  idle_ = true;
  within(kLinger);
  buffer_.clear();
  const auto room = buffer_.prepare(kReadHeader);
  bool sending = !io_.draining();
  while (sending) {
    const auto [error, count] = co_await socket_.async_read_some(room, kAwait);
    sending = !error;
  }
}

void serve_connection(Edge& edge, IoThread& io, Socket socket, std::string peer, bool overloaded) {
  const auto session = std::make_shared<Session>(edge, io, std::move(socket), std::move(peer), overloaded);
  asio::co_spawn(io.context(), session->run(), [session](const std::exception_ptr& exception) {
    if (exception) log::error("an exception ended a connection");
  });
}

}  // namespace akko::api
