#include "adapters/resolver.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <netdb.h>
#include <sys/socket.h>

namespace akko::net {
namespace {

constexpr std::size_t kMaxHost = 255;
constexpr std::size_t kMaxAddresses = 16;

tl::unexpected<NetworkFailure> failure(std::string_view code, std::string detail = {}) {
  return tl::unexpected<NetworkFailure>(NetworkFailure{std::string(code), std::move(detail)});
}

NetworkResult<std::vector<std::string>> judge(Resolver::Answer answer) {
  switch (answer.error) {
    case 0:
      if (answer.addresses.empty()) return failure("dns_not_found");
      return std::move(answer.addresses);
    case EAI_NONAME:
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
      return failure("dns_not_found");
    default:
      return failure("dns_failed", ::gai_strerror(answer.error));
  }
}

}  // namespace

// What callers and lookups share; a lookup keeps it alive.
struct Resolver::Shared {
  std::mutex mutex;
  std::condition_variable_any changed;  // a lookup has ended
  unsigned running = 0;
};

Resolver::Resolver(Lookup lookup, unsigned max_lookups)
    : lookup_(std::move(lookup)), max_lookups_(max_lookups), shared_(std::make_shared<Shared>()) {}

Resolver::Answer Resolver::ask_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  Answer answer;
  answer.error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (answer.error != 0) return answer;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  auto& out = answer.addresses;
  for (const addrinfo* entry = found; entry != nullptr && out.size() < kMaxAddresses;
       entry = entry->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(entry->ai_addr, entry->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) != 0)
      continue;
    if (std::find(out.begin(), out.end(), text.data()) == out.end()) out.emplace_back(text.data());
  }
  return answer;
}

NetworkResult<std::vector<std::string>> Resolver::resolve(const std::string& host, const Deadline& until,
                                                          const std::stop_token& stop) {
  // getaddrinfo would read up to a NUL, and take "" for this machine.
  if (host.empty() || host.size() > kMaxHost || host.find('\0') != std::string::npos) {
    return failure("dns_not_found");
  }
  const auto given_up = [&] {
    return stop.stop_requested() ? failure("cancelled") : failure("dns_failed", "no answer in time");
  };
  std::unique_lock lock(shared_->mutex);
  if (!shared_->changed.wait_until(lock, stop, until.at(), [&] { return shared_->running < max_lookups_; }) ||
      stop.stop_requested()) {
    return given_up();
  }
  const auto answer = std::make_shared<std::optional<Answer>>();
  try {
    std::thread([shared = shared_, answer, lookup = lookup_, host] {
      auto found = lookup(host);
      {
        const std::lock_guard guard(shared->mutex);
        *answer = std::move(found);
        --shared->running;
      }
      shared->changed.notify_all();
    }).detach();
  } catch (const std::system_error&) {
    return failure("dns_failed", "no thread left for it");
  }
  ++shared_->running;  // the lookup counts itself out under the lock that is held here
  if (!shared_->changed.wait_until(lock, stop, until.at(), [&] { return answer->has_value(); })) {
    return given_up();
  }
  return judge(std::move(**answer));
}

}  // namespace akko::net
