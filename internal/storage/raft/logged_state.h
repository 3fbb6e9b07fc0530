// state.db behind a replicated log: what the driver applies committed entries to. The position in the log (index, term, chain)
// and the configuration stand in meta, changed in the transaction that changes the data, so that neither can be ahead. Commits
// wait for no fsync: what a power loss takes is replayed from the log, which is never cut above durable().
//
// Owned by the applier's thread, but for durable() and snapshot().
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "internal/raft/driver/state_machine.h"
#include "internal/raft/log/recovery.h"
#include "internal/storage/raft/state_install.h"
#include "internal/storage/raft/state_machine.h"
#include "internal/storage/raft/state_meta.h"

namespace bao::storage::raft {

namespace consensus = ::bao::raft;

class LoggedState final : public consensus::StateMachine {
 public:
  // Opens or makes state.db; one from before there was a log goes on at its index, with term 0. `listener` hears what each
  // batch changed, after it is committed. Errors as StateMachine::open.
  static base::Result<std::unique_ptr<LoggedState>> open(const std::string& file, const std::string& vfs, ChangeListener listener);

  consensus::AppliedPosition applied() const override;
  consensus::HeldState held() const override;
  base::Index durable() const override;

  base::Result<std::vector<base::Status>> apply(std::span<const consensus::EntryPtr> entries) override;
  void rest() override;

  base::Result<std::unique_ptr<consensus::SnapshotReader>> snapshot() override;
  base::Result<std::string> begin_install(const consensus::SnapshotMeta& meta) override;
  base::Status install(const consensus::SnapshotPiece& piece) override;
  base::Status finish_install(const consensus::SnapshotMeta& meta) override;

 private:
  LoggedState(std::unique_ptr<raft::StateMachine> machine, std::string vfs, ChangeListener listener);
  base::Status prepare();
  base::Status apply_all(std::span<const consensus::EntryPtr> entries, std::vector<base::Status>& answers, ChangeSet& changes);
  base::Result<raft::StateMachine::Outcome> apply_entry(const consensus::Entry& entry, ChangeSet& changes);

  std::unique_ptr<raft::StateMachine> machine_;
  const std::string vfs_;
  const ChangeListener listener_;
  sqlite::Statement save_;
  StateInstall install_;
  StateMeta meta_;
  std::atomic<uint64_t> durable_{0};
};

}  // namespace bao::storage::raft
