// Against a DNS server of the test's on loopback.
#include "internal/net/resolver.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include "internal/net/test_dns_server.h"

namespace bao::net {
namespace {

class Names : public testing::Test {
 protected:
  std::vector<std::string> addresses(const std::string& name) {
    const auto found = look_up_addresses(name, dns_.address(), patience_);
    if (!found.ok()) return {found.error().message()};
    std::vector<std::string> out;
    for (const sockaddr_storage& address : *found) {
      char text[INET6_ADDRSTRLEN] = "";
      const void* bytes = address.ss_family == AF_INET ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(address).sin_addr)
                                                       : &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
      inet_ntop(address.ss_family, bytes, text, sizeof text);
      out.emplace_back(text);
    }
    return out;
  }
  std::vector<std::string> texts(const std::string& name) {
    const auto found = look_up_texts(name, dns_.address(), patience_);
    return found.ok() ? *found : std::vector<std::string>{found.error().message()};
  }
  static SteadyTime soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(60); }

  using Strings = std::vector<std::string>;
  TestDnsServer dns_;
  Bell bell_;
  Patience patience_{bell_, soon(), [] { return true; }};
};

TEST_F(Names, HaveAddressesOfBothFamiliesIpv6First) {
  dns_.add_address("a.test", "192.0.2.1");
  dns_.add_address("a.test", "192.0.2.2");
  dns_.add_address("a.test", "2001:db8::1");
  EXPECT_EQ(addresses("a.test"), (Strings{"2001:db8::1", "192.0.2.1", "192.0.2.2"}));
  EXPECT_EQ(addresses("192.0.2.9"), Strings{"192.0.2.9"});
  EXPECT_EQ(addresses("2001:db8::9"), Strings{"2001:db8::9"});
}

TEST_F(Names, MayBeAliasesOfAliases) {
  dns_.add_alias("a.test", "b.test");
  dns_.add_alias("b.test", "c.test");
  dns_.add_address("c.test", "192.0.2.3");
  dns_.add_text("c.test", {"text"});
  EXPECT_EQ(addresses("a.test"), Strings{"192.0.2.3"});
  EXPECT_EQ(texts("a.test"), Strings{"text"});
}

TEST_F(Names, HaveTextsOfSeveralStringsAndSeveralRecords) {
  dns_.add_text("t.test", {"one ", "record"});
  dns_.add_text("t.test", {"another"});
  dns_.add_text("t.test", {""});
  EXPECT_EQ(texts("t.test"), (Strings{"one record", "another", ""}));
  EXPECT_EQ(dns_.asked_over_tcp(), 0);
}

TEST_F(Names, WithMoreThanADatagramHoldsAreAskedForOverTcp) {
  const std::string piece(255, 'x');
  for (int i = 0; i < 100; ++i) dns_.add_text("big.test", {piece, piece});
  EXPECT_EQ(texts("big.test"), Strings(100, piece + piece));
  EXPECT_EQ(dns_.asked_over_tcp(), 1);
}

TEST_F(Names, ThatAreNotThereAreToldFromThoseThatHaveNothing) {
  dns_.add_text("t.test", {"x"});
  EXPECT_EQ(addresses("nobody.test"), Strings{"looking up nobody.test: no such name"});
  EXPECT_EQ(addresses("t.test"), Strings{"looking up t.test: no such record"});
  dns_.add_address("a.test", "192.0.2.1");
  EXPECT_EQ(texts("a.test"), Strings{"looking up a.test: no such record"});
  EXPECT_EQ(look_up_texts("a.test", dns_.address(), patience_).error().code(), base::Code::absent);
}

TEST_F(Names, AreGivenUpWhenNobodyWantsThemAnyMore) {
  dns_.be_silent_about("silent.test", bell_);
  patience_.goes_on = [] { return false; };
  const auto found = look_up_texts("silent.test", dns_.address(), patience_);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code(), base::Code::unavailable);
  EXPECT_EQ(found.error().message(), "looking up silent.test: it is not wanted any more");
}

TEST_F(Names, AreGivenUpWhenTheTimeHasCome) {
  Bell ignored;
  dns_.be_silent_about("silent.test", ignored);
  patience_.until = std::chrono::steady_clock::now();
  EXPECT_EQ(addresses("silent.test"), Strings{"looking up silent.test: no answer in time"});
}

TEST_F(Names, NeedAServerThatIsOne) {
  EXPECT_EQ(look_up_texts("a.test", "127.0.0.1", patience_).error().message(), "looking up 127.0.0.1: missing port in address");
  EXPECT_EQ(look_up_texts("a.test", "127.0.0.1:dns", patience_).error().message(), "looking up 127.0.0.1:dns: invalid port");
}

// The machine's resolvers know this one without asking anybody; the server's own name is looked up by them.
TEST_F(Names, OfTheMachineAreKnownToTheMachine) {
  EXPECT_TRUE(look_up_addresses("localhost", "", patience_).ok());
  dns_.add_address("a.test", "192.0.2.1");
  const std::string port = dns_.address().substr(dns_.address().find(':'));
  const auto found = look_up_addresses("a.test", "127.0.0.1" + port, patience_);
  EXPECT_TRUE(found.ok());
}

}  // namespace
}  // namespace bao::net
