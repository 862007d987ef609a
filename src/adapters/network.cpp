// The network steps of a connection test: the manager's own look at the way to a data source.
#include <algorithm>
#include <chrono>
#include <utility>

#include "adapters/adapters.hpp"
#include "adapters/resolver.hpp"
#include "adapters/tcp_socket.hpp"
#include "adapters/tls_handshake.hpp"

namespace akko {
namespace {

using net::Endpoint;
using net::IoError;
using net::Patience;
using net::TcpSocket;

tl::unexpected<NetworkFailure> failure(std::string_view code, std::string detail) {
  return tl::unexpected<NetworkFailure>(NetworkFailure{std::string(code), std::move(detail)});
}

Deadline sooner(const Deadline& deadline, std::chrono::milliseconds limit) {
  return Deadline(std::min(deadline.at(), Deadline::Clock::now() + limit));
}

// How much a failure tells when the addresses of one host fail in different ways: a refusal is an answer.
int weight(const std::string& code) {
  constexpr std::string_view kByWeight[] = {"address_denied", "tcp_unreachable",   "tcp_timeout",
                                            "timeout",        "connection_closed", "tcp_refused",
                                            "tls_required",   "wrong_service",     "cancelled"};
  return static_cast<int>(std::find(std::begin(kByWeight), std::end(kByWeight), code) -
                          std::begin(kByWeight));
}

// Keeps the failure that tells most; equal ones are told together.
void merge(std::optional<NetworkFailure>& worst, NetworkFailure failure) {
  if (!worst || weight(failure.code) > weight(worst->code)) {
    worst = std::move(failure);
  } else if (failure.code == worst->code && !failure.detail.empty()) {
    worst->detail += (worst->detail.empty() ? "" : ", ") + failure.detail;
  }
}

class SystemNetwork final : public Network {
 public:
  explicit SystemNetwork(NetworkSettings settings) : settings_(std::move(settings)) {}

  NetworkResult<std::vector<std::string>> resolve(const std::string& host,
                                                  const CallContext& context) override {
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    auto found = resolver_.resolve(bracketed ? host.substr(1, host.size() - 2) : host,
                                   sooner(context.deadline, settings_.resolve_limit), context.stop);
    if (!found) return found;
    std::vector<std::string> allowed;
    std::optional<NetworkFailure> denied;
    for (auto& address : *found) {
      auto endpoint = judged(address, 0);
      if (endpoint) {
        allowed.push_back(std::move(address));
      } else {
        merge(denied, std::move(endpoint).error());
      }
    }
    if (allowed.empty()) return tl::unexpected<NetworkFailure>(std::move(*denied));
    return allowed;
  }

  NetworkResult<std::string> connect(const std::vector<std::string>& addresses, std::uint16_t port,
                                     const std::optional<Greeting>& greeting,
                                     const CallContext& context) override {
    const Patience patience(sooner(context.deadline, settings_.connect_limit), context.stop);
    std::optional<NetworkFailure> worst;
    for (std::size_t at = 0; at < addresses.size(); ++at) {
      const auto left = patience.until().left();
      const auto share = patience.part(Deadline::after(left / static_cast<long>(addresses.size() - at)));
      const bool last = at + 1 == addresses.size();
      const auto met = meet(addresses[at], port, greeting, last ? patience : share);
      if (met) return addresses[at];
      merge(worst, met.error());
      if (worst->code == "cancelled") break;
    }
    if (!worst) return failure("tcp_unreachable", "");
    return tl::unexpected<NetworkFailure>(std::move(*worst));
  }

  NetworkResult<TlsReport> handshake(const TlsRequest& request, const CallContext& context) override {
    const Patience patience(sooner(context.deadline, settings_.handshake_limit), context.stop);
    auto socket = open(request.address, request.port, patience);
    if (!socket) return tl::unexpected<NetworkFailure>(std::move(socket).error());
    return tls_.run(*socket, request, patience);
  }

 private:
  // Where to connect, if that is permitted. What is judged is what is connected to.
  NetworkResult<Endpoint> judged(const std::string& address, std::uint16_t port) const {
    const auto endpoint = Endpoint::of(address, port);
    if (!endpoint) return failure("tcp_unreachable", "not an IP address of this machine's networks");
    if (const auto range = settings_.rules.refusal(endpoint->ip())) {
      return failure("address_denied", address + " is in " + range->text());
    }
    return *endpoint;
  }

  NetworkResult<TcpSocket> open(const std::string& address, std::uint16_t port,
                                const Patience& patience) const {
    const auto endpoint = judged(address, port);
    if (!endpoint) return tl::unexpected<NetworkFailure>(endpoint.error());
    auto socket = TcpSocket::connect(*endpoint, patience);
    if (!socket)
      return tl::unexpected<NetworkFailure>(net::failure_of(socket.error(), "tcp_timeout", address));
    return std::move(*socket);
  }

  // Connects, and sees whether the right service answers.
  NetworkResult<void> meet(const std::string& address, std::uint16_t port,
                           const std::optional<Greeting>& greeting, const Patience& patience) const {
    auto socket = open(address, port, patience);
    if (!socket) return tl::unexpected<NetworkFailure>(std::move(socket).error());
    if (!greeting) return {};
    const auto answer = net::answer_to(*greeting, *socket, patience);
    if (!answer) return tl::unexpected<NetworkFailure>({answer.error().code, address});
    if (*answer == greeting->expect) return {};
    return failure(net::looks_like_tls(*answer) ? "tls_required" : "wrong_service", address);
  }

  const NetworkSettings settings_;
  net::Resolver resolver_;
  const net::TlsHandshake tls_;
};

}  // namespace

std::unique_ptr<Network> make_network(NetworkSettings settings) {
  return std::make_unique<SystemNetwork>(std::move(settings));
}

}  // namespace akko
