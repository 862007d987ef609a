#include "adapters/tls_handshake.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "adapters/certificate.hpp"

namespace akko::net {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
// A server that keeps sending without ending the handshake is none.
constexpr std::size_t kMaxHandshakeBytes = 256 * 1024;

tl::unexpected<NetworkFailure> failure(std::string_view code, std::string detail = {}) {
  return tl::unexpected<NetworkFailure>(NetworkFailure{std::string(code), std::move(detail)});
}

tl::unexpected<NetworkFailure> failure(const IoError& error) {
  return tl::unexpected<NetworkFailure>(failure_of(error, "timeout"));
}

// What OpenSSL complains of ("tlsv1 alert handshake failure"); clears its queue.
std::string complaint() {
  const char* reason = ::ERR_reason_error_string(::ERR_peek_error());
  std::string text = reason == nullptr ? "" : reason;
  ::ERR_clear_error();
  return text;
}

// One handshake, in memory: the bytes go over the socket by hand, so that every wait obeys `patience` and no
// SIGPIPE can come.
class Exchange {
 public:
  Exchange(ssl_ctx_st* context, TcpSocket& socket, const Patience& patience)
      : ssl_(::SSL_new(context)), socket_(socket), patience_(patience) {
    if (!ssl_) return;
    in_ = ::BIO_new(::BIO_s_mem());
    out_ = ::BIO_new(::BIO_s_mem());
    ::SSL_set_bio(ssl_.get(), in_, out_);  // owns both
    ::SSL_set_connect_state(ssl_.get());
  }

  SSL* ssl() const { return ssl_.get(); }

  NetworkResult<void> run() {
    for (;;) {
      const int done = ::SSL_do_handshake(ssl_.get());
      const bool more = done != 1 && ::SSL_get_error(ssl_.get(), done) == SSL_ERROR_WANT_READ;
      const auto flushed = flush();
      if (done != 1 && !more) return failure("tls_failed", complaint());  // the alert has been sent
      if (!flushed) return received_ == 0 ? failure(flushed.error()) : broken(flushed.error());
      if (done == 1) return {};
      if (auto fed = feed(); !fed) return fed;
    }
  }

  // Takes leave, as far as that needs no waiting.
  void close() {
    static_cast<void>(::SSL_shutdown(ssl_.get()));
    socket_.send_now(pending());
    ::ERR_clear_error();
  }

 private:
  struct Free {
    void operator()(SSL* ssl) const { ::SSL_free(ssl); }
  };

  std::string pending() {
    std::string bytes(static_cast<std::size_t>(BIO_pending(out_)), '\0');
    if (!bytes.empty()) ::BIO_read(out_, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
  }

  IoResult<void> flush() { return socket_.send(pending(), patience_); }

  NetworkResult<void> feed() {
    const auto bytes = socket_.receive(kReadBytes, patience_);
    if (!bytes) return received_ == 0 ? failure(bytes.error()) : broken(bytes.error());
    if (bytes->empty()) {
      return received_ == 0 ? failure("connection_closed") : failure("tls_failed", "closed half-way");
    }
    if (received_ == 0 && !looks_like_tls(*bytes)) return failure("tls_none");
    received_ += bytes->size();
    if (received_ > kMaxHandshakeBytes) return failure("tls_failed", "the server does not come to an end");
    ::BIO_write(in_, bytes->data(), static_cast<int>(bytes->size()));
    return {};
  }

  // A connection that breaks after TLS has begun is a refusal of TLS, not of the connection.
  static tl::unexpected<NetworkFailure> broken(const IoError& error) {
    if (error.kind != IoError::Kind::failed) return failure(error);
    return failure("tls_failed", std::generic_category().message(error.number));
  }

  std::unique_ptr<SSL, Free> ssl_;
  TcpSocket& socket_;
  const Patience& patience_;
  BIO* in_ = nullptr;
  BIO* out_ = nullptr;
  std::size_t received_ = 0;
};

// A name that ends in a dot is the same name; in certificates and TLS it has none.
std::string plain_name(std::string host) {
  if (host.size() > 1 && host.ends_with('.')) host.pop_back();
  return host;
}

}  // namespace

NetworkFailure failure_of(const IoError& error, std::string_view late, std::string detail) {
  if (error.kind == IoError::Kind::stopped) return {"cancelled", std::move(detail)};
  if (error.kind == IoError::Kind::late) return {std::string(late), std::move(detail)};
  switch (error.number) {
    case ECONNREFUSED:
      return {"tcp_refused", std::move(detail)};
    case ETIMEDOUT:
      return {std::string(late), std::move(detail)};
    case ECONNRESET:
    case EPIPE:
      return {"connection_closed", std::move(detail)};
    default:
      if (!detail.empty()) detail += ": ";
      return {"tcp_unreachable", detail + std::generic_category().message(error.number)};
  }
}

// The first byte of every TLS server is the type of an alert or handshake record, the second the major
// version of the protocol.
bool looks_like_tls(std::string_view first) {
  return !first.empty() && (first[0] == 0x15 || first[0] == 0x16) && (first.size() < 2 || first[1] == 3);
}

NetworkResult<std::string> answer_to(const Greeting& greeting, TcpSocket& socket, const Patience& patience) {
  if (const auto sent = socket.send(greeting.send, patience); !sent) return failure(sent.error());
  std::string answer;
  while (answer.size() < greeting.expect.size() && greeting.expect.starts_with(answer)) {
    const auto bytes = socket.receive(greeting.expect.size() - answer.size(), patience);
    if (!bytes) return failure(bytes.error());
    if (bytes->empty()) return failure("connection_closed");
    answer += *bytes;
  }
  return answer;
}

void TlsHandshake::Free::operator()(ssl_ctx_st* context) const { ::SSL_CTX_free(context); }

// As lenient as Java: what Trino would get through with must not fail here.
TlsHandshake::TlsHandshake() : context_(::SSL_CTX_new(::TLS_client_method())) {
  if (!context_) return;
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
  ::SSL_CTX_set_security_level(context_.get(), 1);
  ::SSL_CTX_set_options(context_.get(), SSL_OP_LEGACY_SERVER_CONNECT);
  ::SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr);  // judged afterwards
  ::SSL_CTX_set_default_verify_paths(context_.get());
  ::ERR_clear_error();
}

NetworkResult<Network::TlsReport> TlsHandshake::run(TcpSocket& socket, const Network::TlsRequest& request,
                                                    const Patience& patience) const {
  const auto answer = answer_to(request.start, socket, patience);
  if (!answer) return tl::make_unexpected(answer.error());
  if (*answer != request.start.expect) return failure("tls_none");
  ::ERR_clear_error();
  Exchange exchange(context_.get(), socket, patience);
  if (exchange.ssl() == nullptr) return failure("tls_failed", complaint());
  const auto host = plain_name(request.host);
  if (!IpAddress::parse(host)) SSL_set_tlsext_host_name(exchange.ssl(), host.c_str());
  if (const auto done = exchange.run(); !done) return tl::make_unexpected(done.error());

  Network::TlsReport report;
  report.version = ::SSL_get_version(exchange.ssl());
  report.trusted = ::SSL_get_verify_result(exchange.ssl()) == X509_V_OK;
  const X509* certificate = ::SSL_get0_peer_certificate(exchange.ssl());
  if (certificate == nullptr) return failure("tls_failed", "the server has no certificate");
  report.issuer = issuer_of(*certificate);
  report.not_after = day_of(::X509_get0_notAfter(certificate));
  exchange.close();
  if (request.verify) {
    if (auto objection = objection_to(*certificate, host)) {
      return tl::unexpected<NetworkFailure>(std::move(*objection));
    }
  }
  return report;
}

}  // namespace akko::net
