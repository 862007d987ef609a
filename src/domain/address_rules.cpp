#include "domain/address_rules.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace akko {
namespace {

constexpr std::array<std::string_view, 11> kBuiltIn = {
    "169.254.0.0/16",      // link-local; 169.254.169.254 is the metadata service of most clouds
    "fe80::/10",           // link-local
    "fd00:ec2::254/128",   // metadata, AWS
    "100.100.100.200/32",  // metadata, Alibaba
    "192.0.0.192/32",      // metadata, OCI
    "168.63.129.16/32",    // the platform service of Azure
    "0.0.0.0/8",           // "this host": reaches loopback listeners under another name
    "::/128",              // the same
    "224.0.0.0/4",         // multicast
    "ff00::/8",            // multicast
    "255.255.255.255/32",  // broadcast
};

}  // namespace

const std::vector<IpRange>& AddressRules::built_in() {
  static const std::vector<IpRange> ranges = [] {
    std::vector<IpRange> out;
    for (const auto text : kBuiltIn) {
      const auto range = IpRange::parse(text);
      if (!range) std::abort();  // a constant of this file; every test would stop here
      out.push_back(*range);
    }
    return out;
  }();
  return ranges;
}

AddressRules::AddressRules(const std::vector<IpRange>& deny, std::vector<IpRange> allow)
    : deny_(built_in()), allow_(std::move(allow)) {
  deny_.insert(deny_.end(), deny.begin(), deny.end());
}

std::optional<IpRange> AddressRules::refusal(const IpAddress& address) const {
  const auto inner = address.unwrapped();
  const auto prevails = [&](const IpRange& denied) {
    return denied.holds(inner) && std::none_of(allow_.begin(), allow_.end(), [&](const IpRange& allowed) {
             return allowed.prefix() >= denied.prefix() && allowed.holds(inner);
           });
  };
  const auto found = std::find_if(deny_.begin(), deny_.end(), prevails);
  return found == deny_.end() ? std::nullopt : std::optional(*found);
}

}  // namespace akko
