// Plays testdata/raft/*.txt. BAO_REWRITE=1 writes what happens now; read it before it is committed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "internal/raft/scenario/script.h"

namespace bao::raft {
namespace {

std::string read(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(Scenario, EachEndsAsWritten) {
  size_t played = 0;
  for (const auto& file : std::filesystem::directory_iterator("testdata/raft")) {
    if (file.path().extension() != ".txt") continue;
    ++played;
    SCOPED_TRACE(file.path().string());
    const std::string written = read(file.path()), now = play(written);
    if (std::getenv("BAO_REWRITE") != nullptr) {
      std::ofstream(file.path()) << now;
    } else {
      EXPECT_EQ(now, written);
    }
    EXPECT_EQ(now.find("BROKEN"), std::string::npos);
  }
  EXPECT_GT(played, 0u);
}

}  // namespace
}  // namespace bao::raft
