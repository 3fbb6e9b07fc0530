#include "internal/raft/sim/model_disk.h"

#include "internal/base/ensure.h"

namespace bao::raft::sim {

const Entry* LogImage::find(Index index) const {
  const uint64_t first = start.position.index.value + 1;
  if (index.value < first || index.value >= first + entries.size()) return nullptr;
  return entries[index.value - first].get();
}

const Chain* LogImage::chain_at(Index index) const {
  if (index == start.position.index) return &start.chain;
  const Entry* entry = find(index);
  return entry ? &entry->chain : nullptr;
}

void LogImage::truncate_from(Index first) {
  ENSURE(first > start.position.index, "the log is cut before its beginning");
  while (!entries.empty() && last() >= first) entries.pop_back();
}

void LogImage::append(const Entries& more) {
  for (const EntryPtr& entry : more) {
    ENSURE(entry->index.value == last().value + 1, "a gap in the log");
    entries.push_back(entry);
  }
}

void LogImage::compact_to(Index up_to) {
  while (!entries.empty() && start.position.index < up_to) {
    const Entry& entry = *entries.front();
    if (entry.kind == EntryKind::configuration) {
      configuration = std::make_shared<Configuration>(decode_configuration(entry.payload).value());
      configuration_index = entry.index;
    }
    start = {{entry.index, entry.term}, entry.chain};
    entries.pop_front();
  }
}

void ModelDisk::perform(LogImage& image, const LogWrite& write) {
  if (write.reset) image = *write.reset;
  if (write.truncate_from) image.truncate_from(*write.truncate_from);
  image.append(write.entries);
  if (write.hard) image.hard = *write.hard;
  if (write.compact_to) image.compact_to(*write.compact_to);
}

void ModelDisk::write_log(LogWrite write) {
  perform(log_, write);
  unsynced_.push_back(std::move(write));
}

void ModelDisk::sync_log() {
  for (const LogWrite& write : unsynced_) perform(durable_log_, write);
  unsynced_.clear();
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
  checkpoint();
}

void ModelDisk::format(const LogImage& log, const StateMachine& machine) {
  log_ = durable_log_ = log;
  install(machine);
}

void ModelDisk::crash(Random& random) {
  for (uint64_t kept = random.below(unsynced_.size() + 1); kept > 0; --kept) {
    perform(durable_log_, unsynced_.front());
    unsynced_.pop_front();
  }
  unsynced_.clear();
  log_ = durable_log_;
  machine_ = durable_machine_;
  std::vector<Entries> batches = std::move(unsynced_batches_);
  batches.resize(random.below(batches.size() + 1));
  unsynced_batches_.clear();
  for (const Entries& batch : batches) apply(batch);
}

}  // namespace bao::raft::sim
