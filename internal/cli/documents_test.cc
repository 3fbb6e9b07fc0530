// What is checked in below man/ and completions/ is what the table of commands says.
#include "internal/cli/documents.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

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

TEST(Documents, EveryTopLevelCommandHasAPage) {
  const Documents pages = man_pages();
  EXPECT_TRUE(pages.contains("man/bao.1"));
  EXPECT_TRUE(pages.contains("man/bao-kv.1"));
  EXPECT_NE(pages.at("man/bao-kv.1").find("bao kv metadata patch"), std::string::npos);
  EXPECT_NE(pages.at("man/bao.1").find("BAO_ADDR"), std::string::npos);
}

}  // namespace
}  // namespace bao::cli
