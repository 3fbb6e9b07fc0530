#include "internal/storage/raft/raft_storage.h"

#include <atomic>

#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/base/mutex.h"
#include "internal/sqlite/checkpointer.h"
#include "internal/storage/group_commit.h"
#include "internal/storage/raft/background_check.h"
#include "internal/storage/raft/data_folder.h"
#include "internal/storage/raft/disk_reserve.h"
#include "internal/storage/raft/read_pool.h"
#include "internal/storage/raft/state_machine.h"
#include "internal/storage/raft/state_snapshot.h"

namespace bao::storage::raft {
namespace {


class RaftStorage final : public Backend {
 public:
  RaftStorage(std::unique_ptr<DataFolder> folder, std::unique_ptr<StateMachine> machine, Options options)
      : folder_(std::move(folder)),
        machine_(std::move(machine)),
        reserve_(folder_->path(), std::move(options.free_bytes)),
        pool_(folder_->state_file(), options.vfs),
        applied_(machine_->applied().value) {
  }

  base::Status start(const std::string& vfs) {
    ASSIGN_OR_RETURN(checkpointer_, sqlite::Checkpointer::open(machine_->db(), vfs, "SELECT applied_index FROM meta WHERE id = 1",
                                                               [this] { pool_.let_go(); }));
    if (!machine_->checked()) check_.start(folder_->state_file(), vfs);
    return {};
  }

  std::unique_ptr<Snapshot> snapshot() override { return open_snapshot(pool_, records_, machine_->listings(), applied()); }
  base::Result<base::Index> propose(Proposal proposal) override { return commits_.propose(std::move(proposal)); }
  void set_listener(ChangeListener listener) override {
    base::MutexLock lock(mutex_);
    listener_ = listener ? std::make_shared<const ChangeListener>(std::move(listener)) : nullptr;
  }
  base::Index applied() const override { return base::Index{applied_.load(std::memory_order_acquire)}; }
  std::string_view type() const override { return "raft"; }

 private:
  void apply_batch(Batch& batch) {
    if (const auto room = reserve_.check(); !room.ok()) {
      for (const auto& pending : batch) pending->result = room.error();
      return;
    }
    static base::Counter& batches = base::counter("storage.batches");
    static base::Counter& proposals = base::counter("storage.proposals");
    batches.add();
    proposals.add(static_cast<int64_t>(batch.size()));
    announce(batch);
    StateMachine::Changes changes = machine_->apply(batch);
    applied_.store(changes.set.index.value, std::memory_order_release);
    if (changes.set.keys.empty()) return;
    records_.keep_written(changes.set, std::move(changes.records));
    if (const auto listener = current_listener()) (*listener)(changes.set);
  }

  // Each proposal takes one index at most.
  void announce(const Batch& batch) {
    const base::Index last{applied().value + batch.size()};
    for (const auto& pending : batch) {
      for (const Operation& operation : pending->proposal.operations) {
        if (operation.kind <= Operation::Kind::remove) records_.changing(operation.key, last);
      }
    }
  }

  std::shared_ptr<const ChangeListener> current_listener() {
    base::MutexLock lock(mutex_);
    return listener_;
  }

  const std::unique_ptr<DataFolder> folder_;
  const std::unique_ptr<StateMachine> machine_;  // the batch's leader only
  DiskReserve reserve_;
  RecordCache records_;
  ReadPool pool_;                                // closed before the machine, which checkpoints at its end
  std::atomic<uint64_t> applied_;
  std::unique_ptr<sqlite::Checkpointer> checkpointer_;  // the batch's leader only
  BackgroundCheck check_;                        // ended before the rest
  base::Mutex mutex_{base::Rank::storage_pool};
  std::shared_ptr<const ChangeListener> listener_ GUARDED_BY(mutex_);
  GroupCommit commits_{[this](Batch& batch) { apply_batch(batch); }, [this] { checkpointer_->rest(); }};
};

}  // namespace

base::Result<std::unique_ptr<Backend>> open(const std::string& path, Options options) {
  if (!options.free_bytes) options.free_bytes = free_bytes;
  ASSIGN_OR_RETURN(auto folder, DataFolder::open(path));
  ASSIGN_OR_RETURN(auto machine, StateMachine::open(folder->state_file(), options.vfs));
  TRY(folder->sync());
  const std::string vfs = options.vfs;
  auto storage = std::make_unique<RaftStorage>(std::move(folder), std::move(machine), std::move(options));
  TRY(storage->start(vfs));
  return std::unique_ptr<Backend>(std::move(storage));
}

}  // namespace bao::storage::raft
