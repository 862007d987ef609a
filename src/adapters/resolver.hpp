// Names to addresses with the system's resolver, which cannot be interrupted: it runs in threads of its own
// and the caller stops waiting. For network.cpp and its tests.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/ports.hpp"

namespace akko::net {

// Any thread.
class Resolver {
 public:
  struct Answer {
    int error = 0;                       // 0, or one of getaddrinfo's EAI_…
    std::vector<std::string> addresses;  // as text, with zone; no duplicates
  };
  // Blocks, for as long as it likes. Called in threads that may outlive the resolver.
  using Lookup = std::function<Answer(const std::string& host)>;

  // getaddrinfo for TCP, both families: what Java asks too.
  static Answer ask_system(const std::string& host);

  // At most `max_lookups` run at once; others wait for their turn. A name service that hangs cannot take more
  // threads than that.
  explicit Resolver(Lookup lookup = &Resolver::ask_system, unsigned max_lookups = 32);

  // At least one address; dns_not_found, dns_failed (no answer in time included) or cancelled.
  NetworkResult<std::vector<std::string>> resolve(const std::string& host, const Deadline& until,
                                                  const std::stop_token& stop);

 private:
  struct Shared;
  const Lookup lookup_;
  const unsigned max_lookups_;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace akko::net
