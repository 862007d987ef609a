// A TCP connection whose every wait ends by a moment and at a stop. For network.cpp and its helpers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <sys/socket.h>
#include <tl/expected.hpp>

#include "base/deadline.hpp"
#include "base/ip_address.hpp"

namespace akko::net {

// A file descriptor, closed when it dies.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();
  int get() const { return number_; }

 private:
  int number_;
};

// How long a wait may last. One thread.
class Patience {
 public:
  Patience(Deadline until, std::stop_token stop);

  const Deadline& until() const { return until_; }
  bool stopped() const { return stop_.stop_requested(); }
  // The same stop, an earlier moment: a part of the time.
  Patience part(Deadline until) const { return {until, stop_}; }
  // Readable once stop is requested; poll it beside a socket.
  int stop_descriptor() const { return signal_.get(); }

 private:
  Deadline until_;
  std::stop_token stop_;
  Descriptor signal_;
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;  // dies before `signal_`
};

struct IoError {
  enum class Kind : std::uint8_t { late, stopped, failed };
  Kind kind = Kind::failed;
  int number = 0;  // errno, for `failed`
};
template <typename T>
using IoResult = tl::expected<T, IoError>;

// An address and a port as the system takes them.
struct Endpoint {
  sockaddr_storage storage{};
  socklen_t size = 0;

  // `address`: an IP address, a zone allowed ("fe80::1%eth0"). Nothing for other texts; never resolves.
  static std::optional<Endpoint> of(const std::string& address, std::uint16_t port);
  IpAddress ip() const;
};

class TcpSocket {
 public:
  static IoResult<TcpSocket> connect(const Endpoint& endpoint, const Patience& patience);

  IoResult<void> send(std::string_view bytes, const Patience& patience);
  // What has arrived, at least one byte; "" when the peer has closed.
  IoResult<std::string> receive(std::size_t most, const Patience& patience);
  // Sends what the system takes at once.
  void send_now(std::string_view bytes);

 private:
  explicit TcpSocket(Descriptor socket) : socket_(std::move(socket)) {}

  Descriptor socket_;
};

}  // namespace akko::net
