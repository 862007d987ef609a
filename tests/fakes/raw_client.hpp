// A TCP client that sends exactly what a test says, for talking HTTP well and badly. One thread.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace akko::fakes {

struct RawAnswer {
  int status = 0;                                            // 0: no answer came
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;

  std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
};

class RawClient {
 public:
  enum class Family : std::uint8_t { v4, v6 };

  explicit RawClient(std::uint16_t port, Family family = Family::v4)
      : socket_(::socket(family == Family::v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (socket_ < 0 || !connect(port, family)) throw std::runtime_error("cannot connect");
  }
  ~RawClient() { close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False when the peer refuses more.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const auto count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  void shut_sending() { ::shutdown(socket_, SHUT_WR); }

  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

  // The next answer; `head_only` for the answer to HEAD. Status 0 when none comes in time.
  RawAnswer read_answer(bool head_only = false) {
    RawAnswer answer;
    auto end = received_.find("\r\n\r\n");
    for (; end == std::string::npos; end = received_.find("\r\n\r\n")) {
      if (!receive()) return answer;
    }
    read_head(answer, received_.substr(0, end + 2));
    received_.erase(0, end + 4);
    const auto length = answer.header("content-length");
    const std::size_t size = head_only || length.empty() ? 0 : std::stoul(length);
    while (received_.size() < size) {
      if (!receive()) break;
    }
    answer.body = received_.substr(0, size);
    received_.erase(0, size);
    return answer;
  }

  RawAnswer ask(std::string_view text) {
    send(text);
    return read_answer();
  }

  // What arrives until `text` has arrived, `text` included; all there is when it does not come in time.
  std::string read_until(std::string_view text,
                         std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    while (received_.find(text) == std::string::npos) {
      if (!receive(patience)) return std::exchange(received_, {});
    }
    const auto end = received_.find(text) + text.size();
    auto out = received_.substr(0, end);
    received_.erase(0, end);
    return out;
  }

  // Whether the peer closes within `patience` without sending anything more.
  bool closed(std::chrono::milliseconds patience = std::chrono::seconds(5)) {
    return received_.empty() && !receive(patience) && at_end_ && received_.empty();
  }

 private:
  bool connect(std::uint16_t port, Family family) {
    if (family == Family::v4) {
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(port);
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      return ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    address.sin6_addr = in6addr_loopback;
    return ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  bool receive(std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    pollfd waiting{};
    waiting.fd = socket_;
    waiting.events = POLLIN;
    if (::poll(&waiting, 1, static_cast<int>(patience.count())) <= 0) return false;
    std::string piece(64 * 1024, '\0');
    const auto count = ::recv(socket_, piece.data(), piece.size(), 0);
    at_end_ = count <= 0;
    if (count <= 0) return false;
    received_.append(piece, 0, static_cast<std::size_t>(count));
    return true;
  }

  static void read_head(RawAnswer& answer, std::string_view head) {
    answer.status = std::stoi(std::string(head.substr(9, 3)));
    auto line_end = head.find("\r\n");
    while (line_end + 2 < head.size()) {
      head.remove_prefix(line_end + 2);
      line_end = head.find("\r\n");
      const auto line = head.substr(0, line_end);
      const auto colon = line.find(": ");
      std::string name(line.substr(0, colon));
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      answer.headers.emplace_back(std::move(name), line.substr(colon + 2));
    }
  }

  int socket_;
  std::string received_;
  bool at_end_ = false;
};

}  // namespace akko::fakes
