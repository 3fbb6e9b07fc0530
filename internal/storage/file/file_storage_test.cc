// Storage in files: the common contract, OpenBao's layout, restarts, interrupted transactions, and the lock.
#include "internal/storage/file/file_storage.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "internal/storage/contract_test.h"
#include "internal/storage/file/layout.h"

namespace bao::storage {
namespace {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "file-storage-XXXXXX";
    path = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::string path;
};

std::unique_ptr<Backend> open_in_new_folder() {
  static std::vector<std::unique_ptr<TemporaryFolder>> folders;
  folders.push_back(std::make_unique<TemporaryFolder>());
  return std::move(*file::open(folders.back()->path));
}
INSTANTIATE_TEST_SUITE_P(File, BackendContract, testing::Values(BackendMaker(open_in_new_folder)));

class FileStorageTest : public testing::Test {
 protected:
  std::unique_ptr<Backend> open() {
    auto backend = file::open(folder.path);
    EXPECT_TRUE(backend.ok()) << backend.error().message();
    return std::move(*backend);
  }
  void spill(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(folder.path + "/" + name).parent_path());
    std::ofstream(folder.path + "/" + name) << text;
  }
  std::string slurp(const std::string& name) {
    std::stringstream text;
    text << std::ifstream(folder.path + "/" + name).rdbuf();
    return text.str();
  }
  static std::string read(Backend& backend, const std::string& key) {
    const auto record = backend.snapshot()->get(key);
    return record.ok() && *record ? (*record)->value : "(absent)";
  }
  TemporaryFolder folder;
};

TEST_F(FileStorageTest, WritesOpenBaosLayoutAndRemovesEmptyFolders) {
  auto backend = open();
  EXPECT_EQ(backend->type(), "file");
  ASSERT_TRUE(backend->propose({{}, {}, {put("core/a/b", "1"), put("core/c", "2")}}).ok());
  EXPECT_EQ(slurp("core/a/_b"), "{\"Value\":\"MQ==\"}\n");
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(folder.path + "/core/a/_b").permissions(), perms(0600));
  EXPECT_EQ(std::filesystem::status(folder.path + "/core/a").permissions(), perms(0700));
  ASSERT_TRUE(backend->propose({{}, {}, {remove("core/a/b")}}).ok());
  EXPECT_FALSE(std::filesystem::exists(folder.path + "/core/a"));
  EXPECT_TRUE(std::filesystem::exists(folder.path + "/core/_c"));
  EXPECT_FALSE(std::filesystem::exists(folder.path + "/.journal"));
}

TEST_F(FileStorageTest, ARestartKeepsKeysOfAnyKind) {
  const std::vector<std::string> keys = {"a", "a/b", "_a/b", "a/", "/", "../x", ".journal/x", "x.temp", std::string(5000, 'k'),
                                         std::string("n\0l", 3), "\xff"};
  std::vector<Operation> operations;
  for (const std::string& key : keys) operations.push_back(put(key, "of " + key));
  ASSERT_TRUE(open()->propose({{}, {}, operations}).ok());
  auto backend = open();
  for (const std::string& key : keys) EXPECT_EQ(read(*backend, key), "of " + key);
  for (Operation& operation : operations) operation = remove(operation.key);
  ASSERT_TRUE(backend->propose({{}, {}, operations}).ok());
  backend.reset();
  EXPECT_TRUE(open()->snapshot()->list("")->empty());
}

TEST_F(FileStorageTest, ReadsWhatOpenBaoWrote) {
  spill("sys/policy/_default", "{\"Value\":\"AP8=\"}\n");
  spill("sys/_unfinished.temp", "{\"Val");
  spill("sys/_full-disk", "");
  spill("_odd/_key", "{\"Value\":\"MQ==\"}\n");
  EXPECT_EQ(read(*open(), "_odd/key"), "1");
  ASSERT_TRUE(open()->propose({{}, {}, {remove("_odd/key")}}).ok());
  auto backend = open();
  EXPECT_EQ(read(*backend, "_odd/key"), "(absent)");
  EXPECT_EQ(read(*backend, "sys/policy/default"), std::string("\0\xff", 2));
  EXPECT_EQ(*backend->snapshot()->list("sys/"), (std::vector<std::string>{"policy/"}));
}

TEST_F(FileStorageTest, OpeningFinishesAnInterruptedTransaction) {
  ASSERT_TRUE(open()->propose({{}, {}, {put("a", "old"), put("b/c", "old")}}).ok());
  spill(".journal", file::write_entry({"a", "new"}) + file::write_entry({"b/c", std::nullopt}) +
                        file::write_entry({"d", "new"}));
  auto backend = open();
  EXPECT_EQ(read(*backend, "a"), "new");
  EXPECT_EQ(read(*backend, "b/c"), "(absent)");
  EXPECT_EQ(slurp("_d"), "{\"Value\":\"bmV3\"}\n");
  EXPECT_FALSE(std::filesystem::exists(folder.path + "/.journal"));
}

TEST_F(FileStorageTest, AFailureHalfwayIsUncertainAndStopsWriting) {
  auto backend = open();
  spill("in-the-way", "");  // a file where a folder should be
  const auto failed = backend->propose({{}, {}, {put("a", "1"), put("in-the-way/b", "1")}});
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code(), base::Code::uncertain);
  EXPECT_EQ(read(*backend, "a"), "(absent)");
  EXPECT_EQ(backend->propose({{}, {}, {put("c", "1")}}).error().code(), base::Code::unavailable);
  backend.reset();
  std::filesystem::remove(folder.path + "/in-the-way");
  backend = open();
  EXPECT_EQ(read(*backend, "a") + read(*backend, "in-the-way/b") + read(*backend, "c"), "11(absent)");
}

TEST_F(FileStorageTest, ASecondOpenAndBrokenFilesAreRefused) {
  auto backend = open();
  EXPECT_EQ(file::open(folder.path).error().code(), base::Code::unavailable);
  backend.reset();
  spill("_a", "not JSON");
  EXPECT_EQ(file::open(folder.path).error().code(), base::Code::corrupt);
}

}  // namespace
}  // namespace bao::storage
