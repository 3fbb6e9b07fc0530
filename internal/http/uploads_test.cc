// A body in parts is the body, and nothing is taken for one that isn't whole.
#include "internal/http/uploads.h"

#include <gtest/gtest.h>

namespace bao::http {
namespace {

const Uploads::Time kNow{};

TEST(Uploads, PartsInOrderMakeABody) {
  Uploads uploads;
  ASSERT_TRUE(uploads.add("a", 0, "one ", kNow).ok());
  ASSERT_TRUE(uploads.add("b", 0, "other", kNow).ok());
  ASSERT_TRUE(uploads.add("a", 4, "two", kNow).ok());
  const auto whole = uploads.take("a");
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ((*whole)->view(), "one two");
  EXPECT_EQ(uploads.take("a").error().code(), base::Code::conflict) << "once";
}

TEST(Uploads, APartThatDoesNotFollowIsRefused) {
  Uploads uploads;
  EXPECT_EQ(uploads.add("a", 4, "two", kNow).error().code(), base::Code::conflict);
  ASSERT_TRUE(uploads.add("a", 0, "one ", kNow).ok());
  EXPECT_EQ(uploads.add("a", 0, "one ", kNow).error().code(), base::Code::conflict);
  EXPECT_EQ(uploads.add("a", 5, "two", kNow).error().code(), base::Code::conflict);
}

TEST(Uploads, AreFewAndForgottenWhenNothingFollows) {
  Uploads uploads;
  for (size_t i = 0; i < Uploads::kUploadsMax; ++i) ASSERT_TRUE(uploads.add(std::to_string(i), 0, "x", kNow).ok());
  EXPECT_EQ(uploads.add("more", 0, "x", kNow).error().code(), base::Code::exhausted);
  EXPECT_TRUE(uploads.add("more", 0, "x", kNow + Uploads::kForgottenAfter + std::chrono::seconds(1)).ok());
  EXPECT_EQ(uploads.take("0").error().code(), base::Code::conflict);
}

}  // namespace
}  // namespace bao::http
