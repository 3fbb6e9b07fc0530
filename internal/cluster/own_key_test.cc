// A member's key changes in steps, and a crash between any two of them leaves it with a key that the others know.
#include "internal/cluster/own_key.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <memory>

namespace bao::cluster {
namespace {

using core::MemberRecord;
using namespace std::chrono_literals;

class OwnKeyTest : public ::testing::Test {
 protected:
  OwnKeyTest() {
    std::string pattern = ::testing::TempDir() + "key-XXXXXX";
    folder = mkdtemp(pattern.data());
    start();
    key->tell(configured);
  }
  ~OwnKeyTest() override { std::filesystem::remove_all(folder); }
  // As after a crash.
  void start() {
    key = std::make_unique<OwnKey>(folder + "/node-key", 24h, 10s);
    open();
  }
  void open() {
    const core::KeySealing sealing{[this](const std::string& clear) -> base::Result<std::string> {
                                     if (while_kept) while_kept();
                                     return "s" + clear;
                                   },
                                   [](const std::string& sealed) -> base::Result<std::string> { return sealed.substr(1); }};
    ASSERT_TRUE(key->open(sealing, "n1", now).ok());
  }
  bool tend() { return key->tend(configured, "n1", now); }
  MemberRecord told() {
    MemberRecord record;
    key->tell(record);
    return record;
  }
  // What the leader does once every member knows the next certificate.
  void swap() {
    configured.old_certificate = std::exchange(configured.certificate, std::exchange(configured.next_certificate, ""));
  }

  std::string folder;
  std::unique_ptr<OwnKey> key;
  MemberRecord configured;
  base::Time now{1000h};
  std::function<void()> while_kept;  // the file is written
};

// All data was replaced by that of another keyring, and the node waits for the shares of that one.
TEST_F(OwnKeyTest, OutlivesWhatSealedItsFile) {
  const std::string first = key->certificate();
  const core::KeySealing other{[](const std::string& clear) -> base::Result<std::string> { return "other" + clear; },
                               [](const std::string& sealed) -> base::Result<std::string> {
                                 if (!sealed.starts_with("other")) return base::corrupt("sealed by another keyring");
                                 return sealed.substr(5);
                               }};
  key->hold();
  key->close();
  key->forget();
  ASSERT_TRUE(key->open(other, "n1", now).ok());
  EXPECT_EQ(key->certificate(), first);
  EXPECT_TRUE(key->current());
  key = std::make_unique<OwnKey>(folder + "/node-key", 24h, 10s);
  ASSERT_TRUE(key->open(other, "n1", now).ok());
  EXPECT_EQ(key->certificate(), first) << "sealed anew";
  key->close();
  key->forget();
  EXPECT_FALSE(key->current()) << "once";
}

TEST_F(OwnKeyTest, IsOfferedThenUsedThenTheOldOneIsOver) {
  const std::string first = key->certificate();
  now += 23h;
  EXPECT_FALSE(tend());
  EXPECT_EQ(told().next_certificate, "");
  now += 1h;
  EXPECT_FALSE(tend());
  const std::string second = told().next_certificate;
  EXPECT_NE(second, "");
  EXPECT_EQ(told().certificate, first) << "nobody knows the other yet";
  configured = told();
  EXPECT_FALSE(tend());
  swap();
  EXPECT_TRUE(tend());
  EXPECT_EQ(key->certificate(), second);
  EXPECT_EQ(told(), configured);
  const OwnKey::Time used{5s};
  key->in_use(used);
  EXPECT_FALSE(key->overlap_ended(used + 9s));
  EXPECT_TRUE(key->overlap_ended(used + 10s));
  EXPECT_FALSE(key->overlap_ended(used + 11s));
  EXPECT_EQ(told().old_certificate, "");
  EXPECT_FALSE(tend());
  EXPECT_EQ(told().next_certificate, "") << "the new one lives as long";
}

TEST_F(OwnKeyTest, IsForgottenWhileTheNodeIsSealedAndReadAgain) {
  now += 24h;
  tend();
  const MemberRecord before = told();
  key->forget();
  EXPECT_TRUE(key->current()) << "it is not sealed yet";
  key->close();
  key->forget();
  EXPECT_FALSE(key->current());
  EXPECT_EQ(told(), before);
  EXPECT_FALSE(tend());
  open();
  key->forget();
  EXPECT_TRUE(key->current()) << "whoever was about to forget it comes too late";
  EXPECT_EQ(told(), before);
}

TEST_F(OwnKeyTest, IsThereWhileItsFileIsWrittenAndOfferedOnlyThen) {
  now += 24h;
  std::string meanwhile = "nothing was written";
  while_kept = [&] {
    EXPECT_TRUE(key->current());
    meanwhile = told().next_certificate;
  };
  const uint64_t changes = key->changes();
  tend();
  EXPECT_EQ(meanwhile, "");
  EXPECT_NE(told().next_certificate, "");
  EXPECT_NE(key->changes(), changes);
}

TEST_F(OwnKeyTest, ACrashAfterAnyStepLosesNothing) {
  const std::string first = key->certificate();
  now += 24h;
  tend();
  const std::string second = told().next_certificate;
  start();
  EXPECT_EQ(told().certificate, first);
  EXPECT_EQ(told().next_certificate, second) << "made, and perhaps offered";
  configured = told();
  swap();
  start();
  EXPECT_EQ(key->certificate(), first) << "which is the old one, and counts";
  EXPECT_TRUE(tend());
  EXPECT_EQ(key->certificate(), second);
  start();
  EXPECT_EQ(key->certificate(), second);
  EXPECT_EQ(told().old_certificate, "") << "no connection is made with it any more";
  EXPECT_FALSE(tend());
}

}  // namespace
}  // namespace bao::cluster
