#include "internal/server/flags.h"

#include <gtest/gtest.h>

#include <map>

#include "internal/server/console.h"

namespace bao::server {
namespace {

Variable variables(std::map<std::string, std::string> set) {
  return [set = std::move(set)](std::string_view name) -> std::optional<std::string> {
    const auto found = set.find(std::string(name));
    return found == set.end() ? std::nullopt : std::optional(found->second);
  };
}
Flags flags_of(const std::vector<std::string>& arguments, std::map<std::string, std::string> set = {}) {
  auto flags = parse_flags(arguments, variables(std::move(set)));
  EXPECT_TRUE(flags.ok()) << (flags.ok() ? "" : flags.error().message());
  return flags.ok() ? *flags : Flags{};
}
std::string error_of(const std::vector<std::string>& arguments) {
  const auto flags = parse_flags(arguments, variables({}));
  return flags.ok() ? "" : flags.error().message();
}

TEST(Flags, AreReadAsGoReadsThem) {
  const Flags flags = flags_of({"-dev", "--dev-root-token-id=mine", "-config", "a.hcl", "-config=b", "-log-level=warn", "rest", "-recovery"});
  EXPECT_TRUE(flags.dev);
  EXPECT_EQ(flags.dev_root_token_id, "mine");
  EXPECT_EQ(flags.configs, (std::vector<std::string>{"a.hcl", "b"}));
  EXPECT_EQ(flags.log_level, "warn");
  EXPECT_FALSE(flags.recovery) << "flags end at the first positional";
  EXPECT_FALSE(flags_of({"-dev=false"}).dev);
  EXPECT_EQ(flags_of({"-config="}).configs, std::vector<std::string>{""});
}

TEST(Flags, ErrorsAreGos) {
  EXPECT_EQ(error_of({"-bogus"}), "flag provided but not defined: -bogus");
  EXPECT_EQ(error_of({"-config"}), "flag needs an argument: -config");
  EXPECT_EQ(error_of({"-dev=maybe"}),
            "invalid boolean value \"maybe\" for -dev: strconv.ParseBool: parsing \"maybe\": invalid syntax");
}

TEST(Flags, BeatTheEnvironment) {
  const std::map<std::string, std::string> set = {{"DEV_ROOT_TOKEN_ID", "env"}, {"DEV_LISTEN_ADDRESS", "127.0.0.1:1"}};
  EXPECT_EQ(flags_of({"-dev"}, set).dev_root_token_id, "env");
  EXPECT_EQ(flags_of({"-dev"}, set).dev_listen_address, "127.0.0.1:1");
  EXPECT_EQ(flags_of({"-dev", "-dev-root-token-id=flag"}, set).dev_root_token_id, "flag");
}

TEST(Flags, SomeImplyDevelopmentModeSomeAreRefused) {
  EXPECT_TRUE(flags_of({"-dev-tls"}).dev);
  EXPECT_TRUE(flags_of({"-dev-kv-v1"}).dev);
  EXPECT_EQ(flags_of({"-dev-three-node"}).refused, std::vector<std::string>{"dev-three-node"});
  EXPECT_EQ(flags_of({"-address=http://x", "-log-rotate-bytes", "5"}).ignored, (std::vector<std::string>{"address", "log-rotate-bytes"}));
}

TEST(Console, WrapsBetweenWords) {
  EXPECT_EQ(wrapped("WARNING: storage configured to use \"inmem\" which should NOT be used in production"),
            "WARNING: storage configured to use \"inmem\" which should NOT be used in\nproduction");
}

}  // namespace
}  // namespace bao::server
