// IP addresses and ranges of them as values. Pure, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace akko {

class IpAddress {
 public:
  using Bytes = std::array<std::uint8_t, 16>;  // network order; an IPv4 address takes the first four

  // "10.1.2.3", "fd00::1", "fe80::1%eth0" (the zone is no part of the address). Nothing for other texts,
  // names and the short forms of IPv4 ("127.1") included.
  static std::optional<IpAddress> parse(std::string_view text);
  static IpAddress v4(const std::array<std::uint8_t, 4>& bytes);
  static IpAddress v6(const Bytes& bytes) { return {bytes, false}; }

  bool is_v4() const { return v4_; }
  const Bytes& bytes() const { return bytes_; }
  unsigned bits() const { return v4_ ? 32 : 128; }
  std::string text() const;

  // The IPv4 address that this one leads to, where it carries one: ::ffff:a.b.c.d (IPv4-mapped) and
  // 64:ff9b::a.b.c.d (NAT64). Else the address itself.
  IpAddress unwrapped() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  IpAddress(const Bytes& bytes, bool is_v4) : bytes_(bytes), v4_(is_v4) {}

  Bytes bytes_{};
  bool v4_ = false;
};

// A range in CIDR notation.
class IpRange {
 public:
  // "10.20.0.0/16", "fd00::/8", or one address. A range of IPv4-mapped or NAT64 addresses becomes the range
  // of the IPv4 addresses inside. Error: what is wrong, for the reader; bits beyond the prefix are refused,
  // because one of the two is then not what was meant.
  static tl::expected<IpRange, std::string> parse(std::string_view text);

  const IpAddress& first() const { return first_; }
  unsigned prefix() const { return prefix_; }
  // Of the same family only: ::/0 holds no IPv4 address.
  bool holds(const IpAddress& address) const;
  std::string text() const { return first_.text() + '/' + std::to_string(prefix_); }

  friend bool operator==(const IpRange&, const IpRange&) = default;

 private:
  IpRange(const IpAddress& first, unsigned prefix) : first_(first), prefix_(prefix) {}

  IpAddress first_;
  unsigned prefix_;
};

}  // namespace akko
