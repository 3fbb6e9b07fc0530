#include "internal/net/address_rule.h"

#include <gtest/gtest.h>

#include "internal/net/resolver.h"

namespace bao::net {
namespace {

sockaddr_storage address_of(const char* text) { return address_in_text(text).value(); }

AddressRule opening(const std::vector<std::string>& ranges) { return AddressRule::allowing(ranges).value(); }

TEST(AddressRule, LetsPublicAddressesThrough) {
  for (const char* text : {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
                           "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.20.0.0", "223.255.255.255",
                           "2606:4700::1111", "2a00::1", "2001:200::1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1"}) {
    EXPECT_TRUE(AddressRule().allows(address_of(text))) << text;
  }
}

TEST(AddressRule, KeepsEverythingElseOut) {
  for (const char* text :
       {"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.0.1",
        "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1",
        "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::10.0.0.1", "::1.1.1.1", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:db8::1", "3fff::1",
        "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "4000::1"}) {
    EXPECT_FALSE(AddressRule().allows(address_of(text))) << text;
  }
  sockaddr_storage other{};
  other.ss_family = AF_UNIX;
  EXPECT_FALSE(AddressRule().allows(other));
}

TEST(AddressRule, JudgesWhatAnAddressCarries) {
  for (const char* text : {"::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::169.254.169.254", "64:ff9b::127.0.0.1", "2002:7f00:1::1",
                           "2002:a00:1::", "2002:c0a8:101::1"}) {
    EXPECT_FALSE(AddressRule().allows(address_of(text))) << text;
  }
  const AddressRule rule = opening({"10.0.0.0/8"});
  EXPECT_TRUE(rule.allows(address_of("::ffff:10.1.2.3")));
  EXPECT_TRUE(rule.allows(address_of("64:ff9b::10.1.2.3")));
  EXPECT_FALSE(rule.allows(address_of("::ffff:127.0.0.1")));
}

TEST(AddressRule, OpensRangesToTheBit) {
  const AddressRule rule = opening({"10.0.0.0/8", "172.16.0.128/25", "127.0.0.1/32", "fd00:1::/31"});
  for (const char* text : {"10.9.8.7", "172.16.0.128", "172.16.0.255", "127.0.0.1", "fd00::5", "fd00:1:ffff::1", "1.1.1.1"})
    EXPECT_TRUE(rule.allows(address_of(text))) << text;
  for (const char* text : {"172.16.0.127", "172.16.1.128", "127.0.0.2", "192.168.0.1", "fd00:2::1", "::1"})
    EXPECT_FALSE(rule.allows(address_of(text))) << text;
  EXPECT_TRUE(opening({"10.1.2.3/8"}).allows(address_of("10.200.0.1")));
}

TEST(AddressRule, ARangeOfOneFamilyOpensNothingOfTheOther) {
  EXPECT_TRUE(opening({"::/0"}).allows(address_of("::1")));
  EXPECT_FALSE(opening({"::/0"}).allows(address_of("127.0.0.1")));
  EXPECT_FALSE(opening({"::/0"}).allows(address_of("::ffff:127.0.0.1")));
  EXPECT_TRUE(opening({"0.0.0.0/0"}).allows(address_of("127.0.0.1")));
  EXPECT_FALSE(opening({"0.0.0.0/0"}).allows(address_of("::1")));
}

TEST(AddressRule, RefusesWhatIsNoRange) {
  for (const char* text : {"", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0/8", "fd00::/129", "x/8",
                           "localhost/8", "10.0.0.0/ 8", "010.0.0.0/8", "10.0.0.0/99999999999999999999"}) {
    const auto rule = AddressRule::allowing({"10.0.0.0/8", text});
    ASSERT_FALSE(rule.ok()) << text;
    EXPECT_EQ(rule.error().code(), base::Code::invalid);
    EXPECT_EQ(rule.error().message(), "\"" + std::string(text) + "\" is no range of addresses such as \"10.0.0.0/8\"");
  }
}

}  // namespace
}  // namespace bao::net
