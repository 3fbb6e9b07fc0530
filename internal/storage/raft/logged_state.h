// state.db behind a replicated log: what the driver applies committed entries to. The position in the log (index, term, chain)
// and the configuration stand in meta, changed in the transaction that changes the data, so that neither can be ahead. Commits
// wait for no fsync: what a power loss takes is replayed from the log, which is never cut above durable().
//
// Owned by the applier's thread, but for durable() and snapshot().
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "internal/raft/driver/state_machine.h"
#include "internal/raft/log/recovery.h"
#include "internal/sqlite/checkpointer.h"
#include "internal/storage/raft/state_install.h"
#include "internal/storage/raft/state_machine.h"
#include "internal/storage/raft/state_meta.h"

namespace bao::storage::raft {

namespace consensus = ::bao::raft;

// Who hears what happens to the state, on the applier's thread; each may be empty.
struct StateEvents {
  using Changes = raft::StateMachine::Changes;
  std::function<void(const ChangeSet&)> changing;  // before a batch can be seen. It may fail and come again, maybe with more behind it
  std::function<void(Changes&)> changed;           // after it is committed; without keys when it changed none
  std::function<void(base::Index)> replacing, replaced;  // before and after a snapshot of that index takes the state's place
  std::function<void()> checkpointing;      // readers that let go now do not hold it up
  std::function<void()> unchanged{};        // in place of changed, or replaced: nothing came of it
};

class LoggedState final : public consensus::StateMachine {
 public:
  // Opens or makes state.db. Errors as StateMachine::open.
  static base::Result<std::unique_ptr<LoggedState>> open(const std::string& file, const std::string& vfs, StateEvents events);

  consensus::AppliedPosition applied() const override;
  consensus::HeldState held() const override;
  base::Index durable() const override;

  base::Result<std::vector<base::Status>> apply(std::span<const consensus::EntryPtr> entries) override;
  // A checkpoint when the WAL has grown enough for one.
  void rest() override { checkpointer_->rest(); }
  // One now: durable() is applied() afterwards, unless a reader holds it up.
  void checkpoint();

  // Whether data was begun to be gathered that is to replace all, and came to no end.
  bool replacement_under_way() { return machine_->replacement_under_way(); }
  base::Result<base::Index> data_since() { return machine_->data_since(); }

  // For the readers of this database; thread-safe.
  ListingCache& listings() { return machine_->listings(); }
  // Whether the whole database was checked at opening.
  bool checked() const { return machine_->checked(); }

  base::Result<std::unique_ptr<consensus::SnapshotReader>> snapshot() override;
  base::Result<std::string> begin_install(const consensus::SnapshotMeta& meta) override;
  base::Status install(const consensus::SnapshotPiece& piece) override;
  base::Status finish_install(const consensus::SnapshotMeta& meta) override;

 private:
  LoggedState(std::unique_ptr<raft::StateMachine> machine, std::string vfs, StateEvents events);
  base::Status prepare();
  base::Status apply_all(std::span<const consensus::EntryPtr> entries, std::vector<base::Status>& answers, StateEvents::Changes& changes);
  base::Result<raft::StateMachine::Outcome> apply_entry(const consensus::Entry& entry, StateEvents::Changes& changes);

  std::unique_ptr<raft::StateMachine> machine_;
  const std::string vfs_;
  const StateEvents events_;
  sqlite::Statement save_;
  StateInstall install_;
  StateMeta meta_;
  std::unique_ptr<sqlite::Checkpointer> checkpointer_;
};

}  // namespace bao::storage::raft
