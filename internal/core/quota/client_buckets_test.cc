#include "internal/core/quota/client_buckets.h"

#include <gtest/gtest.h>

#include <string>

namespace bao::core {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const base::Time kStart = base::Time(std::chrono::hours(24 * 365 * 50));

int allowed_of(ClientBuckets& buckets, const std::string& client, int requests, base::Time now) {
  int allowed = 0;
  for (int i = 0; i < requests; ++i) allowed += buckets.take(client, now).allowed;
  return allowed;
}

TEST(ClientBuckets, EachClientHasItsOwnRequestsAndGetsThemBackAtOnce) {
  ClientBuckets buckets(3, seconds(10), base::Duration(0));
  EXPECT_EQ(allowed_of(buckets, "a", 5, kStart), 3);
  EXPECT_EQ(allowed_of(buckets, "b", 5, kStart + seconds(4)), 3);
  EXPECT_EQ(allowed_of(buckets, "a", 5, kStart + seconds(9)), 0);
  EXPECT_EQ(allowed_of(buckets, "a", 5, kStart + seconds(10)), 3);
  EXPECT_EQ(allowed_of(buckets, "b", 5, kStart + seconds(13)), 0) << "its interval began later";
  EXPECT_EQ(allowed_of(buckets, "a", 5, kStart + seconds(100)), 3) << "what was not used is not saved up";
}

TEST(ClientBuckets, ItSaysWhatIsLeftAndForHowLong) {
  ClientBuckets buckets(2, seconds(10), base::Duration(0));
  EXPECT_EQ(buckets.take("a", kStart).remaining, 1u);
  const Taken second = buckets.take("a", kStart + seconds(3));
  EXPECT_EQ(second.remaining, 0u);
  EXPECT_EQ(second.until_full, seconds(7));
  const Taken refused = buckets.take("a", kStart + seconds(4));
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.until_full, seconds(6));
}

TEST(ClientBuckets, WhoIsRefusedIsBlockedForTheTimeGiven) {
  ClientBuckets buckets(1, seconds(1), minutes(1));
  EXPECT_TRUE(buckets.take("a", kStart).allowed);
  EXPECT_FALSE(buckets.take("a", kStart).blocked) << "it is counted, and refused";
  const Taken blocked = buckets.take("a", kStart + seconds(20));
  EXPECT_TRUE(blocked.blocked);
  EXPECT_EQ(blocked.until_full, seconds(40));
  EXPECT_TRUE(buckets.take("b", kStart + seconds(20)).allowed);
  EXPECT_TRUE(buckets.take("a", kStart + seconds(60)).allowed);
}

TEST(ClientBuckets, AClockThatIsSetBackLocksNobodyOut) {
  ClientBuckets buckets(1, minutes(1), std::chrono::hours(1));
  EXPECT_EQ(allowed_of(buckets, "a", 3, kStart), 1);
  EXPECT_TRUE(buckets.take("a", kStart - std::chrono::hours(5)).allowed);
}

TEST(ClientBuckets, ManyClientsTakeBoundedMemoryAndNobodyGetsInUncounted) {
  ClientBuckets buckets(1, minutes(1), base::Duration(0));
  constexpr int kClients = 3 * static_cast<int>(ClientBuckets::kClientsMax);
  int allowed = 0;
  for (int i = 0; i < kClients; ++i) allowed += buckets.take("client" + std::to_string(i), kStart).allowed;
  EXPECT_LE(buckets.clients(), ClientBuckets::kClientsMax + 16);
  EXPECT_LE(allowed, static_cast<int>(buckets.clients())) << "those beyond the bound share a count";
  EXPECT_FALSE(buckets.take("client0", kStart).allowed) << "who came first is not forgotten for those";
  EXPECT_EQ(allowed_of(buckets, "late", 2, kStart + minutes(10)), 1);
  EXPECT_LT(buckets.clients(), ClientBuckets::kClientsMax) << "those who stayed away are forgotten";
}

}  // namespace
}  // namespace bao::core
