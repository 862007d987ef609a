#include "base/ip_address.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace akko {
namespace {

// The two prefixes of 96 bits whose addresses carry an IPv4 address in their last four bytes.
constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::array<std::uint8_t, 12> kNat64 = {0, 0x64, 0xff, 0x9b};
constexpr unsigned kWrapBits = 96;

bool carries_v4(const IpAddress& address) {
  const auto begins_with = [&](const auto& prefix) {
    return std::equal(prefix.begin(), prefix.end(), address.bytes().begin());
  };
  return !address.is_v4() && (begins_with(kMapped) || begins_with(kNat64));
}

bool bit(const IpAddress& address, unsigned at) {
  return ((address.bytes()[at / 8] >> (7 - at % 8)) & 1U) != 0;
}

}  // namespace

IpAddress IpAddress::v4(const std::array<std::uint8_t, 4>& bytes) {
  Bytes all{};
  std::copy(bytes.begin(), bytes.end(), all.begin());
  return {all, true};
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const bool v4 = text.find(':') == std::string_view::npos;
  const std::string plain(v4 ? text : text.substr(0, text.find('%')));
  // inet_pton would stop at a NUL and take what stands before it.
  if (plain.find('\0') != std::string::npos) return std::nullopt;
  Bytes bytes{};
  if (::inet_pton(v4 ? AF_INET : AF_INET6, plain.c_str(), bytes.data()) != 1) return std::nullopt;
  return IpAddress(bytes, v4);
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> out{};
  ::inet_ntop(v4_ ? AF_INET : AF_INET6, bytes_.data(), out.data(), out.size());
  return out.data();
}

IpAddress IpAddress::unwrapped() const {
  if (!carries_v4(*this)) return *this;
  return v4({bytes_[12], bytes_[13], bytes_[14], bytes_[15]});
}

tl::expected<IpRange, std::string> IpRange::parse(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return tl::make_unexpected(std::string(text) + ' ' + std::string(why));
  };
  const auto slash = text.find('/');
  const auto address = text.find('%') == std::string_view::npos ? IpAddress::parse(text.substr(0, slash))
                                                                : std::optional<IpAddress>();
  if (!address) return wrong("is not an IP address or a range like 10.20.0.0/16 or fd00::/8");
  unsigned prefix = address->bits();
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (error != std::errc{} || end != digits.data() + digits.size() || prefix > address->bits()) {
      return wrong("must end in a prefix length from 0 to " + std::to_string(address->bits()));
    }
  }
  for (unsigned at = prefix; at < address->bits(); ++at) {
    if (bit(*address, at)) return wrong("has bits set beyond its prefix length");
  }
  if (carries_v4(*address) && prefix >= kWrapBits) return IpRange(address->unwrapped(), prefix - kWrapBits);
  return IpRange(*address, prefix);
}

bool IpRange::holds(const IpAddress& address) const {
  if (address.is_v4() != first_.is_v4()) return false;
  for (unsigned at = 0; at < prefix_; ++at) {
    if (bit(address, at) != bit(first_, at)) return false;
  }
  return true;
}

}  // namespace akko
