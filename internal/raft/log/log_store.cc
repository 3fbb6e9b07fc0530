#include "internal/raft/log/log_store.h"

#include <algorithm>
#include <map>

#include "internal/base/log.h"
#include "internal/raft/core/configuration.h"
#include "internal/raft/log/log_file.h"
#include "internal/raft/log/log_reader.h"
#include "internal/raft/log/log_rows.h"
#include "internal/raft/log/log_scan.h"
#include "internal/sqlite/checkpointer.h"

namespace bao::raft {
namespace {

using sqlite::Transaction;

struct Group {
  GroupRow row;
  uint64_t bytes = 0;
};

}  // namespace

class LogStore::State {
 public:
  State(std::unique_ptr<sqlite::Db> db, ChainFunction chain, const std::string& vfs)
      : db_(std::move(db)), chain_(chain), vfs_(vfs), reader_(db_->path(), vfs) {}

  base::Status load();
  base::Status set_identity(LogIdentity identity);
  base::Result<Recovered> recover(GroupId id, size_t tail_bytes);
  base::Status write(std::span<const LogWrite> writes);
  base::Result<bool> compact(GroupId id, Index up_to, int64_t rows_max);
  base::Result<std::optional<LogStart>> at(GroupId id, Index index);

  const LogIdentity& identity() const { return identity_; }
  const Group* find(GroupId id) const {
    const auto found = groups_.find(id);
    return found == groups_.end() ? nullptr : &found->second;
  }
  LogReader& reader() { return reader_; }
  sqlite::Checkpointer& checkpointer() { return *checkpointer_; }
  void end_checkpoints() { checkpointer_.reset(); }
  sqlite::Db& db() { return *db_; }

 private:
  using Groups = std::map<GroupId, Group>;

  base::Status prepare();
  // Runs `change` on copies of groups in one transaction; they count when it is durable.
  template <typename Change>
  base::Status commit(Change change);
  Group& changed(Groups& groups, GroupId id) const;
  base::Status apply(const LogWrite& write, Group& group);
  base::Status reset(const SnapshotMeta& meta, Group& group);
  base::Status truncate(Index from, Group& group);
  base::Status append(const Entry& entry, Group& group);
  base::Status forget(Index up_to, Group& group);
  base::Status remove(Index first, Index last, Group& group);
  base::Result<LogStart> position_at(const GroupRow& row, Index index);

  std::unique_ptr<sqlite::Db> db_;
  const ChainFunction chain_;
  const std::string vfs_;
  sqlite::Statement insert_, remove_, bytes_, at_, configuration_, save_;
  LogIdentity identity_;
  Groups groups_;
  std::map<GroupId, LogSummary> summaries_;  // of open(), until a group is written
  std::optional<base::Error> broken_;        // after which nothing is written any more
  LogReader reader_;
  std::unique_ptr<sqlite::Checkpointer> checkpointer_;  // ended before the connection
};

base::Status LogStore::State::load() {
  ASSIGN_OR_RETURN(identity_, read_identity(*db_));
  ASSIGN_OR_RETURN(std::vector<GroupRow> rows, read_groups(*db_));
  for (GroupRow& row : rows) {
    auto summary = scan(*db_, row, chain_);
    if (!summary.ok()) return summary.error().within("group " + std::to_string(row.group.value));
    const GroupId id = row.group;
    groups_[id] = {std::move(row), summary->bytes};
    summaries_[id] = std::move(*summary);
  }
  return prepare();
}

base::Status LogStore::State::prepare() {
  ASSIGN_OR_RETURN(insert_, db_->prepare("INSERT INTO log VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
  ASSIGN_OR_RETURN(remove_, db_->prepare("DELETE FROM log WHERE id BETWEEN ?1 AND ?2"));
  ASSIGN_OR_RETURN(bytes_, db_->prepare("SELECT sum(length(payload)), count(*) FROM log WHERE id BETWEEN ?1 AND ?2"));
  ASSIGN_OR_RETURN(at_, db_->prepare("SELECT " + std::string(kEntryColumns) + " FROM log WHERE id = ?1"));
  ASSIGN_OR_RETURN(configuration_, db_->prepare("SELECT id, payload FROM log WHERE id BETWEEN ?1 AND ?2 AND kind = 1"
                                                " ORDER BY id DESC LIMIT 1"));
  ASSIGN_OR_RETURN(save_, prepare_group(*db_));
  ASSIGN_OR_RETURN(checkpointer_, sqlite::Checkpointer::open(*db_, vfs_, "SELECT count(*) FROM hard_state", [] {}));
  return {};
}

base::Status LogStore::State::set_identity(LogIdentity identity) {
  if (identity_.node != kNobody) {
    return base::Error(base::Code::conflict, db_->path() + ": the log belongs to node " + std::to_string(identity_.node.value));
  }
  identity.incarnation = identity_.incarnation;
  TRY(commit([&](Groups&) { return write_identity(*db_, identity); }));
  identity_ = std::move(identity);
  return {};
}

base::Result<Recovered> LogStore::State::recover(GroupId id, size_t tail_bytes) {
  const Group* group = find(id);
  if (group == nullptr) return Recovered{};
  auto summary = summaries_.find(id);
  if (summary == summaries_.end()) {
    auto again = scan(*db_, group->row, chain_);
    if (!again.ok()) return again.error().within(db_->path());
    summary = summaries_.emplace(id, std::move(*again)).first;
  }
  Recovered recovered{};
  recovered.hard = group->row.hard;
  recovered.start = group->row.start;
  recovered.runs = summary->second.runs;
  recovered.last = group->row.last.position.index;
  recovered.configurations = summary->second.configurations;
  ASSIGN_OR_RETURN(recovered.tail, reader_.tail(id, tail_bytes));
  recovered.applied = group->row.start.position.index;
  return recovered;
}

template <typename Change>
base::Status LogStore::State::commit(Change change) {
  if (broken_) return *broken_;
  Groups copies;
  const auto run = [&]() -> base::Status {
    ASSIGN_OR_RETURN(auto transaction, Transaction::begin(*db_, Transaction::Kind::write));
    TRY(change(copies));
    for (const auto& [id, group] : copies) TRY(write_group(save_, group.row));
    return transaction.commit();
  };
  if (const auto done = run(); !done.ok()) {
    if (done.error().code() != base::Code::unavailable) broken_ = done.error();
    return done;
  }
  for (auto& [id, group] : copies) {
    summaries_.erase(id);
    groups_[id] = std::move(group);
  }
  return {};
}

Group& LogStore::State::changed(Groups& copies, GroupId id) const {
  const auto [copy, inserted] = copies.try_emplace(id);
  if (!inserted) return copy->second;
  if (const Group* group = find(id)) return copy->second = *group;
  const auto fresh = std::count_if(copies.begin(), copies.end(), [&](const auto& c) { return find(c.first) == nullptr; });
  GroupRow& row = copy->second.row;
  row.group = id;
  row.slot = static_cast<uint32_t>(groups_.size() + static_cast<size_t>(fresh) - 1);
  ENSURE(row.slot < kSlotsMax, "a log holds 2^19 groups");
  return copy->second;
}

base::Status LogStore::State::write(std::span<const LogWrite> writes) {
  return commit([&](Groups& copies) -> base::Status {
    for (const LogWrite& write : writes) TRY(apply(write, changed(copies, write.group)));
    return {};
  });
}

base::Status LogStore::State::apply(const LogWrite& write, Group& group) {
  if (write.reset) TRY(reset(*write.reset, group));
  if (write.truncate_from) TRY(truncate(*write.truncate_from, group));
  for (const EntryPtr& entry : write.entries) TRY(append(*entry, group));
  if (write.hard) group.row.hard = *write.hard;
  ENSURE(group.row.hard.commit <= group.row.last.position.index, "the log reaches what is committed");
  if (write.forget_to && *write.forget_to > group.row.start.position.index) {
    ENSURE(*write.forget_to <= group.row.last.position.index, "what is forgotten is in the log");
    TRY(forget(*write.forget_to, group));
  }
  return {};
}

base::Status LogStore::State::reset(const SnapshotMeta& meta, Group& group) {
  ENSURE(meta.configuration_index <= meta.last.index, "a snapshot holds the configuration it names");
  TRY(remove(Index{}, Index{kIndexMax}, group));
  group.row.hard.commit = meta.last.index;
  group.row.start = group.row.last = {meta.last, meta.chain};
  group.row.configuration_index = meta.configuration_index;
  group.row.configuration = meta.configuration.members.empty() ? "" : encode(meta.configuration);
  return {};
}

base::Status LogStore::State::truncate(Index from, Group& group) {
  GroupRow& row = group.row;
  ENSURE(from > row.start.position.index && from > row.hard.commit, "what is committed is never cut off");
  if (from > row.last.position.index) return {};
  TRY(remove(from, row.last.position.index, group));
  ASSIGN_OR_RETURN(row.last, position_at(row, Index{from.value - 1}));
  return {};
}

base::Status LogStore::State::append(const Entry& entry, Group& group) {
  GroupRow& row = group.row;
  ENSURE(entry.index.value == row.last.position.index.value + 1, "entries are appended without a gap");
  ENSURE(entry.index.value <= kIndexMax && entry.term >= row.last.position.term, "terms never fall in a log");
  TRY(insert_.bind(1, row_id(row.slot, entry.index)).bind(2, static_cast<int64_t>(entry.term.value))
          .bind(3, static_cast<int64_t>(entry.kind)).bind(4, int64_t{checksum(row.group, entry)})
          .bind(5, view(entry.chain)).bind(6, entry.payload).run());
  row.last = {{entry.index, entry.term}, entry.chain};
  group.bytes += entry_bytes(entry);
  return {};
}

base::Result<bool> LogStore::State::compact(GroupId id, Index up_to, int64_t rows_max) {
  const Group* group = find(id);
  if (group == nullptr || up_to <= group->row.start.position.index) return false;
  ENSURE(rows_max > 0 && up_to <= group->row.last.position.index, "what is forgotten is in the log");
  const Index step{std::min(up_to.value, group->row.start.position.index.value + static_cast<uint64_t>(rows_max))};
  TRY(commit([&](Groups& copies) { return forget(step, changed(copies, id)); }));
  return step < up_to;
}

base::Status LogStore::State::forget(Index up_to, Group& group) {
  GroupRow& row = group.row;
  const Index first{row.start.position.index.value + 1};
  ASSIGN_OR_RETURN(const bool found, configuration_.bind(1, row_id(row.slot, first)).bind(2, row_id(row.slot, up_to)).step());
  if (found) {
    row.configuration_index.value = static_cast<uint64_t>(configuration_.number(0)) & kIndexMax;
    row.configuration = configuration_.blob(1);
    configuration_.reset();
  }
  ASSIGN_OR_RETURN(row.start, position_at(row, up_to));
  return remove(first, up_to, group);
}

base::Status LogStore::State::remove(Index first, Index last, Group& group) {
  const int64_t from = row_id(group.row.slot, first), to = row_id(group.row.slot, last);
  ASSIGN_OR_RETURN(const bool found, bytes_.bind(1, from).bind(2, to).step());
  ENSURE(found, "an aggregate has a row");
  group.bytes -= static_cast<uint64_t>(bytes_.number(0)) + entry_bytes(Entry{}) * static_cast<uint64_t>(bytes_.number(1));
  bytes_.reset();
  return remove_.bind(1, from).bind(2, to).run();
}

base::Result<LogStart> LogStore::State::position_at(const GroupRow& row, Index index) {
  if (index == row.start.position.index) return row.start;
  if (index == row.last.position.index) return row.last;
  Entry entry;
  ASSIGN_OR_RETURN(const bool found, at_.bind(1, row_id(row.slot, index)).step());
  const auto decoded = found ? decode(row, index, entry_row(at_), entry)
                             : base::corrupt("the log is damaged at index " + std::to_string(index.value) + ": the entry is missing");
  at_.reset();
  if (!decoded.ok()) return decoded.error().within(db_->path());
  return LogStart{{entry.index, entry.term}, entry.chain};
}

base::Result<std::optional<LogStart>> LogStore::State::at(GroupId id, Index index) {
  const Group* group = find(id);
  if (group == nullptr) return index == Index{} ? std::optional<LogStart>(LogStart{}) : std::nullopt;
  if (index < group->row.start.position.index || index > group->row.last.position.index) return std::optional<LogStart>();
  ASSIGN_OR_RETURN(const LogStart found, position_at(group->row, index));
  return std::optional<LogStart>(found);
}

LogStore::LogStore(std::unique_ptr<State> state) : state_(std::move(state)) {}

LogStore::~LogStore() {
  state_->end_checkpoints();
  if (const auto moved = state_->db().checkpoint(sqlite::Db::Checkpoint::truncate); !moved.ok()) {
    base::log_warn("raft", "the last checkpoint of the log failed; the next start repeats it", {{"error", moved.error().message()}});
  }
}

base::Result<std::unique_ptr<LogStore>> LogStore::open(const std::string& file, ChainFunction chain, const LogOptions& options) {
  ENSURE(chain != nullptr, "a log has a chain");
  ASSIGN_OR_RETURN(auto db, open_log_file(file, options.vfs));
  auto state = std::make_unique<State>(std::move(db), chain, options.vfs);
  if (const auto loaded = state->load(); !loaded.ok()) {
    return loaded.error().message().find(file) == std::string::npos ? loaded.error().within(file) : loaded.error();
  }
  return std::unique_ptr<LogStore>(new LogStore(std::move(state)));
}

const LogIdentity& LogStore::identity() const { return state_->identity(); }

base::Status LogStore::set_identity(const std::string& cluster_id, NodeId node) {
  return state_->set_identity({cluster_id, node, ""});
}

base::Result<Recovered> LogStore::recover(GroupId group, size_t tail_bytes) { return state_->recover(group, tail_bytes); }
base::Status LogStore::write(std::span<const LogWrite> writes) { return state_->write(writes); }

base::Result<bool> LogStore::compact(GroupId group, Index up_to, int64_t rows_max) {
  return state_->compact(group, up_to, rows_max);
}

LogStart LogStore::start(GroupId group) const {
  const auto* found = state_->find(group);
  return found == nullptr ? LogStart{} : found->row.start;
}

Index LogStore::last(GroupId group) const {
  const auto* found = state_->find(group);
  return found == nullptr ? Index{} : found->row.last.position.index;
}

base::Result<std::optional<LogStart>> LogStore::at(GroupId group, Index index) { return state_->at(group, index); }

base::Result<Entries> LogStore::load(GroupId group, Index first, Index last, size_t bytes_max) {
  return state_->reader().load(group, first, last, bytes_max);
}

uint64_t LogStore::bytes(GroupId group) const {
  const auto* found = state_->find(group);
  return found == nullptr ? 0 : found->bytes;
}

int LogStore::wal_pages() const { return state_->db().wal_pages(); }

void LogStore::rest() { state_->checkpointer().rest(); }
base::Status LogStore::checkpoint() { return state_->checkpointer().now(); }

}  // namespace bao::raft
