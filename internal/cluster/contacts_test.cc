// Where a member is looked for: where it says that it is; else where others say, and where the configuration says, in turn.
#include "internal/cluster/contacts.h"

#include <gtest/gtest.h>

#include "internal/testing/fake_cluster.h"

namespace bao::cluster {
namespace {

using raft::NodeId;

core::MemberRecord at(const std::string& address) {
  core::MemberRecord record = testing::FakeCluster::record_of("n2", 2);
  record.cluster_address = address;
  return record;
}

TEST(Contacts, WhatAMemberSaysOfItselfIsBelievedAndWhatOthersSayIsTried) {
  Contacts contacts;
  const core::MemberRecord configured = at("old:1");
  contacts.hint(configured, "hint:1");
  std::set<std::string> tried;
  for (int i = 0; i < 2; ++i) {
    tried.insert(contacts.address_of(configured));
    contacts.try_the_other();
  }
  EXPECT_EQ(tried, (std::set<std::string>{"old:1", "hint:1"})) << "the hint may be the older one";
  contacts.heard(at("new:1"));
  EXPECT_FALSE(contacts.hinted(NodeId{2}));
  contacts.hint(configured, "hint:2");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(contacts.address_of(configured), "new:1");
    contacts.try_the_other();
  }
}

TEST(Contacts, WhatWasHeardIsNewsUntilTheConfigurationSaysSo) {
  Contacts contacts;
  const Contexts before{{NodeId{2}, {at("old:1"), false}}}, after{{NodeId{2}, {at("new:1"), false}}};
  contacts.heard(at("new:1"));
  EXPECT_EQ(contacts.news(before), std::vector{at("new:1")});
  EXPECT_TRUE(contacts.news(after).empty());
  contacts.configured(before, after);
  EXPECT_EQ(contacts.known(at("newer:1")), at("newer:1")) << "what the log says anew is newer than what was heard";
  EXPECT_TRUE(contacts.news({}).empty()) << "of nobody who isn't a member";
}

TEST(Contacts, ACertificateThatIsInUseIsNotOfferedAgain) {
  Contacts contacts;
  core::MemberRecord offers = at("a:1");
  offers.next_certificate = "next";
  core::MemberRecord uses = at("a:1");
  uses.certificate = "next";
  contacts.heard(offers);
  EXPECT_TRUE(contacts.news({{NodeId{2}, {uses, false}}}).empty());
}

}  // namespace
}  // namespace bao::cluster
