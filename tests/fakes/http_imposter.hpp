// An HTTP/1.1 server inside the test process, on a free port of 127.0.0.1: answers by rule, records what
// it was asked, and misbehaves on demand. Plain sockets, so that it shares no code with what it tests.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace akko::fakes {

class HttpImposter {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  struct Request {
    std::string method;
    std::string target;
    Headers headers;  // names in lower case
    std::string body;
    std::size_t connection = 0;  // which connection it came on, from 1

    std::string header(std::string_view name) const {
      const auto found =
          std::find_if(headers.begin(), headers.end(), [&](const auto& h) { return h.first == name; });
      return found == headers.end() ? std::string() : found->second;
    }
  };

  struct Reply {
    enum class Fault : std::uint8_t {
      none,
      hang,           // read the request, never answer
      close_at_once,  // read the request, close without a byte
      close_early,    // announce the whole body, send half of it, close
    };
    int status = 200;
    std::string body;
    Headers headers;
    std::chrono::milliseconds delay{0};  // before the first byte
    std::chrono::milliseconds drip{0};   // between single bytes of the body
    Fault fault = Fault::none;
    std::string raw;  // when set, sent as it is instead of all the rest, then the connection is closed
  };

  // Called on the connection's thread, once per request; must not call the imposter.
  using Rule = std::function<Reply(const Request&)>;

  explicit HttpImposter(Rule rule) : rule_(std::move(rule)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (listener_ < 0 || ::bind(listener_, any, size) != 0 || ::listen(listener_, 128) != 0 ||
        ::getsockname(listener_, any, &size) != 0)
      throw std::runtime_error("the imposter cannot listen");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this] { accept_connections(); });
  }
  HttpImposter(const HttpImposter&) = delete;
  HttpImposter& operator=(const HttpImposter&) = delete;
  ~HttpImposter() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
    }
    stopped_.notify_all();
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    threads_.clear();  // joins
    ::close(listener_);
  }

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path = "") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }

  void set_rule(Rule rule) {
    const std::lock_guard lock(mutex_);
    rule_ = std::move(rule);
  }
  // Connections accepted so far.
  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
  }
  // Requests read so far, in order.
  std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  // How many requests asked for `target`.
  std::size_t count(std::string_view target) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count_if(requests_.begin(), requests_.end(),
                                                  [&](const Request& r) { return r.target == target; }));
  }

 private:
  void accept_connections() {
    while (true) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const std::lock_guard lock(mutex_);
      if (stopping_ || socket < 0) {
        if (socket >= 0) ::close(socket);
        if (stopping_) return;
        continue;
      }
      const int yes = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
      open_.insert(socket);
      threads_.emplace_back([this, socket, number = ++connections_] { serve(socket, number); });
    }
  }

  void serve(int socket, std::size_t number) {
    std::string buffer;
    while (auto request = read_request(socket, buffer)) {
      request->connection = number;
      Rule rule;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(*request);
        rule = rule_;
      }
      if (!answer(socket, request->method, rule(*request))) break;
    }
    const std::lock_guard lock(mutex_);
    open_.erase(socket);
    ::close(socket);
  }

  static std::optional<Request> read_request(int socket, std::string& buffer) {
    std::size_t end = 0;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos)
      if (!read_more(socket, buffer)) return std::nullopt;
    Request request = parse_head(std::string_view(buffer).substr(0, end + 2));
    const std::string length = request.header("content-length");
    const std::size_t body = length.empty() ? 0 : std::stoul(length);
    while (buffer.size() < end + 4 + body)
      if (!read_more(socket, buffer)) return std::nullopt;
    request.body = buffer.substr(end + 4, body);
    buffer.erase(0, end + 4 + body);
    return request;
  }

  static bool read_more(int socket, std::string& buffer) {
    char chunk[16 * 1024];
    const ssize_t got = ::recv(socket, chunk, sizeof(chunk), 0);
    if (got <= 0) return false;
    buffer.append(chunk, static_cast<std::size_t>(got));
    return true;
  }

  static Request parse_head(std::string_view head) {
    Request request;
    const auto line = [&head] {
      const auto end = head.find("\r\n");
      const auto first = head.substr(0, end);
      head.remove_prefix(end + 2);
      return first;
    };
    const auto first = line();
    const auto method_end = first.find(' ');
    request.method = first.substr(0, method_end);
    request.target = first.substr(method_end + 1, first.rfind(' ') - method_end - 1);
    while (!head.empty()) {
      const auto header = line();
      const auto colon = header.find(':');
      std::string name(header.substr(0, colon));
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      auto value = header.substr(colon + 1);
      value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
      request.headers.emplace_back(std::move(name), value);
    }
    return request;
  }

  // False = the connection ends.
  bool answer(int socket, const std::string& method, const Reply& reply) {
    if (!pause(reply.delay)) return false;
    if (reply.fault == Reply::Fault::hang) return pause(std::chrono::hours(1));
    if (reply.fault == Reply::Fault::close_at_once) return false;
    if (!reply.raw.empty()) {
      send_all(socket, reply.raw);
      return false;
    }
    std::string head = "HTTP/1.1 " + std::to_string(reply.status) +
                       " Imposter\r\nContent-Length: " + std::to_string(reply.body.size()) + "\r\n";
    for (const auto& [name, value] : reply.headers)
      head.append(name).append(": ").append(value).append("\r\n");
    head += "\r\n";
    if (method == "HEAD") return send_all(socket, head);
    if (reply.fault == Reply::Fault::close_early) {
      send_all(socket, head + reply.body.substr(0, reply.body.size() / 2));
      return false;
    }
    if (reply.drip.count() == 0) return send_all(socket, head + reply.body);
    if (!send_all(socket, head)) return false;
    return std::all_of(reply.body.begin(), reply.body.end(),
                       [&](char c) { return pause(reply.drip) && send_all(socket, {&c, 1}); });
  }

  // False when the imposter stops meanwhile.
  bool pause(std::chrono::milliseconds span) {
    if (span.count() == 0) return true;
    std::unique_lock lock(mutex_);
    return !stopped_.wait_for(lock, span, [this] { return stopping_; });
  }

  static bool send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  Rule rule_;
  std::vector<Request> requests_;
  std::size_t connections_ = 0;
  std::set<int> open_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::vector<std::jthread> threads_;  // one per connection
  std::jthread acceptor_;
};

}  // namespace akko::fakes
