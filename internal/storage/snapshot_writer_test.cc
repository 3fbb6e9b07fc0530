// What is written reads back, and holds what the storage holds.
#include <gtest/gtest.h>

#include <map>

#include "internal/archive/snapshot_archive.h"
#include "internal/storage/inmem/inmem.h"
#include "internal/storage/snapshot_writer.h"

namespace bao::storage {
namespace {

Operation put(const std::string& key, const std::string& value) { return {Operation::Kind::put, key, value, "", ""}; }

class SnapshotWriter : public testing::Test {
 protected:
  base::Result<std::shared_ptr<const base::SpoolFile>> write(std::function<base::Result<std::string>(std::string_view)> seal) {
    return write_snapshot_archive(*backend->snapshot(), {"n1", "127.0.0.1:8201", base::Time(std::chrono::hours(480'000)), std::move(seal)});
  }
  std::unique_ptr<Backend> backend = inmem::open();
};

TEST_F(SnapshotWriter, WhatIsWrittenReadsBack) {
  const std::map<std::string, std::string> content = {{"a", "1"}, {"core/lock", ""}, {"logical/x/y", std::string(100'000, 'v')}};
  for (const auto& [key, value] : content) ASSERT_TRUE(backend->propose({{}, {}, {put(key, value)}}).ok());
  ASSERT_TRUE(backend->propose({{}, {}, {put("raftchunking/1", "x")}}).ok());
  std::string sealed;
  const auto written = write([&](std::string_view sums) -> base::Result<std::string> {
    sealed = sums;
    return std::string("sealed");
  });
  ASSERT_TRUE(written.ok());
  const auto read = archive::read_snapshot_archive((*written)->view(), 1u << 20);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->index, backend->applied());
  EXPECT_EQ(read->sealed_sums, "sealed");
  EXPECT_TRUE(archive::check_sums(*read, sealed).ok());
  EXPECT_NE(read->meta.find(R"("Configuration":{"Servers":[{"Suffrage":0,"ID":"n1","Address":"127.0.0.1:8201"}]})"), std::string::npos);
  std::map<std::string, std::string> found;
  ASSERT_TRUE(archive::each_record(read->state, [&](std::string_view key, std::string_view value) {
    found.emplace(key, value);
    return base::Status();
  }).ok());
  EXPECT_EQ(found, content);
}

// R-63: a snapshot took seven times as long for compressing what is encrypted
TEST_F(SnapshotWriter, WhatIsEncryptedIsNotCompressed) {
  const std::string value(1 << 20, 'v');
  ASSERT_TRUE(backend->propose({{}, {}, {put("logical/x", value)}}).ok());
  const auto archive = write([](std::string_view) -> base::Result<std::string> { return std::string("sealed"); });
  ASSERT_TRUE(archive.ok());
  EXPECT_GT((*archive)->size(), value.size()) << "in clear text it would be some kilobytes";
}

TEST_F(SnapshotWriter, WithoutASealThereIsNoArchive) {
  ASSERT_TRUE(backend->propose({{}, {}, {put("a", "1")}}).ok());
  EXPECT_FALSE(write([](std::string_view) -> base::Result<std::string> { return base::internal("sealed"); }).ok());
}

}  // namespace
}  // namespace bao::storage
