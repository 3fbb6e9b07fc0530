// What users meet before any server does: help, unknown commands, wrong flags, requests that are only printed.
#include <gtest/gtest.h>

#include <cstdlib>

#include "internal/cli/cli.h"
#include "internal/cli/command.h"
#include "internal/cli/help.h"

namespace bao::cli {
namespace {

struct Ran {
  int status;
  std::string out, err;
};

Ran run_with(const std::vector<std::string>& arguments) {
  setenv("BAO_TOKEN", "t", 1);
  setenv("BAO_ADDR", "http://127.0.0.1:8200", 1);
  const Entry entry{.server = [](const std::vector<std::string>& given) { return static_cast<int>(given.size()) + 40; }};
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int status = run(arguments, entry);
  std::fflush(stdout);
  return {status, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

TEST(Run, HelpGoesToStdoutAndMistakesToStderr) {
  EXPECT_EQ(run_with({"-h"}).out.find("Usage: bao <command> [args]\n"), 0u);
  EXPECT_EQ(run_with({}).status, 127);
  EXPECT_EQ(run_with({"nonsense"}).status, 127);
  EXPECT_EQ(run_with({"kv"}).status, 1);
  EXPECT_NE(run_with({"kv"}).err.find("Subcommands:\n    delete "), std::string::npos);
  EXPECT_EQ(run_with({"kv", "-h"}).status, 0);
  EXPECT_EQ(run_with({"kv", "get", "x", "-h"}).out.find("Usage: bao kv get [options] KEY\n"), 0u);
  EXPECT_EQ(run_with({"-format=json", "status"}).err.find("Invalid flags before the subcommand."), 0u);
  EXPECT_EQ(run_with({"read", "-nope", "x"}).err, "flag provided but not defined: -nope\n");
  EXPECT_EQ(run_with({"read", "-format=xml", "x"}).err, "Invalid output format: xml\n");
  EXPECT_EQ(run_with({"policy", "write", "x"}).err, "Not enough arguments (expected 2, got 1)\n");
  EXPECT_EQ(run_with({"--version"}).out.find("OpenBao v2."), 0u);
}

TEST(Run, ServerGetsItsArgumentsAsTheyAre) { EXPECT_EQ(run_with({"server", "-dev", "-x"}).status, 42); }

TEST(Run, PrintsRequestsInsteadOfSendingThem) {
  EXPECT_EQ(run_with({"write", "-output-curl-string", "g//x", "a=it's"}).out,
            "curl -X PUT -H \"X-Vault-Request: true\" -H \"X-Vault-Token: $(bao print token)\" -d '{\"a\":\"it'\"'\"'s\"}' "
            "\"http://127.0.0.1:8200/v1/g/x\"\n");
  EXPECT_EQ(run_with({"list", "-output-policy", "sys/leases/lookup/a"}).out,
            "path \"sys/leases/lookup/a\" {\n  capabilities = [\"list\", \"sudo\"]\n}\n");
  EXPECT_EQ(run_with({"read", "-output-curl-string"}).status, 1);
}

TEST(Run, CommandsThatComeLaterSaySo) {
  const Ran ran = run_with({"agent", "-config=/"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.err, "\"bao agent\" is not part of this build yet.\n");
  EXPECT_EQ(run_with({"proxy", "-config=/absent.hcl"}).out,
            "error loading configuration from /absent.hcl: stat /absent.hcl: no such file or directory\n");
}

TEST(Commands, HaveParentsSynopsesAndNoFlagTwice) {
  for (const Command* command : commands()) {
    const std::string_view parent = parent_of(command->path);
    EXPECT_TRUE(parent.empty() || find_command(parent) != nullptr) << command->path;
    EXPECT_FALSE(command->synopsis.empty() || command->text.empty()) << command->path;
    EXPECT_EQ(command->run == nullptr, !children_of(command->path).empty() && command->path != "agent" && command->path != "debug") << command->path;
    std::vector<std::string_view> names;
    for (const Flag* flag : flags_of(*command)) {
      EXPECT_EQ(std::count(names.begin(), names.end(), flag->name), 0) << command->path << " -" << flag->name;
      names.push_back(flag->name);
      if (!flag->alias.empty()) names.push_back(flag->alias);
    }
  }
}

}  // namespace
}  // namespace bao::cli
