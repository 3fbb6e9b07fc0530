// What is written is what is read, and nothing of it stays.
#include "internal/base/spool_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace bao::base {
namespace {

class SpoolFileTest : public testing::Test {
 protected:
  SpoolFileTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "spool-XXXXXX";
    folder = mkdtemp(pattern.data());
    if (const char* set = std::getenv("TMPDIR")) before = set;
    setenv("TMPDIR", folder.c_str(), 1);
  }
  ~SpoolFileTest() override {
    if (before.empty()) unsetenv("TMPDIR");
    else setenv("TMPDIR", before.c_str(), 1);
    std::filesystem::remove_all(folder);
  }
  std::string folder, before;
};

TEST_F(SpoolFileTest, WhatIsWrittenIsRead) {
  auto made = SpoolFile::create();
  ASSERT_TRUE(made.ok()) << made.error().message();
  SpoolFile& file = **made;
  std::string all;
  for (int i = 0; i < 100; ++i) {
    const std::string part(static_cast<size_t>(i) * 100, static_cast<char>('a' + i % 26));
    ASSERT_TRUE(file.append(part).ok());
    all += part;
  }
  ASSERT_TRUE(file.finish().ok());
  EXPECT_EQ(file.size(), all.size());
  EXPECT_TRUE(file.view() == all);
  EXPECT_TRUE(std::filesystem::is_empty(folder)) << "it has no name";
}

TEST_F(SpoolFileTest, NothingIsEmpty) {
  auto file = SpoolFile::create();
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->finish().ok());
  EXPECT_EQ((*file)->view(), "");
}

TEST_F(SpoolFileTest, WhereNothingCanBeWrittenIsUnavailable) {
  setenv("TMPDIR", (folder + "/absent").c_str(), 1);
  EXPECT_EQ(SpoolFile::create().error().code(), Code::unavailable);
}

}  // namespace
}  // namespace bao::base
