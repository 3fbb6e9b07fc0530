// Connections that keep their read transaction, and let it go when a checkpoint asks for that.
#include "internal/storage/raft/read_pool.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "internal/storage/raft/state_without_log.h"

namespace bao::storage::raft {
namespace {

TEST(ReadPool, AReadLentWhenItShouldLetGoEndsWhenItComesBack) {
  std::string folder = std::filesystem::temp_directory_path() / "read-pool-XXXXXX";
  const std::string file = std::string(mkdtemp(folder.data())) + "/state.db";
  {
    auto machine = *StateMachine::open(file, "unix-excl");
    ReadPool pool(file, "unix-excl");
    const auto write = [&] {
      Proposal proposal;
      proposal.operations.push_back({Operation::Kind::put, "key", std::string(9000, 'v'), "", ""});
      ASSERT_TRUE(apply_without_log(*machine, {proposal}).ok());
    };
    write();
    auto idle = *pool.lend(machine->applied()), lent = *pool.lend(machine->applied());
    pool.give_back(std::move(idle));
    write();
    pool.let_go();
    ASSERT_TRUE(machine->db().checkpoint(sqlite::Db::Checkpoint::passive).ok());
    pool.give_back(std::move(lent));
    const auto moved = *machine->db().checkpoint(sqlite::Db::Checkpoint::restart);
    EXPECT_EQ(moved.moved, moved.written);
    write();
    EXPECT_LT(machine->db().wal_pages(), moved.written) << "the WAL started over";
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace bao::storage::raft
