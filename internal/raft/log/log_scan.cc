#include "internal/raft/log/log_scan.h"

namespace bao::raft {
namespace {

base::Error broken(Index index, std::string_view what) {
  return base::corrupt("the log is damaged at index " + std::to_string(index.value) + ": " + std::string(what));
}

base::Status note(const Entry& entry, LogSummary& summary) {
  summary.bytes += entry_bytes(entry);
  if (summary.runs.empty() || summary.runs.back().term != entry.term) summary.runs.push_back({entry.index, entry.term});
  if (entry.kind != EntryKind::configuration) return {};
  auto configuration = decode_configuration(entry.payload);
  if (!configuration.ok()) return broken(entry.index, configuration.error().message());
  summary.configurations.append(entry.index, std::move(*configuration));
  return {};
}

base::Result<LogSummary> begin(const GroupRow& group) {
  LogSummary summary;
  Configuration first;
  if (!group.configuration.empty()) {
    ASSIGN_OR_RETURN(first, decode_configuration(group.configuration));
  }
  summary.configurations = ConfigurationHistory(group.configuration_index, std::move(first));
  return summary;
}

}  // namespace

EntryRow entry_row(const sqlite::Statement& statement) {
  return {statement.number(0), statement.number(1), statement.number(2), statement.number(3), statement.blob(4), statement.blob(5)};
}

base::Result<LogSummary> scan(sqlite::Db& db, const GroupRow& group, ChainFunction chain) {
  ASSIGN_OR_RETURN(LogSummary summary, begin(group));
  ASSIGN_OR_RETURN(auto rows, db.prepare("SELECT " + std::string(kEntryColumns) + " FROM log WHERE id BETWEEN ?1 AND ?2 ORDER BY id"));
  rows.bind(1, row_id(group.slot, Index{})).bind(2, row_id(group.slot, Index{kIndexMax}));
  LogStart at = group.start;
  Entry entry;  // its payload's memory serves every row
  for (;;) {
    ASSIGN_OR_RETURN(const bool found, rows.step());
    if (!found) break;
    const Index expected{at.position.index.value + 1};
    TRY(decode(group, expected, entry_row(rows), entry));
    if (chain(at.chain, entry) != entry.chain) return broken(expected, "it does not follow from the entry before it");
    if (entry.term < at.position.term) return broken(expected, "its term is lower than that of the entry before it");
    TRY(note(entry, summary));
    at = {{entry.index, entry.term}, entry.chain};
  }
  if (at.position.index < group.last.position.index) return broken(Index{at.position.index.value + 1}, "the entry is missing");
  if (at != group.last) return broken(at.position.index, "the log does not end as its hard state says");
  return summary;
}

}  // namespace bao::raft
