#include "internal/base/seldom.h"

#include <gtest/gtest.h>

namespace bao::base {
namespace {

using namespace std::chrono_literals;

TEST(Seldom, SaysTheFirstAndThenOneInAWhileWithTheNumberLeftOut) {
  Seldom seldom(10s);
  const Seldom::Time start{1h};
  EXPECT_EQ(seldom.due(start), 0);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(seldom.due(start + 9s), std::nullopt);
  EXPECT_EQ(seldom.due(start + 10s), 5);
  EXPECT_EQ(seldom.due(start + 19s), std::nullopt);
  EXPECT_EQ(seldom.due(start + 30s), 1);
}

}  // namespace
}  // namespace bao::base
