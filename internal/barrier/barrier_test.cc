// What engines rely on: encrypted at rest under the path, snapshots, transactions that see their own writes, conflicts
// that run the body again, rotation that leaves old values readable.
#include "internal/barrier/barrier.h"

#include <gtest/gtest.h>

#include <thread>

#include "internal/base/limits.h"
#include "internal/base/time_format.h"
#include "internal/codec/json.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::barrier {
namespace {

using Names = std::vector<std::string>;
const base::Time kNow = *base::parse_rfc3339("2026-01-02T15:04:05Z");

class BarrierTest : public testing::Test {
 protected:
  BarrierTest() { barrier.set_keyring(std::make_shared<const Keyring>(Keyring::generate(kNow))); }
  void put(const std::string& key, const std::string& value) {
    ASSERT_TRUE(barrier.transact([&](Transaction& t) { return t.put(key, value); }).ok());
  }
  std::string get(const std::string& key) {
    const auto value = Reader(barrier).get(key);
    if (!value.ok()) return "error: " + std::string(base::code_name(value.error().code()));
    return *value ? **value : "(absent)";
  }
  std::unique_ptr<storage::Backend> backend = storage::inmem::open();
  Barrier barrier{*backend};
};

TEST_F(BarrierTest, ValuesLieEncryptedUnderTheirPath) {
  put("logical/a", "secret text");
  EXPECT_EQ(get("logical/a"), "secret text");
  EXPECT_EQ(get("logical/b"), "(absent)");
  const std::string envelope = (*backend->snapshot()->get("logical/a"))->value;
  EXPECT_EQ(envelope.find("secret"), std::string::npos);
  ASSERT_TRUE(backend->propose({{}, {}, {{storage::Operation::Kind::put, "logical/moved", envelope, "", ""}}}).ok());
  EXPECT_EQ(get("logical/moved"), "error: corrupt");
  EXPECT_EQ(barrier.encryptions(), 1u);
}

TEST_F(BarrierTest, SealedMeansNoReadsAndNoWrites) {
  put("a", "1");
  const auto keyring = barrier.keyring();
  barrier.seal();
  EXPECT_TRUE(barrier.sealed());
  EXPECT_EQ(get("a"), "error: sealed");
  EXPECT_EQ(barrier.transact([](Transaction& t) { return t.put("a", "2"); }).error().code(), base::Code::sealed);
  EXPECT_EQ(Reader(barrier).list("", "", -1).error().code(), base::Code::sealed);
  ASSERT_TRUE(barrier.transact([](Transaction& t) { t.put_plain("core/seal-config", "{}"); return base::Status(); }).ok());
  EXPECT_EQ(**Reader(barrier).get_plain("core/seal-config"), "{}");
  barrier.set_keyring(keyring);
  EXPECT_EQ(get("a"), "1");
}

TEST_F(BarrierTest, AnotherKeyringOrAnUnknownTermIsAnErrorThatSaysSo) {
  put("a", "1");
  ASSERT_TRUE(backend->propose({{}, {}, {{storage::Operation::Kind::put, "b", std::string("\0\0\0\7", 4) + std::string(40, '\2'), "", ""}}}).ok());
  EXPECT_NE(Reader(barrier).get("b").error().message().find("term 7"), std::string::npos);
  barrier.set_keyring(std::make_shared<const Keyring>(Keyring::generate(kNow)));
  EXPECT_EQ(get("a"), "error: corrupt");
}

// Another node's barrier over the same storage, as a standby has it.
// after the keyring was rotated: no decryption key for term
TEST_F(BarrierTest, AReaderLearnsTermsAndRootKeysThatAnotherNodeStored) {
  ASSERT_TRUE(barrier.transact([&](Transaction& t) { return put_keyring(t, *barrier.keyring()); }).ok());
  Barrier standby(*backend);
  standby.set_keyring(barrier.keyring());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(barrier.rotate(kNow).ok());
  put("a", "of term 4");
  EXPECT_EQ(**Reader(standby).get("a"), "of term 4");
  const auto renewed = std::make_shared<const Keyring>(barrier.keyring()->with_root_key(std::string(32, 'r')));
  const auto stored = barrier.transact([&](Transaction& t) { return put_keyring(t, *renewed); });
  ASSERT_TRUE(stored.ok());
  barrier.adopt(renewed, *stored);
  ASSERT_TRUE(standby.follow().ok());
  EXPECT_TRUE(standby.keyring()->root_key() == renewed->root_key());
  EXPECT_TRUE(standby.rotate(kNow).ok()) << "as the next active node does";
}

TEST_F(BarrierTest, ATransactionSeesItsOwnWrites) {
  put("f/a", "1");
  put("f/b/c", "1");
  put("f/d", "1");
  Transaction t(barrier);
  ASSERT_TRUE(t.put("f/a", "2").ok());
  ASSERT_TRUE(t.put("f/new/x", "2").ok());
  ASSERT_TRUE(t.remove("f/b/c").ok());
  ASSERT_TRUE(t.remove("f/d").ok());
  EXPECT_EQ(**t.get("f/a"), "2");
  EXPECT_FALSE(t.get("f/d")->has_value());
  EXPECT_EQ(*t.list("f/", "", -1), (Names{"a", "new/"}));
  EXPECT_EQ(*t.list("f/", "a", 1), Names{"new/"});
  EXPECT_EQ(*t.list("f/b/", "", -1), Names{});
  EXPECT_EQ(get("f/a"), "1") << "others see it after the commit";
  ASSERT_TRUE(t.commit().ok());
  EXPECT_EQ(get("f/a"), "2");
  EXPECT_EQ(*Reader(barrier).list("f/", "", -1), (Names{"a", "new/"}));
}

TEST_F(BarrierTest, RemoveBelowTakesEverything) {
  for (const char* key : {"m/a", "m/", "m/b/c/d", "m/b/c", "m/b", "n"}) put(key, "1");
  EXPECT_EQ(*storage::leaves_below(Reader(barrier), "m/"), (Names{"m/", "m/a", "m/b", "m/b/c", "m/b/c/d"}));
  ASSERT_TRUE(barrier.transact([](Transaction& t) { return storage::remove_below(t, "m/"); }).ok());
  EXPECT_EQ(*Reader(barrier).list("", "", -1), Names{"n"});
}

TEST_F(BarrierTest, LeavesComeBeforeFoldersAndFoldersInReverse) {
  for (const char* key : {"a/1", "a/2", "b/1", "c"}) put(key, "1");
  EXPECT_EQ(*storage::leaves_below(Reader(barrier), ""), (Names{"c", "b/1", "a/1", "a/2"}));
}

TEST_F(BarrierTest, WithoutWritesNothingIsProposed) {
  put("a", "1");
  const base::Index before = backend->applied();
  EXPECT_EQ(*barrier.transact([](Transaction& t) -> base::Status { return t.get("a").ok() ? base::Status() : base::internal("?"); }),
            before);
  EXPECT_EQ(backend->applied(), before);
}

TEST_F(BarrierTest, AConflictRunsTheBodyAgainOnFreshData) {
  put("n", "1");
  put("f/a", "");
  int runs = 0;
  ASSERT_TRUE(barrier.transact([&](Transaction& t) -> base::Status {
    ASSIGN_OR_RETURN(const auto value, t.get("n"));
    if (++runs == 1) put("n", "5");
    return t.put("n", *value + "+");
  }).ok());
  EXPECT_EQ(get("n"), "5+");
  EXPECT_EQ(runs, 2);
  runs = 0;
  ASSERT_TRUE(barrier.transact([&](Transaction& t) -> base::Status {
    ASSIGN_OR_RETURN(const auto names, t.list("f/", "", -1));
    if (++runs == 1) put("f/b", "");
    return t.put("count", std::to_string(names.size()));
  }).ok());
  EXPECT_EQ(get("count"), "2");
}

TEST_F(BarrierTest, EndlessConflictsEndWithThatError) {
  int runs = 0;
  const auto refused = barrier.transact([&](Transaction& t) -> base::Status {
    TRY(t.get("n").ok() ? base::Status() : base::Status(base::internal("?")));
    put("n", std::to_string(++runs));
    return t.put("n", "mine");
  });
  EXPECT_EQ(refused.error().code(), base::Code::conflict);
  EXPECT_EQ(runs, base::kTransactionAttemptsMax);
}

// transactions that were never ended
TEST_F(BarrierTest, TheBodysErrorEndsItWithoutACommit) {
  const auto refused = barrier.transact([](Transaction& t) -> base::Status {
    TRY(t.put("a", "1"));
    return base::invalid("no");
  });
  EXPECT_EQ(refused.error().message(), "no");
  EXPECT_EQ(get("a"), "(absent)");
}

TEST_F(BarrierTest, ManyThreadsOnOneKeyAllGetThrough) {
  constexpr int kThreads = 8, kRounds = 40;
  put("n", "0");
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        const auto done = barrier.transact([&](Transaction& t) -> base::Status {
          ASSIGN_OR_RETURN(const auto value, t.get("n"));
          return t.put("n", std::to_string(std::stoi(*value) + 1));
        });
        ASSERT_TRUE(done.ok()) << done.error().message();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(get("n"), std::to_string(kThreads * kRounds));
}

TEST_F(BarrierTest, RotationAddsATermAndOldValuesStayReadable) {
  ASSERT_TRUE(barrier.transact([&](Transaction& t) { return put_keyring(t, *barrier.keyring()); }).ok());
  put("old", "1");
  const auto before = barrier.keyring();
  ASSERT_TRUE(barrier.rotate(kNow).ok());
  EXPECT_EQ(barrier.keyring()->active_term().value, 2u);
  EXPECT_EQ(barrier.encryptions(), 0u);
  put("new", "2");
  EXPECT_EQ(get("old"), "1");
  EXPECT_EQ(get("new"), "2");
  EXPECT_EQ(envelope_term((*backend->snapshot()->get("new"))->value)->value, 2u);

  const std::string stored = **Reader(barrier).get_plain("core/keyring");
  const auto unsealed = Keyring::unseal_from("core/keyring", stored, before->root_key());
  ASSERT_TRUE(unsealed.ok());
  EXPECT_EQ(unsealed->serialize(), barrier.keyring()->serialize());
  EXPECT_NE(get("core/root-key").find("\"InstallTime\":\"0001-01-01T00:00:00Z\""), std::string::npos);
  EXPECT_EQ(envelope_term((*backend->snapshot()->get("core/root-key"))->value)->value, 2u);
  EXPECT_EQ(envelope_term((*backend->snapshot()->get("core/upgrade/1"))->value)->value, 1u);
  EXPECT_EQ((*codec::parse_json(get("core/upgrade/1")))["Term"].text(), "2");
}

TEST_F(BarrierTest, TwoRotationsAtOnceMakeTwoTerms) {
  ASSERT_TRUE(barrier.transact([&](Transaction& t) { return put_keyring(t, *barrier.keyring()); }).ok());
  std::thread other([&] { EXPECT_TRUE(barrier.rotate(kNow).ok()); });
  EXPECT_TRUE(barrier.rotate(kNow).ok());
  other.join();
  const auto stored = Keyring::unseal_from("core/keyring", **Reader(barrier).get_plain("core/keyring"), barrier.keyring()->root_key());
  EXPECT_EQ(stored->active_term().value, 3u);
  EXPECT_EQ(barrier.keyring()->active_term().value, 3u);
}

// A rotation and a new root key are stored one after the other and put in force the other way round: the first one lacks
// what the second one changed.
TEST_F(BarrierTest, WhatWasStoredLaterStaysInForce) {
  ASSERT_TRUE(barrier.transact([&](Transaction& t) { return put_keyring(t, *barrier.keyring()); }).ok());
  const auto rotated = std::make_shared<const Keyring>(barrier.keyring()->with_new_term(kNow));
  const auto first = barrier.transact([&](Transaction& t) { return put_keyring(t, *rotated); });
  const auto rekeyed = std::make_shared<const Keyring>(rotated->with_root_key(std::string(32, 'r')));
  const auto second = barrier.transact([&](Transaction& t) { return put_keyring(t, *rekeyed); });
  ASSERT_TRUE(first.ok() && second.ok());
  barrier.adopt(rekeyed, *second);
  barrier.adopt(rotated, *first);
  EXPECT_EQ(barrier.keyring(), rekeyed);
  EXPECT_TRUE(barrier.rotate(kNow).ok());  // reads what is stored with the root key in force
  barrier.seal();
  barrier.adopt(rotated, *first);
  EXPECT_TRUE(barrier.sealed());
  // Unsealed anew, what was stored before stays out as well.
  barrier.set_keyring(rekeyed, *second);
  barrier.adopt(rotated, *first);
  EXPECT_EQ(barrier.keyring(), rekeyed);
}

TEST_F(BarrierTest, TooLargeIsRefusedBeforeAnythingIsProposed) {
  Transaction t(barrier);
  EXPECT_EQ(t.put("a", std::string(base::kStorageValueBytesMax + 1, 'x')).error().code(), base::Code::too_large);
}

}  // namespace
}  // namespace bao::barrier
