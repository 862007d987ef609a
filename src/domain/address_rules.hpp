// Which addresses the manager connects to itself. Admins name the hosts of the connection tests, so without
// rules a test would be a way to knock at doors that only this machine can reach, first of all the metadata
// service of a cloud, which hands credentials to whoever asks from inside.
#pragma once

#include <optional>
#include <vector>

#include "base/ip_address.hpp"

namespace akko {

// An address is refused when an entry of the deny list holds it, unless an entry of the allow list that is
// at least as specific (equal or longer prefix) holds it too. What no entry of the deny list holds may be
// connected to: an allow list does not deny everything else. To permit some networks only, deny 0.0.0.0/0 and
// ::/0 and allow those. Addresses that carry an IPv4 address (IPv4-mapped, NAT64) are judged as that address.
// Immutable, any thread.
class AddressRules {
 public:
  AddressRules() : AddressRules({}, {}) {}
  // `deny` adds to the built-in list.
  AddressRules(const std::vector<IpRange>& deny, std::vector<IpRange> allow);

  // The range because of which the address must not be connected to; nothing when it may.
  std::optional<IpRange> refusal(const IpAddress& address) const;

  // Denied unless allowed: link-local, the metadata services of the known clouds, "this host", multicast and
  // broadcast. Private networks and loopback are not: that is where data sources are.
  static const std::vector<IpRange>& built_in();

 private:
  std::vector<IpRange> deny_;
  std::vector<IpRange> allow_;
};

}  // namespace akko
