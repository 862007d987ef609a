#include "base/ip_address.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace akko {
namespace {

using testing::HasSubstr;

std::string text_of(const char* text) {
  const auto address = IpAddress::parse(text);
  return address ? address->text() : "nothing";
}

TEST(IpAddress, reads_addresses_of_both_families) {
  EXPECT_EQ(text_of("10.1.2.3"), "10.1.2.3");
  EXPECT_EQ(text_of("FD00:0:0::1"), "fd00::1");
  EXPECT_EQ(text_of("fe80::1%eth0"), "fe80::1");
  EXPECT_EQ(text_of("::ffff:10.1.2.3"), "::ffff:10.1.2.3");
  EXPECT_TRUE(IpAddress::parse("10.1.2.3")->is_v4());
  EXPECT_FALSE(IpAddress::parse("::1")->is_v4());
}

TEST(IpAddress, reads_nothing_else) {
  for (const auto* text : {"", "localhost", "127.1", "010.0.0.1", "0x7f.0.0.1", "2130706433", "1.2.3.4.5",
                           "1.2.3.256", "10.0.0.1 ", "[::1]", ":::", "1::2::3", "10.0.0.1%eth0"}) {
    EXPECT_EQ(text_of(text), "nothing") << text;
  }
  EXPECT_FALSE(IpAddress::parse(std::string_view("10.0.0.1\0evil", 13)));
}

TEST(IpAddress, finds_the_ipv4_address_inside) {
  const auto inner = [](const char* text) { return IpAddress::parse(text)->unwrapped().text(); };
  EXPECT_EQ(inner("::ffff:169.254.169.254"), "169.254.169.254");
  EXPECT_EQ(inner("::ffff:a9fe:a9fe"), "169.254.169.254");
  EXPECT_EQ(inner("64:ff9b::a9fe:a9fe"), "169.254.169.254");
  EXPECT_EQ(inner("64:ff9b:1::a9fe:a9fe"), "64:ff9b:1::a9fe:a9fe");
  EXPECT_EQ(inner("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(inner("::1"), "::1");
}

bool holds(const char* range, const char* address) {
  const auto parsed = IpRange::parse(range);
  EXPECT_TRUE(parsed) << range;
  return parsed && parsed->holds(*IpAddress::parse(address));
}

TEST(IpRange, holds_what_shares_its_prefix) {
  EXPECT_TRUE(holds("10.20.0.0/16", "10.20.255.1"));
  EXPECT_FALSE(holds("10.20.0.0/16", "10.21.0.0"));
  EXPECT_TRUE(holds("100.64.0.0/10", "100.127.255.255"));
  EXPECT_FALSE(holds("100.64.0.0/10", "100.128.0.0"));
  EXPECT_TRUE(holds("fe80::/10", "febf::1"));
  EXPECT_FALSE(holds("fe80::/10", "fec0::1"));
  EXPECT_TRUE(holds("10.0.0.1", "10.0.0.1"));
  EXPECT_FALSE(holds("10.0.0.1", "10.0.0.0"));
  EXPECT_TRUE(holds("fd00::1/128", "fd00::1"));
}

TEST(IpRange, holds_one_family_only) {
  EXPECT_TRUE(holds("0.0.0.0/0", "8.8.8.8"));
  EXPECT_FALSE(holds("0.0.0.0/0", "::1"));
  EXPECT_TRUE(holds("::/0", "2001:db8::1"));
  EXPECT_FALSE(holds("::/0", "10.0.0.1"));
}

TEST(IpRange, a_range_of_mapped_addresses_is_the_range_inside) {
  EXPECT_EQ(IpRange::parse("::ffff:10.0.0.0/104")->text(), "10.0.0.0/8");
  EXPECT_EQ(IpRange::parse("64:ff9b::a00:0/104")->text(), "10.0.0.0/8");
  EXPECT_EQ(IpRange::parse("64:ff9b::/32")->text(), "64:ff9b::/32");
}

TEST(IpRange, says_what_is_wrong) {
  const auto complaint = [](const char* text) {
    const auto range = IpRange::parse(text);
    return range ? "nothing" : range.error();
  };
  EXPECT_THAT(complaint("db.example"), HasSubstr("db.example is not an IP address"));
  EXPECT_THAT(complaint("10.0.0.0/33"), HasSubstr("from 0 to 32"));
  EXPECT_THAT(complaint("fd00::/129"), HasSubstr("from 0 to 128"));
  EXPECT_THAT(complaint("10.0.0.1/8"), HasSubstr("beyond its prefix"));
  EXPECT_THAT(complaint("fe80::%eth0/10"), HasSubstr("is not an IP address"));
  for (const auto* text : {"10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.0/ 8", "10.0/8", "/8", ""}) {
    EXPECT_NE(complaint(text), "nothing") << text;
  }
}

}  // namespace
}  // namespace akko
