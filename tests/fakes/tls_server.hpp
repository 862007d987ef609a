// A TCP server inside the test process, on a free loopback port: plain, silent, or TLS with a certificate
// made on the spot.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace akko::fakes {

// What a certificate shall say.
struct CertificateSpec {
  std::string names = "DNS:localhost,IP:127.0.0.1";  // subject alternative names; "" = none
  std::string common_name = "localhost";
  long from_seconds = -3600;  // relative to now
  long to_seconds = 86400;
};

// Key and self-signed certificate.
class Identity {
 public:
  explicit Identity(const CertificateSpec& spec) : key_(EVP_RSA_gen(2048)), certificate_(X509_new()) {
    X509* x = certificate_.get();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), spec.from_seconds);
    X509_gmtime_adj(X509_getm_notAfter(x), spec.to_seconds);
    X509_set_pubkey(x, key_.get());
    X509_NAME* name = X509_get_subject_name(x);
    const auto* text = reinterpret_cast<const unsigned char*>(spec.common_name.c_str());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0);
    X509_set_issuer_name(x, name);
    if (!spec.names.empty()) {
      X509_EXTENSION* extension =
          X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, spec.names.c_str());
      X509_add_ext(x, extension, -1);
      X509_EXTENSION_free(extension);
    }
    if (X509_sign(x, key_.get(), EVP_sha256()) == 0) throw std::runtime_error("cannot sign");
  }

  // A server context with it.
  std::shared_ptr<SSL_CTX> context() const {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    SSL_CTX_use_certificate(context.get(), certificate_.get());
    SSL_CTX_use_PrivateKey(context.get(), key_.get());
    return context;
  }

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  std::unique_ptr<EVP_PKEY, Free> key_;
  std::unique_ptr<X509, Free> certificate_;
};

// Runs `serve` for one connection after the other, on a thread of its own.
class TcpServer {
 public:
  // `socket` is closed after the call; reads on it end when the server dies.
  using Serve = std::function<void(int socket)>;

  explicit TcpServer(Serve serve) : serve_(std::move(serve)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (listener_ < 0 || ::bind(listener_, any, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, any, &size) != 0)
      throw std::runtime_error("cannot listen");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~TcpServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    if (const int socket = open_.load(); socket >= 0) ::shutdown(socket, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;

  std::uint16_t port() const { return port_; }

  // Accepts and never says a word.
  static Serve silent() {
    return [](int socket) {
      char byte = 0;
      while (::recv(socket, &byte, 1, 0) > 0) continue;
    };
  }
  // Says `text` and closes.
  static Serve plain(std::string text) {
    return [text = std::move(text)](int socket) {
      ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
      silent()(socket);
    };
  }
  // TLS, after it has read `expected` and sent `consent`. `seen` gets the server name of the client.
  static Serve tls(std::shared_ptr<SSL_CTX> context, std::string expected = {}, std::string consent = {},
                   std::function<void(const char*)> seen = {}) {
    return [context = std::move(context), expected = std::move(expected), consent = std::move(consent),
            seen = std::move(seen)](int socket) {
      std::string got(expected.size(), '\0');
      if (!got.empty() && (::recv(socket, got.data(), got.size(), MSG_WAITALL) < 0 || got != expected))
        return;
      if (!consent.empty()) ::send(socket, consent.data(), consent.size(), MSG_NOSIGNAL);
      const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), &SSL_free);
      SSL_set_fd(ssl.get(), socket);
      const bool shaken = SSL_accept(ssl.get()) == 1;
      if (seen) seen(SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name));
      char byte = 0;
      if (shaken) SSL_read(ssl.get(), &byte, 1);  // until the client has closed
    };
  }

 private:
  void run() {
    while (!stopping_) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      open_ = socket;
      if (!stopping_) serve_(socket);
      open_ = -1;
      ::close(socket);
    }
  }

  const Serve serve_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> open_{-1};
  std::thread thread_;
};

}  // namespace akko::fakes
