// The network as a test wants it. Every host is at 10.0.0.1, accepts and speaks TLS unless told otherwise.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/ports.hpp"

namespace akko::fakes {

// Any thread.
class FakeNetwork final : public Network {
 public:
  using Addresses = NetworkResult<std::vector<std::string>>;

  static tl::unexpected<NetworkFailure> failure(std::string code, std::string detail = {},
                                                std::string_view message = {}) {
    return tl::unexpected<NetworkFailure>(NetworkFailure{std::move(code), std::move(detail), message});
  }

  void on_resolve(std::string host, Addresses answer) { set(resolved_, std::move(host), std::move(answer)); }
  void on_connect(std::uint16_t port, NetworkResult<std::string> answer) {
    set(connected_, port, std::move(answer));
  }
  void on_handshake(std::string host, NetworkResult<TlsReport> answer) {
    set(shaken_, std::move(host), std::move(answer));
  }
  // From now on "resolve", "connect" or "handshake" takes until its deadline or a stop.
  void hang(std::string step) {
    const std::lock_guard lock(mutex_);
    hanging_.insert(std::move(step));
  }

  // "resolve db.example", "connect 10.0.0.1:5432" (or "greet …"), "handshake db.example 10.0.0.1:5432", in
  // order.
  std::vector<std::string> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  std::vector<TlsRequest> tls_requests() const {
    const std::lock_guard lock(mutex_);
    return tls_requests_;
  }

  Addresses resolve(const std::string& host, const CallContext& context) override {
    std::unique_lock lock(mutex_);
    calls_.push_back("resolve " + host);
    if (auto failed = wait_if_hanging("resolve", "dns_failed", context, lock)) return failure(*failed);
    const auto found = resolved_.find(host);
    return found == resolved_.end() ? Addresses(std::vector<std::string>{"10.0.0.1"}) : found->second;
  }

  NetworkResult<std::string> connect(const std::vector<std::string>& addresses, std::uint16_t port,
                                     const std::optional<Greeting>& greeting,
                                     const CallContext& context) override {
    std::unique_lock lock(mutex_);
    const auto first = addresses.empty() ? std::string() : addresses.front();
    calls_.push_back((greeting ? "greet " : "connect ") + first + ':' + std::to_string(port));
    if (auto failed = wait_if_hanging("connect", "tcp_timeout", context, lock)) return failure(*failed);
    const auto found = connected_.find(port);
    return found == connected_.end() ? NetworkResult<std::string>(first) : found->second;
  }

  NetworkResult<TlsReport> handshake(const TlsRequest& request, const CallContext& context) override {
    std::unique_lock lock(mutex_);
    calls_.push_back("handshake " + request.host + ' ' + request.address + ':' +
                     std::to_string(request.port));
    tls_requests_.push_back(request);
    if (auto failed = wait_if_hanging("handshake", "timeout", context, lock)) return failure(*failed);
    const auto found = shaken_.find(request.host);
    if (found != shaken_.end()) return found->second;
    return TlsReport{"TLSv1.3", true, "Example Root CA", "2099-12-31"};
  }

 private:
  template <typename Map, typename Key, typename Value>
  void set(Map& map, Key key, Value value) {
    const std::lock_guard lock(mutex_);
    map.insert_or_assign(std::move(key), std::move(value));
  }

  // The class of the failure that the wait ended in; nothing when the step does not hang.
  std::optional<std::string> wait_if_hanging(const std::string& step, const std::string& late,
                                             const CallContext& context, std::unique_lock<std::mutex>& lock) {
    if (hanging_.count(step) == 0) return std::nullopt;
    never_.wait_until(lock, context.stop, context.deadline.at(), [] { return false; });
    return context.stop.stop_requested() ? "cancelled" : late;
  }

  mutable std::mutex mutex_;
  std::condition_variable_any never_;
  std::map<std::string, Addresses> resolved_;
  std::map<std::uint16_t, NetworkResult<std::string>> connected_;
  std::map<std::string, NetworkResult<TlsReport>> shaken_;
  std::set<std::string> hanging_;
  std::vector<std::string> calls_;
  std::vector<TlsRequest> tls_requests_;
};

}  // namespace akko::fakes
