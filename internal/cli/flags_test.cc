// How a command line is split: Go's rules, which scripts written for OpenBao rely on.
#include "internal/cli/flags.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace bao::cli {
namespace {

constexpr Flag kField{.name = "field", .text = ""};
constexpr Flag kForce{.name = "force", .kind = FlagKind::boolean, .text = "", .alias = "f"};
constexpr Flag kCas{.name = "cas", .kind = FlagKind::integer, .text = "", .fallback = "-1"};
constexpr Flag kTtl{.name = "ttl", .kind = FlagKind::duration, .text = "", .environment = "BAO_FLAGS_TEST_TTL"};
constexpr Flag kPolicy{.name = "policy", .kind = FlagKind::list, .text = ""};
constexpr Flag kMeta{.name = "meta", .kind = FlagKind::map, .text = ""};
constexpr Flag kVersions{.name = "versions", .kind = FlagKind::keys, .text = ""};
constexpr Flag kRequired{.name = "required", .kind = FlagKind::boolean_or_unset, .text = ""};

FlagValues all_flags() {
  return FlagValues({&kField, &kForce, &kCas, &kTtl, &kPolicy, &kMeta, &kVersions, &kRequired});
}

struct Case {
  std::vector<std::string> arguments;
  std::string field;
  bool force;
  std::vector<std::string> positionals;
};

TEST(Flags, AreSplitAsGoDoes) {
  const Case cases[] = {
      {{"-field=x", "p"}, "x", false, {"p"}},
      {{"-field", "x", "p"}, "x", false, {"p"}},
      {{"--field", "x", "p"}, "x", false, {"p"}},
      {{"--field=x", "p"}, "x", false, {"p"}},
      {{"-field=a=b", "p"}, "a=b", false, {"p"}},
      {{"-field=", "p"}, "", false, {"p"}},
      {{"-field", "", "p"}, "", false, {"p"}},
      {{"-field", "-force", "p"}, "-force", false, {"p"}},                  // a value is whatever comes next
      {{"-force", "p"}, "", true, {"p"}},
      {{"-f", "p"}, "", true, {"p"}},
      {{"-force=false", "p"}, "", false, {"p"}},
      {{"-force", "false"}, "", true, {"false"}},                           // booleans take no value behind a space
      {{"p", "-field=x"}, "", false, {"p", "-field=x"}},                    // nothing is read behind the first positional
      {{"--", "-field=x"}, "", false, {"-field=x"}},
      {{"-force", "--", "p"}, "", true, {"p"}},
      {{"-", "-field=x"}, "", false, {"-", "-field=x"}},
      {{""}, "", false, {""}},
      {{"-field=1", "-field=2"}, "2", false, {}},
      // What CLI11 would not leave alone:
      {{"-field", "[a,b]", "p"}, "[a,b]", false, {"p"}},
      {{"p", "[a,b]", "++", "%%"}, "", false, {"p", "[a,b]", "++", "%%"}},
      {{"list", "read", "write"}, "", false, {"list", "read", "write"}},    // named as commands
      {{"p", "k=", "-5", "--x"}, "", false, {"p", "k=", "-5", "--x"}},
  };
  for (const Case& wanted : cases) {
    FlagValues flags = all_flags();
    ASSERT_TRUE(flags.parse(wanted.arguments).ok()) << wanted.arguments[0];
    EXPECT_EQ(flags.text("field"), wanted.field) << wanted.arguments[0];
    EXPECT_EQ(flags.boolean("force"), wanted.force) << wanted.arguments[0];
    EXPECT_EQ(flags.positionals(), wanted.positionals) << wanted.arguments[0];
  }
}

TEST(Flags, SayWhatIsWrongInGoWords) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"-nope"}, "flag provided but not defined: -nope"},
      {{"--nope=1"}, "flag provided but not defined: -nope"},
      {{"-field"}, "flag needs an argument: -field"},
      {{"---field=x"}, "bad flag syntax: ---field=x"},
      {{"-=x"}, "bad flag syntax: -=x"},
      {{"-cas=x"}, "invalid value \"x\" for flag -cas: parse error"},
      {{"-cas=99999999999999999999"}, "invalid value \"99999999999999999999\" for flag -cas: value out of range"},
      {{"-force=maybe"}, "invalid boolean value \"maybe\" for -force: parse error"},
      {{"-ttl=abc"}, "invalid value \"abc\" for flag -ttl: time: invalid duration \"abc\""},
      {{"-meta=abc"}, "invalid value \"abc\" for flag -meta: missing = in KV pair: \"abc\""},
  };
  for (const auto& [arguments, message] : cases) {
    FlagValues flags = all_flags();
    const auto status = flags.parse(arguments);
    ASSERT_FALSE(status.ok()) << message;
    EXPECT_EQ(status.error().message(), message);
  }
}

TEST(Flags, ReadValuesAsGoDoes) {
  FlagValues flags = all_flags();
  ASSERT_TRUE(flags.parse({"-cas=0x10", "-ttl=90", "-policy=a,b", "-policy", " c ", "-meta=k=v=w", "-versions=1, 2", "-versions=3",
                           "-required"}).ok());
  EXPECT_EQ(flags.integer("cas"), 16);
  EXPECT_EQ(flags.duration("ttl"), std::chrono::seconds(90));
  EXPECT_EQ(flags.list("policy"), (std::vector<std::string>{"a,b", "c"}));  // lists don't split on commas
  EXPECT_EQ(flags.map("meta").at("k"), "v=w");
  EXPECT_EQ(flags.list("versions"), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_TRUE(flags.boolean("required"));
}

TEST(Flags, DefaultsComeFromTheTableThenTheEnvironment) {
  EXPECT_EQ(all_flags().integer("cas"), -1);
  EXPECT_FALSE(all_flags().given("cas"));
  setenv("VAULT_FLAGS_TEST_TTL", "5m", 1);
  EXPECT_EQ(all_flags().duration("ttl"), std::chrono::minutes(5));
  setenv("BAO_FLAGS_TEST_TTL", "1h", 1);
  EXPECT_EQ(all_flags().duration("ttl"), std::chrono::hours(1));
  setenv("BAO_FLAGS_TEST_TTL", "nonsense", 1);  // ignored, as the flag would refuse it
  EXPECT_EQ(all_flags().duration("ttl").count(), 0);
  FlagValues flags = all_flags();
  ASSERT_TRUE(flags.parse({"-ttl=system"}).ok());
  EXPECT_EQ(flags.duration("ttl"), std::chrono::seconds(-1));
  unsetenv("BAO_FLAGS_TEST_TTL");
  unsetenv("VAULT_FLAGS_TEST_TTL");
}

}  // namespace
}  // namespace bao::cli
