#include "domain/address_rules.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace akko {
namespace {

std::vector<IpRange> ranges(const std::vector<std::string>& texts) {
  std::vector<IpRange> out;
  for (const auto& text : texts) out.push_back(*IpRange::parse(text));
  return out;
}

// The range that refuses the address; "" when it may be connected to.
std::string refusal(const AddressRules& rules, const std::string& address) {
  const auto range = rules.refusal(*IpAddress::parse(address));
  return range ? range->text() : "";
}

TEST(AddressRules, deny_what_only_this_machine_can_reach) {
  const AddressRules rules;
  const std::vector<std::pair<std::string, std::string>> denied = {
      {"169.254.169.254", "169.254.0.0/16"},
      {"169.254.0.1", "169.254.0.0/16"},
      {"fe80::1%eth0", "fe80::/10"},
      {"fd00:ec2::254", "fd00:ec2::254/128"},
      {"100.100.100.200", "100.100.100.200/32"},
      {"192.0.0.192", "192.0.0.192/32"},
      {"168.63.129.16", "168.63.129.16/32"},
      {"0.0.0.0", "0.0.0.0/8"},
      {"0.1.2.3", "0.0.0.0/8"},
      {"::", "::/128"},
      {"224.0.0.1", "224.0.0.0/4"},
      {"239.255.255.255", "224.0.0.0/4"},
      {"ff02::1", "ff00::/8"},
      {"255.255.255.255", "255.255.255.255/32"},
  };
  for (const auto& [address, range] : denied) EXPECT_EQ(refusal(rules, address), range) << address;
}

TEST(AddressRules, permit_where_data_sources_are) {
  const AddressRules rules;
  for (const auto* address :
       {"10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "::1", "fd00::1", "8.8.8.8", "2001:db8::1",
        "100.100.100.201", "192.0.0.193", "168.63.129.17", "169.253.255.255", "169.255.0.0", "1.0.0.0",
        "223.255.255.255", "fec0::1", "fd00:ec2::255"}) {
    EXPECT_EQ(refusal(rules, address), "") << address;
  }
}

TEST(AddressRules, judge_a_wrapped_ipv4_address_as_what_it_leads_to) {
  const AddressRules rules;
  for (const auto* address :
       {"::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "64:ff9b::169.254.169.254", "64:ff9b::a9fe:a9fe"}) {
    EXPECT_EQ(refusal(rules, address), "169.254.0.0/16") << address;
  }
  EXPECT_EQ(refusal(rules, "::ffff:0.0.0.0"), "0.0.0.0/8");
  EXPECT_EQ(refusal(rules, "::ffff:10.0.0.1"), "");
  const AddressRules ours(ranges({"10.0.0.0/8"}), ranges({"10.20.0.0/16"}));
  EXPECT_EQ(refusal(ours, "::ffff:10.0.0.1"), "10.0.0.0/8");
  EXPECT_EQ(refusal(ours, "64:ff9b::10.20.0.1"), "");
  EXPECT_EQ(refusal(AddressRules(ranges({"::ffff:10.0.0.0/104"}), {}), "10.0.0.1"), "10.0.0.0/8");
}

TEST(AddressRules, an_own_denial_adds_to_the_built_in_ones) {
  const AddressRules rules(ranges({"10.99.0.0/16", "127.0.0.0/8"}), {});
  EXPECT_EQ(refusal(rules, "10.99.3.4"), "10.99.0.0/16");
  EXPECT_EQ(refusal(rules, "127.0.0.1"), "127.0.0.0/8");
  EXPECT_EQ(refusal(rules, "10.98.3.4"), "");
  EXPECT_EQ(refusal(rules, "169.254.1.1"), "169.254.0.0/16");
}

TEST(AddressRules, an_allowed_range_of_equal_or_longer_prefix_overrides) {
  const AddressRules equal({}, ranges({"169.254.0.0/16"}));
  EXPECT_EQ(refusal(equal, "169.254.1.1"), "");
  const AddressRules longer({}, ranges({"169.254.7.0/24"}));
  EXPECT_EQ(refusal(longer, "169.254.7.1"), "");
  EXPECT_EQ(refusal(longer, "169.254.8.1"), "169.254.0.0/16");
  const AddressRules shorter({}, ranges({"168.0.0.0/6", "::/0", "0.0.0.0/0"}));
  EXPECT_EQ(refusal(shorter, "169.254.1.1"), "169.254.0.0/16");
  EXPECT_EQ(refusal(shorter, "fe80::1"), "fe80::/10");
}

TEST(AddressRules, every_denial_must_be_overridden) {
  const AddressRules rules(ranges({"10.0.0.0/8", "10.20.30.0/24"}), ranges({"10.20.0.0/16"}));
  EXPECT_EQ(refusal(rules, "10.20.1.1"), "");
  EXPECT_EQ(refusal(rules, "10.20.30.1"), "10.20.30.0/24");
}

TEST(AddressRules, an_allow_list_denies_nothing_by_itself) {
  const AddressRules rules({}, ranges({"10.20.0.0/16"}));
  EXPECT_EQ(refusal(rules, "8.8.8.8"), "");
}

TEST(AddressRules, can_permit_some_networks_only) {
  const AddressRules rules(ranges({"0.0.0.0/0", "::/0"}), ranges({"10.20.0.0/16", "fd00:20::/32"}));
  EXPECT_EQ(refusal(rules, "10.20.1.1"), "");
  EXPECT_EQ(refusal(rules, "fd00:20::1"), "");
  EXPECT_EQ(refusal(rules, "10.21.1.1"), "0.0.0.0/0");
  EXPECT_EQ(refusal(rules, "127.0.0.1"), "0.0.0.0/0");
  EXPECT_EQ(refusal(rules, "::1"), "::/0");
}

}  // namespace
}  // namespace akko
