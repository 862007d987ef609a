#include "api/event_stream.hpp"

#include <utility>

namespace akko::api {
namespace {

void append_line(std::string& out, std::string_view field, std::string_view value) {
  out.append(field).append(": ");
  for (const char c : value) out += c == '\n' || c == '\r' || c == '\0' ? ' ' : c;
  out += '\n';
}

// Cuts the first line off `text`; its end is CR LF, LF or CR.
std::string_view take_line(std::string_view& text, bool& more) {
  const auto end = text.find_first_of("\r\n");
  const auto line = text.substr(0, end);
  more = end != std::string_view::npos;
  if (more) text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  return line;
}

}  // namespace

std::string format_event(const Event& event) {
  std::string out;
  if (!event.event.empty()) append_line(out, "event", event.event);
  if (!event.id.empty()) append_line(out, "id", event.id);
  std::string_view data = event.data;
  for (bool more = true; more;) out.append("data: ").append(take_line(data, more)).append("\n");
  return out += '\n';
}

bool EventStream::push(const Event& event) {
  const auto text = format_event(event);
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || abandoned_) return false;
    if (text.size() <= max_bytes_ - buffer_.size()) {
      buffer_ += text;
      wake();
      return true;
    }
  }
  abandon();
  return false;
}

void EventStream::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  wake();
}

bool EventStream::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_ || abandoned_;
}

void EventStream::attach(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  woken_ = false;
}

void EventStream::detach() {
  const std::lock_guard lock(mutex_);
  wake_ = nullptr;
}

EventStream::Taken EventStream::take() {
  const std::lock_guard lock(mutex_);
  woken_ = false;
  Taken taken;
  taken.bytes = std::exchange(buffer_, {});
  taken.cut = abandoned_;
  taken.ended = closed_ || abandoned_;
  return taken;
}

void EventStream::request_stop() { stop_.request_stop(); }

// Stop is requested outside the lock: what it calls may push.
void EventStream::abandon() {
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    buffer_ = {};
    wake();
  }
  stop_.request_stop();
}

void EventStream::wake() {
  if (wake_ && !std::exchange(woken_, true)) wake_();
}

}  // namespace akko::api
