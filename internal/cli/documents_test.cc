// What is checked in below man/ and completions/ is what the table of commands says.
#include "internal/cli/documents.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "internal/cli/command.h"

namespace bao::cli {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return std::move(content).str();
}

TEST(Documents, CheckedInOnesAreFresh) {
  for (const Documents& documents : {man_pages(), completions()}) {
    for (const auto& [name, content] : documents) {
      EXPECT_TRUE(content_of(name) == content) << name << " is stale: run `make docs`";
    }
  }
}

// As man pages write it.
std::string with_hyphens(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '-' ? "\\-" : std::string(1, c);
  return out;
}

std::vector<const Command*> shown_commands() {
  std::vector<const Command*> shown = commands();
  std::erase_if(shown, [](const Command* command) { return command->hidden; });
  return shown;
}

TEST(Documents, EveryCommandAndItsFlagsAreInAManPage) {
  const Documents pages = man_pages();
  EXPECT_NE(pages.at("man/bao.1").find("BAO_ADDR"), std::string::npos);
  for (const Command* command : shown_commands()) {
    const std::string_view top = command->path.substr(0, command->path.find(' '));
    const auto page = pages.find("man/bao-" + std::string(top) + ".1");
    ASSERT_NE(page, pages.end()) << command->path;
    EXPECT_NE(page->second.find(".B bao " + with_hyphens(command->path) + "\n"), std::string::npos) << command->path;
    for (const Flag& flag : command->flags) {
      if (flag.hidden) continue;
      EXPECT_NE(page->second.find("\\fB\\-" + with_hyphens(flag.name) + "\\fR"), std::string::npos) << command->path << " " << flag.name;
    }
  }
}

TEST(Documents, EveryCommandIsCompletedInEveryShell) {
  const Documents scripts = completions();
  ASSERT_EQ(scripts.size(), 3U);
  for (const Command* command : shown_commands()) {
    for (const auto& [name, script] : scripts) {
      EXPECT_NE(script.find(name_of(*command)), std::string::npos) << name << ": " << command->path;
      for (const Flag& flag : command->flags) {
        const bool completed = flag.hidden || script.find(flag.name) != std::string::npos;
        EXPECT_TRUE(completed) << name << ": " << command->path << " " << flag.name;
      }
    }
    // Whole paths stand in bash's.
    const std::string& bash = scripts.at("completions/bao.bash");
    const bool has_more = !command->flags.empty() || !children_of(command->path).empty();
    EXPECT_TRUE(!has_more || bash.find("'" + std::string(command->path) + "')") != std::string::npos) << command->path;
  }
}

}  // namespace
}  // namespace bao::cli
