#include "internal/raft/sim/log_image.h"

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

std::optional<LogStart> LogImage::at(Index index) const {
  if (index == start.position.index) return start;
  const Entry* entry = find(index);
  return entry ? std::optional(LogStart{{entry->index, entry->term}, entry->chain}) : std::nullopt;
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

void perform(LogImage& image, const LogWrite& write) {
  if (write.reset) image = *write.reset;
  if (write.truncate_from) image.truncate_from(*write.truncate_from);
  image.append(write.entries);
  if (write.hard) image.hard = *write.hard;
  if (write.compact_to) image.compact_to(*write.compact_to);
}

LogWrite write_of(const AppendBatch& batch) {
  LogWrite write;
  if (batch.reset) {
    LogImage image;
    image.start = {batch.reset->last, batch.reset->chain};
    image.configuration = std::make_shared<Configuration>(batch.reset->configuration);
    image.configuration_index = batch.reset->configuration_index;
    write.reset = std::move(image);
  }
  write.truncate_from = batch.truncate_from;
  write.entries = batch.entries;
  write.hard = batch.hard;
  return write;
}

bool writes(const AppendBatch& batch) {
  return batch.reset || batch.truncate_from || !batch.entries.empty() || batch.hard;
}

std::pair<Index, std::shared_ptr<const Configuration>> newest_configuration(const LogImage& log) {
  for (auto entry = log.entries.rbegin(); entry != log.entries.rend(); ++entry)
    if ((*entry)->kind == EntryKind::configuration)
      return {(*entry)->index, std::make_shared<Configuration>(decode_configuration((*entry)->payload).value())};
  return {log.configuration_index, log.configuration};
}

}  // namespace bao::raft::sim
