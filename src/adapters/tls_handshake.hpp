// A TLS handshake on a connection of ours, and what it says about the server. For network.cpp.
#pragma once

#include <memory>

#include "adapters/tcp_socket.hpp"
#include "app/ports.hpp"

struct ssl_ctx_st;

namespace akko::net {

// The failure that an I/O error means: cancelled, `late` when the time was up, or what `errno` says.
NetworkFailure failure_of(const IoError& error, std::string_view late, std::string detail = {});

// What a greeting is answered with: as many bytes as expected, fewer where the others would not matter any
// more. Nothing is wrong when it is the expected ones. connection_closed, timeout, cancelled.
NetworkResult<std::string> answer_to(const Greeting& greeting, TcpSocket& socket, const Patience& patience);

// Whether a server whose first bytes these are speaks TLS.
bool looks_like_tls(std::string_view first);

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
