#include "internal/net/bound_addresses.h"

#include <gtest/gtest.h>

namespace bao::net {
namespace {

TEST(AddressBinding, BlocksAndAddressesOfBothFamilies) {
  EXPECT_TRUE(address_is_bound("10.1.2.3", {"192.168.0.0/16", "10.0.0.0/8"}));
  EXPECT_FALSE(address_is_bound("11.1.2.3", {"10.0.0.0/8"}));
  EXPECT_TRUE(address_is_bound("10.0.0.129", {"10.0.0.128/25"}));
  EXPECT_FALSE(address_is_bound("10.0.0.127", {"10.0.0.128/25"}));
  EXPECT_TRUE(address_is_bound("127.0.0.1", {"127.0.0.1"}));
  EXPECT_FALSE(address_is_bound("127.0.0.2", {"127.0.0.1"}));
  EXPECT_TRUE(address_is_bound("2001:db8::7", {"2001:db8::/32"}));
  EXPECT_FALSE(address_is_bound("2001:db9::7", {"2001:db8::/32"}));
  EXPECT_TRUE(address_is_bound("::ffff:10.0.0.1", {"10.0.0.0/8"}));
  EXPECT_TRUE(address_is_bound("10.0.0.1", {"0.0.0.0/0"}));
}

TEST(AddressBinding, BlocksLieInBlocksOfTheirFamilyThatAreAsWide) {
  EXPECT_TRUE(blocks_lie_in({"10.1.0.0/16", "127.0.0.1/32"}, {"10.0.0.0/8", "127.0.0.1"}));
  EXPECT_FALSE(blocks_lie_in({"10.0.0.0/7"}, {"10.0.0.0/8"}));
  EXPECT_FALSE(blocks_lie_in({"10.1.0.0/16", "11.0.0.0/16"}, {"10.0.0.0/8"}));
  EXPECT_FALSE(blocks_lie_in({"::/64"}, {"0.0.0.0/0"}));
}

TEST(AddressBinding, PlainAddressesAreNoBlocks) {
  EXPECT_TRUE(check_blocks({"127.0.0.1/32", "::1/128"}).ok());
  EXPECT_EQ(check_blocks({"10.0.0.0/8", "127.0.0.1"}).error().message(), "invalid CIDR address: 127.0.0.1");
  EXPECT_EQ(*parse_cidrs({"127.0.0.1/32", "10.0.0.0/8"}), (std::vector<std::string>{"127.0.0.1", "10.0.0.0/8"}));
}

TEST(AddressBinding, WhatIsNoBlockBindsNothing) {
  for (const char* block : {"", "10.0.0.0/33", "10.0.0.0/x", "10.0.0/8", "host"}) {
    EXPECT_FALSE(address_is_bound("10.0.0.1", {block})) << block;
  }
  EXPECT_FALSE(address_is_bound("", {"0.0.0.0/0"}));
  EXPECT_FALSE(address_is_bound("::1", {"0.0.0.0/0"}));
}

}  // namespace
}  // namespace bao::net
