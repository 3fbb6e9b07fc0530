#include "internal/raft/sim/model_disk.h"

#include "internal/base/ensure.h"

namespace bao::raft::sim {

void ModelDisk::put_log_on_sqlite() {
  ENSURE(!sqlite_log_ && unsynced_.empty(), "before anything is written");
  sqlite_log_ = std::make_unique<SqliteLog>(durable_log_);
}

void ModelDisk::write_log(LogWrite write) {
  perform(log_, write);
  unsynced_.push_back(std::move(write));
}

base::Status ModelDisk::sync_log() {
  if (unsynced_.empty()) return {};
  if (sqlite_log_) TRY(sqlite_log_->write(unsynced_));
  for (const LogWrite& write : unsynced_) perform(durable_log_, write);
  unsynced_.clear();
  return {};
}

void ModelDisk::apply(const Entries& entries) {
  for (const EntryPtr& entry : entries) machine_.apply(*entry);
  unsynced_batches_.push_back(entries);
}

void ModelDisk::checkpoint() {
  durable_machine_ = machine_;
  unsynced_batches_.clear();
}

void ModelDisk::install(const StateMachine& image) {
  machine_ = image;
  installed_ = image.applied();
  checkpoint();
}

void ModelDisk::format(const LogImage& log, const StateMachine& machine) {
  log_ = durable_log_ = log;
  install(machine);
}

// The model keeps any prefix of the writes. The real log was given them all at once, as one transaction.
base::Status ModelDisk::lose_log(Random& random) {
  const uint64_t kept = sqlite_log_ ? unsynced_.size() : random.below(unsynced_.size() + 1);
  LogImage written = durable_log_;
  for (uint64_t i = 0; i < kept; ++i) perform(written, unsynced_[i]);
  auto held = SqliteLog::Held::after;
  if (sqlite_log_) {
    ASSIGN_OR_RETURN(held, sqlite_log_->lose_power(unsynced_, durable_log_, written, random));
  }
  if (held == SqliteLog::Held::after) durable_log_ = std::move(written);
  return {};
}

base::Status ModelDisk::crash(Random& random) {
  const base::Status lost = lose_log(random);
  unsynced_.clear();
  log_ = durable_log_;
  machine_ = durable_machine_;
  std::vector<Entries> batches = std::move(unsynced_batches_);
  batches.resize(random.below(batches.size() + 1));
  unsynced_batches_.clear();
  for (const Entries& batch : batches) apply(batch);
  return lost;
}

base::Status ModelDisk::close() {
  TRY(sync_log());
  checkpoint();
  return sqlite_log_ ? sqlite_log_->reopen(durable_log_) : base::Status();
}

}  // namespace bao::raft::sim
