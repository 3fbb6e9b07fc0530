#include "internal/storage/raft/logged_state.h"

#include <utility>

#include "internal/base/log.h"
#include "internal/raft/core/planted_bug.h"
#include "internal/storage/raft/proposal_payload.h"
#include "internal/storage/raft/replacement_entry.h"
#include "internal/storage/raft/state_reader.h"

namespace bao::storage::raft {
namespace {

template <typename Event, typename... What>
void tell(const Event& event, What&&... what) {
  if (event) event(std::forward<What>(what)...);
}

}  // namespace

LoggedState::LoggedState(std::unique_ptr<raft::StateMachine> machine, std::string vfs, StateEvents events)
    : machine_(std::move(machine)),
      vfs_(std::move(vfs)),
      events_(std::move(events)),
      install_(machine_->db()) {}

base::Result<std::unique_ptr<LoggedState>> LoggedState::open(const std::string& file, const std::string& vfs, StateEvents events) {
  ASSIGN_OR_RETURN(auto machine, raft::StateMachine::open(file, vfs));
  std::unique_ptr<LoggedState> state(new LoggedState(std::move(machine), vfs, std::move(events)));
  TRY(state->prepare());
  return state;
}

base::Status LoggedState::prepare() {
  sqlite::Db& db = machine_->db();
  ASSIGN_OR_RETURN(meta_, read_state_meta(db));
  ASSIGN_OR_RETURN(save_, prepare_state_meta(db));
  // What stands in the WAL may not be on the disk: it was, perhaps, written by a process that was killed.
  const auto let_go = [this] { tell(events_.checkpointing); };
  ASSIGN_OR_RETURN(checkpointer_, sqlite::Checkpointer::open(db, vfs_, "SELECT applied_index FROM meta WHERE id = 1", let_go));
  checkpoint();
  return db.set_synchronous(sqlite::Synchronous::normal);
}

consensus::AppliedPosition LoggedState::applied() const { return {meta_.position.last, meta_.position.chain}; }

consensus::HeldState LoggedState::held() const {
  const auto& at = meta_.position;
  return {{at.last, at.chain, at.configuration, at.configuration_index}, meta_.installed};
}

base::Index LoggedState::durable() const {
  return PLANTED(18) ? machine_->applied() : base::Index{checkpointer_->durable()};  // 18: the log is cut above what is durable
}

base::Result<std::vector<base::Status>> LoggedState::apply(std::span<const consensus::EntryPtr> entries) {
  std::vector<base::Status> answers;
  if (entries.empty()) return answers;
  StateEvents::Changes changes;
  const StateMeta before = meta_;
  if (const auto done = apply_all(entries, answers, changes); !done.ok()) {
    meta_ = before;
    machine_->return_to(before.position.last.index, before.apply_hash);
    tell(events_.unchanged);
    return done.error();
  }
  tell(events_.changed, changes);
  return answers;
}

base::Status LoggedState::apply_all(std::span<const consensus::EntryPtr> entries, std::vector<base::Status>& answers,
                                    StateEvents::Changes& changes) {
  ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::begin(machine_->db(), sqlite::Transaction::Kind::write));
  for (const consensus::EntryPtr& entry : entries) {
    ENSURE(entry->index.value == meta_.position.last.index.value + 1, "entries are applied without a gap, each once");
    ASSIGN_OR_RETURN(raft::StateMachine::Outcome outcome, apply_entry(*entry, changes));
    answers.push_back(std::move(outcome.answer));
    meta_.position.last = {entry->index, entry->term};
    meta_.position.chain = entry->chain;
  }
  changes.set.index = meta_.position.last.index;
  tell(events_.changing, changes.set);
  meta_.installed = false;
  meta_.apply_hash = machine_->apply_hash();
  if (PLANTED(17)) {  // the position is written outside of the data's transaction
    TRY(transaction.commit());
    return write_state_meta(save_, meta_);
  }
  TRY(write_state_meta(save_, meta_));
  return transaction.commit();
}

base::Result<raft::StateMachine::Outcome> LoggedState::apply_entry(const consensus::Entry& entry, StateEvents::Changes& changes) {
  switch (entry.kind) {
    case consensus::EntryKind::noop: machine_->pass(entry.index); return raft::StateMachine::Outcome{};
    case consensus::EntryKind::configuration: {
      ASSIGN_OR_RETURN(meta_.position.configuration, consensus::decode_configuration(entry.payload));
      meta_.position.configuration_index = entry.index;
      machine_->pass(entry.index);
      return raft::StateMachine::Outcome{};
    }
    case consensus::EntryKind::data: break;
  }
  if (is_replacement(entry.payload)) return machine_->replace_at(entry.index, entry.payload, changes);
  ASSIGN_OR_RETURN(Proposal proposal, decode_proposal(entry.payload));
  return machine_->apply_at(entry.index, std::move(proposal), changes);
}

void LoggedState::checkpoint() {
  if (const auto moved = checkpointer_->now(); !moved.ok()) {
    base::log_warn("storage", "a checkpoint failed; the log is kept meanwhile", {{"error", moved.error().message()}});
  }
}

base::Result<std::unique_ptr<consensus::SnapshotReader>> LoggedState::snapshot() {
  return open_state_reader(machine_->db().path(), vfs_);
}

base::Result<std::string> LoggedState::begin_install(const consensus::SnapshotMeta& meta) {
  return install_.begin(meta);
}

// On the disk piece by piece, and out of the WAL as it goes: all of it at the end would keep the disk from everybody else.
base::Status LoggedState::install(const consensus::SnapshotPiece& piece) {
  sqlite::Db& db = machine_->db();
  TRY(db.set_synchronous(sqlite::Synchronous::full));
  const auto added = install_.add(piece);
  TRY(db.set_synchronous(sqlite::Synchronous::normal));
  checkpointer_->rest();
  return added;
}

base::Status LoggedState::finish_install(const consensus::SnapshotMeta& meta) {
  sqlite::Db& db = machine_->db();
  // 20: the swap is not durable yet when the log is dropped for it
  if (!PLANTED(20)) TRY(db.set_synchronous(sqlite::Synchronous::full));
  machine_->listings().note_all(meta.last.index);  // before any snapshot sees the new content
  tell(events_.replacing, meta.last.index);
  const auto swapped = install_.finish(meta);
  TRY(db.set_synchronous(sqlite::Synchronous::normal));
  if (!swapped.ok()) tell(events_.unchanged);
  TRY(swapped);
  ASSIGN_OR_RETURN(meta_, read_state_meta(db));
  machine_->return_to(meta_.position.last.index, meta_.apply_hash);
  checkpoint();
  tell(events_.replaced, meta.last.index);
  return {};
}

}  // namespace bao::storage::raft
