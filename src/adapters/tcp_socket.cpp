#include "adapters/tcp_socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace akko::net {
namespace {

tl::unexpected<IoError> failed(int number) {
  return tl::unexpected<IoError>(IoError{IoError::Kind::failed, number});
}

timespec left_until(const Deadline& until) {
  const auto left = std::max(until.at() - Deadline::Clock::now(), Deadline::Clock::duration::zero());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  return {static_cast<std::time_t>(seconds.count()),
          static_cast<long>(std::chrono::duration_cast<std::chrono::nanoseconds>(left - seconds).count())};
}

// Waits until the socket has what `events` says, or an error to tell.
IoResult<void> wait_for(int socket, short events, const Patience& patience) {
  for (;;) {
    if (patience.stopped()) return tl::unexpected<IoError>(IoError{IoError::Kind::stopped, 0});
    std::array<pollfd, 2> watched = {{{socket, events, 0}, {patience.stop_descriptor(), POLLIN, 0}}};
    const auto left = left_until(patience.until());
    const int ready = ::ppoll(watched.data(), watched.size(), &left, nullptr);
    if (ready < 0 && errno != EINTR) return failed(errno);
    if (ready > 0 && watched[0].revents != 0 && !patience.stopped()) return {};
    if (ready == 0 && patience.until().passed()) {
      return tl::unexpected<IoError>(IoError{IoError::Kind::late, 0});
    }
  }
}

// The outcome of a connection attempt that did not succeed at once.
int pending_error(int socket) {
  int error = 0;
  socklen_t size = sizeof(error);
  return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Patience::Patience(Deadline until, std::stop_token stop)
    : until_(until), stop_(std::move(stop)), signal_(stop_.stop_possible() ? ::eventfd(0, EFD_CLOEXEC) : -1) {
  if (signal_.get() < 0) return;
  on_stop_.emplace(stop_, [descriptor = signal_.get()] {
    static_cast<void>(::eventfd_write(descriptor, 1));  // cannot fail: the counter is far from full
  });
}

std::optional<Endpoint> Endpoint::of(const std::string& address, std::uint16_t port) {
  if (!IpAddress::parse(address)) return std::nullopt;  // getaddrinfo would take "127.1", too
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return std::nullopt;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  Endpoint endpoint;
  std::memcpy(&endpoint.storage, found->ai_addr, found->ai_addrlen);
  endpoint.size = found->ai_addrlen;
  return endpoint;
}

IpAddress Endpoint::ip() const {
  if (storage.ss_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, &storage, sizeof(address));
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &address.sin_addr, bytes.size());
    return IpAddress::v4(bytes);
  }
  sockaddr_in6 address{};
  std::memcpy(&address, &storage, sizeof(address));
  IpAddress::Bytes bytes{};
  std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
  return IpAddress::v6(bytes);
}

IoResult<TcpSocket> TcpSocket::connect(const Endpoint& endpoint, const Patience& patience) {
  Descriptor socket(::socket(endpoint.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return failed(errno);
  const int yes = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&endpoint.storage), endpoint.size) != 0) {
    if (errno != EINPROGRESS) return failed(errno);
    if (const auto ready = wait_for(socket.get(), POLLOUT, patience); !ready) {
      return tl::make_unexpected(ready.error());
    }
    if (const int error = pending_error(socket.get()); error != 0) return failed(error);
  }
  return TcpSocket(std::move(socket));
}

IoResult<void> TcpSocket::send(std::string_view bytes, const Patience& patience) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno != EAGAIN && errno != EINTR) return failed(errno);
    if (auto ready = wait_for(socket_.get(), POLLOUT, patience); !ready) return ready;
  }
  return {};
}

IoResult<std::string> TcpSocket::receive(std::size_t most, const Patience& patience) {
  for (;;) {
    if (const auto ready = wait_for(socket_.get(), POLLIN, patience); !ready) {
      return tl::make_unexpected(ready.error());
    }
    std::string bytes(most, '\0');
    const auto count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count < 0) return failed(errno);
    bytes.resize(static_cast<std::size_t>(count));
    return bytes;
  }
}

void TcpSocket::send_now(std::string_view bytes) {
  static_cast<void>(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

}  // namespace akko::net
