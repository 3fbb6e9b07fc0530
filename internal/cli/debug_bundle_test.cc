// A bundle is readable by its owner alone, overwrites nothing, and tells what it holds and what it lacks.
#include "internal/cli/debug_bundle.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "internal/codec/compression.h"

namespace bao::cli {
namespace {

using codec::Json;

const base::Time kNow{std::chrono::seconds(1'800'000'000)};

class DebugBundleTest : public ::testing::Test {
 protected:
  DebugBundleTest() {
    std::string pattern = ::testing::TempDir() + "bundle-XXXXXX";
    folder = mkdtemp(pattern.data());
  }
  ~DebugBundleTest() override { std::filesystem::remove_all(folder); }
  static unsigned mode_of(const std::string& path) {
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 ? found.st_mode & 0777u : 0;
  }

  std::string folder;
};

TEST_F(DebugBundleTest, AnArchiveHoldsWhatIndexNames) {
  auto bundle = DebugBundle::make(folder + "/b.tar.gz", true);
  ASSERT_TRUE(bundle.ok()) << bundle.error().message();
  ASSERT_TRUE(bundle->write("metrics.json", "[]").ok());
  bundle->add_error("log", "not there", kNow);
  bundle->add_error("log", "not there", kNow);
  EXPECT_EQ(mode_of(folder + "/b"), 0700u);
  EXPECT_EQ(mode_of(folder + "/b/metrics.json"), 0600u);
  const auto done = bundle->finish(Json::record({{"version", 1}}), kNow);
  ASSERT_TRUE(done.ok()) << done.error().message();
  EXPECT_EQ(*done, folder + "/b.tar.gz");
  EXPECT_EQ(mode_of(*done), 0600u);
  EXPECT_FALSE(std::filesystem::exists(folder + "/b"));
  std::ifstream file(*done, std::ios::binary);
  const std::string packed(std::istreambuf_iterator<char>(file), {});
  const std::string archive = *codec::gunzip(packed, 1 << 20);
  constexpr size_t kFolder = 512;  // the bundle's own, which the reader of snapshots doesn't take
  EXPECT_EQ(archive.substr(0, 3), std::string("b/\0", 3));
  EXPECT_EQ(archive[156], '5');
  const auto entries = codec::read_tar(archive.substr(kFolder));
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ((*entries)[0].name, "b/metrics.json");
  const auto index = codec::parse_json((*entries)[1].content);
  EXPECT_EQ((*index)["errors"].size(), 1u);
  EXPECT_EQ((*index)["output"]["files"].items().at(0).as_string(), "metrics.json");
}

TEST_F(DebugBundleTest, FilesOfAMomentLieInAFolderOfTheirOwn) {
  auto bundle = DebugBundle::make(folder + "/b", false);
  ASSERT_TRUE(bundle.ok());
  for (const char* name : {"2026-11-29T13-20-00Z/heap.prof", "metrics.json", "2026-11-29T13-20-00Z/mutex.prof"}) {
    ASSERT_TRUE(bundle->write(name, "x").ok());
  }
  EXPECT_EQ(mode_of(folder + "/b/2026-11-29T13-20-00Z"), 0700u);
  ASSERT_TRUE(bundle->finish(Json::record({{"version", 1}}), kNow).ok());
  std::ifstream file(folder + "/b/index.json");
  const auto index = codec::parse_json(std::string(std::istreambuf_iterator<char>(file), {}));
  ASSERT_TRUE(index.ok());
  EXPECT_EQ(codec::write_json((*index)["output"]),
            R"({"2026-11-29T13-20-00Z":{"files":["heap.prof","mutex.prof"],"timestamp":"2026-11-29T13:20:00Z"},"files":["metrics.json"]})");
}

TEST_F(DebugBundleTest, NothingIsOverwritten) {
  ASSERT_TRUE(DebugBundle::make(folder + "/one", false).ok());
  EXPECT_FALSE(DebugBundle::make(folder + "/one", false).ok());
  EXPECT_FALSE(DebugBundle::make(folder + "/one", true).ok());
  std::ofstream(folder + "/two.tar.gz") << "precious";
  EXPECT_FALSE(DebugBundle::make(folder + "/two", true).ok());
  EXPECT_FALSE(DebugBundle::make(folder + "/no/such/folder", false).ok());
}

}  // namespace
}  // namespace bao::cli
