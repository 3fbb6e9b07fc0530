#include "internal/raft/log/log_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "internal/raft/log/log_rows.h"
#include "internal/raft/log/log_scan.h"
#include "internal/sqlite/db.h"

namespace bao::raft {

struct LogReader::Connection {
  std::unique_ptr<sqlite::Db> db;
  sqlite::Statement bounds, rising, falling;
};

namespace {

// Slot, start and end of a group, as the read transaction sees them.
base::Result<std::optional<GroupRow>> bounds_of(sqlite::Statement& bounds, GroupId group) {
  ASSIGN_OR_RETURN(const bool found, bounds.bind(1, int64_t{group.value}).step());
  if (!found) return std::optional<GroupRow>();
  GroupRow row;
  row.group = group;
  row.slot = static_cast<uint32_t>(bounds.number(0));
  row.start.position.index.value = static_cast<uint64_t>(bounds.number(1));
  row.last.position.index.value = static_cast<uint64_t>(bounds.number(2));
  bounds.reset();
  return std::optional<GroupRow>(row);
}

// Steps over rows until `last` has been read or the bytes are used up; `step` is +1 or -1.
base::Result<Entries> collect(sqlite::Statement& rows, const GroupRow& group, Index first, Index last, int step, size_t bytes_max) {
  Entries entries;
  size_t bytes = 0;
  for (Index expected = first;; expected.value += static_cast<uint64_t>(step)) {
    ASSIGN_OR_RETURN(const bool found, rows.step());
    if (!found) {
      return base::corrupt("the log is damaged at index " + std::to_string(expected.value) + ": the entry is missing");
    }
    const EntryRow row = entry_row(rows);
    auto entry = std::make_shared<Entry>();
    TRY(decode(group, expected, row, *entry));
    bytes += entry_bytes(*entry);
    if (!entries.empty() && bytes > bytes_max) break;
    entries.push_back(std::move(entry));
    if (expected == last) break;
  }
  rows.reset();
  return entries;
}

}  // namespace

LogReader::LogReader(std::string file, std::string vfs) : file_(std::move(file)), vfs_(std::move(vfs)) {}
LogReader::~LogReader() = default;

base::Result<Entries> LogReader::load(GroupId group, Index first, Index last, size_t bytes_max) {
  return read(group, first, last, bytes_max, Order::rising);
}

base::Result<Entries> LogReader::tail(GroupId group, size_t bytes_max) {
  auto entries = read(group, Index{}, Index{kIndexMax}, bytes_max, Order::falling);
  if (entries.ok()) std::reverse(entries->begin(), entries->end());
  return entries;
}

base::Result<Entries> LogReader::read(GroupId group, Index first, Index last, size_t bytes_max, Order order) {
  ASSIGN_OR_RETURN(auto connection, lend());
  Entries entries;
  {
    ASSIGN_OR_RETURN(auto view, sqlite::Transaction::begin(*connection->db, sqlite::Transaction::Kind::read));
    ASSIGN_OR_RETURN(const auto bounds, bounds_of(connection->bounds, group));
    if (bounds && order == Order::falling) first.value = bounds->start.position.index.value + 1;
    if (bounds) last = std::min(last, bounds->last.position.index);
    if (bounds && first > bounds->start.position.index && first <= last) {
      auto& rows = order == Order::rising ? connection->rising : connection->falling;
      rows.bind(1, row_id(bounds->slot, first)).bind(2, row_id(bounds->slot, last));
      auto found = order == Order::rising ? collect(rows, *bounds, first, last, 1, bytes_max)
                                          : collect(rows, *bounds, last, first, -1, bytes_max);
      if (!found.ok()) return found.error().within(file_);  // the connection ends
      entries = std::move(*found);
    }
    TRY(view.commit());
  }
  give_back(std::move(connection));
  return entries;
}

base::Result<std::unique_ptr<LogReader::Connection>> LogReader::lend() {
  {
    base::MutexLock lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  sqlite::OpenOptions options;
  options.access = sqlite::Access::read_only;
  options.vfs = vfs_;
  options.mmap_bytes = 0;
  auto connection = std::make_unique<Connection>();
  ASSIGN_OR_RETURN(connection->db, sqlite::Db::open(file_, options));
  ASSIGN_OR_RETURN(connection->bounds,
                   connection->db->prepare("SELECT slot, start_index, last_index FROM hard_state WHERE group_id = ?1"));
  const std::string rows = "SELECT " + std::string(kEntryColumns) + " FROM log WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
  ASSIGN_OR_RETURN(connection->rising, connection->db->prepare(rows));
  ASSIGN_OR_RETURN(connection->falling, connection->db->prepare(rows + " DESC"));
  return connection;
}

void LogReader::give_back(std::unique_ptr<Connection> connection) {
  base::MutexLock lock(mutex_);
  idle_.push_back(std::move(connection));
}

}  // namespace bao::raft
