#include "internal/core/mounts/plugin_version.h"

#include <gtest/gtest.h>

namespace bao::core {
namespace {

std::string canonical(std::string_view text) {
  const auto version = canonical_version(text);
  return version.ok() ? *version : version.error().message();
}

TEST(PluginVersion, IsWrittenAsTheReferenceWritesIt) {
  EXPECT_EQ(canonical("v2.6.2+builtin.bao"), builtin_version("2.6.2"));
  EXPECT_EQ(canonical("1"), "v1.0.0");
  EXPECT_EQ(canonical("v1.02"), "v1.2.0");
  EXPECT_EQ(canonical("1.2.3.4"), "v1.2.3.4");
  EXPECT_EQ(canonical("1.0-rc.1+a.b"), "v1.0.0-rc.1+a.b");
  EXPECT_EQ(canonical("1.0beta"), "v1.0.0-beta");
}

TEST(PluginVersion, WhatIsNoneIsRefused) {
  for (const char* text : {"", "v", "garbage", "1.", ".1", "1..2", "1.0-", "1.0+", "1.0+a..b", "1.0 ", "-1", "99999999999999999999"}) {
    EXPECT_EQ(canonical(text), "version \"" + std::string(text) + "\" is not a valid semantic version: malformed version: " + text);
  }
  EXPECT_EQ(builtin_version(""), "");
}

}  // namespace
}  // namespace bao::core
