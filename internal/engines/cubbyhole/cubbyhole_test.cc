// Text scenarios (testdata/cubbyhole); see scenario.h for their language.
#include "internal/engines/cubbyhole/cubbyhole.h"

#include <gtest/gtest.h>

#include "internal/logical/scenario/scenario.h"

namespace bao::engines {
namespace {

TEST(Cubbyhole, EachOwnerSeesItsOwn) {
  const std::string file = "testdata/cubbyhole/private.txt";
  EXPECT_EQ(logical::scenario::check_file(cubbyhole_backend(), file), "");
}

TEST(Cubbyhole, WhatATokenKeepsLiesInItsFolder) {
  logical::scenario::Runner runner(cubbyhole_backend());
  ASSERT_TRUE(runner.mount({}).ok());
  EXPECT_EQ(runner.request("AS folder"), "");
  EXPECT_EQ(runner.request("POST a/b <- {\"v\":1}"), "204");
  const barrier::Reader reader(runner.barrier());
  EXPECT_EQ(*reader.get(runner.view_prefix() + "folder/a/b"), "{\"v\":1}");
}

}  // namespace
}  // namespace bao::engines
