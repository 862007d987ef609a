// A TLS handshake on a connection of ours, and what it says about the server. For network.cpp.
#pragma once

#include <memory>

#include "adapters/tcp_socket.hpp"
#include "app/ports.hpp"

struct ssl_ctx_st;

namespace akko::net {

// The failure that an I/O error means: cancelled, `late` when the time was up, or what `errno` says.
NetworkFailure failure_of(const IoError& error, std::string_view late, std::string detail = {});

// Any thread.
class TlsHandshake {
 public:
  TlsHandshake();

  // As Network::handshake, on an open connection.
  NetworkResult<Network::TlsReport> run(TcpSocket& socket, const Network::TlsRequest& request,
                                        const Patience& patience) const;

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace akko::net
