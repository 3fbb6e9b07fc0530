#include "internal/storage/raft/state_snapshot.h"

#include "internal/storage/raft/key_cursor.h"

namespace bao::storage::raft {
namespace {

// Resets a statement at the end of its use, also when an error leaves early.
class Use {
 public:
  explicit Use(sqlite::Statement& statement) : statement_(statement) {}
  ~Use() { statement_.reset(); }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  sqlite::Statement* operator->() { return &statement_; }

 private:
  sqlite::Statement& statement_;
};

base::Index index_of(int64_t number) { return base::Index{static_cast<uint64_t>(number)}; }

class StateSnapshot final : public Snapshot {
 public:
  StateSnapshot(ReadPool& pool, RecordCache& records, ListingCache& listings, std::unique_ptr<ReadConnection> connection)
      : pool_(pool), records_(records), listings_(listings), connection_(std::move(connection)) {}
  ~StateSnapshot() override { pool_.give_back(std::move(connection_)); }

  base::Index index() const override { return connection_->index; }

  base::Result<std::optional<Record>> get(std::string_view key) override {
    if (auto known = records_.find(key, index())) return known;
    Use get(connection_->get);
    ASSIGN_OR_RETURN(const bool found, get->bind(1, key).step());
    if (!found) return std::optional<Record>();
    std::optional<Record> record(Record{std::string(get->blob(0)), index_of(get->number(1))});
    records_.put(key, *record, index());
    return record;
  }

  base::Result<std::vector<std::string>> list(std::string_view prefix, std::string_view after, int64_t limit) override {
    const bool whole = after.empty() && limit <= 0;
    if (const auto known = whole ? listings_.find(prefix, index()) : nullptr; known != nullptr) return *known;
    KeyCursor cursor(connection_->list);
    auto names = names_below(cursor, prefix, after, limit);
    if (whole && names.ok()) listings_.keep(prefix, *names, index());
    return names;
  }

  base::Result<std::vector<IndexRow>> index_scan(std::string_view table, std::string_view before, int64_t limit) override {
    std::vector<IndexRow> rows;
    Use scan(connection_->scan);
    scan->bind(1, table).bind(2, before).bind(3, limit > 0 ? limit : -1);
    for (;;) {
      ASSIGN_OR_RETURN(const bool found, scan->step());
      if (!found) return rows;
      rows.push_back({std::string(scan->blob(0)), std::string(scan->blob(1))});
    }
  }

  base::Status each(const std::function<base::Status(std::string_view, const Record&)>& visit) override {
    Use each(connection_->each);
    for (;;) {
      ASSIGN_OR_RETURN(const bool found, each->step());
      if (!found) return {};
      TRY(visit(each->blob(0), {std::string(each->blob(1)), index_of(each->number(2))}));
    }
  }

 private:
  ReadPool& pool_;
  RecordCache& records_;
  ListingCache& listings_;
  std::unique_ptr<ReadConnection> connection_;
};

class FailedSnapshot final : public Snapshot {
 public:
  explicit FailedSnapshot(base::Error error) : error_(std::move(error)) {}
  base::Index index() const override { return {}; }
  base::Result<std::optional<Record>> get(std::string_view) override { return error_; }
  base::Result<std::vector<std::string>> list(std::string_view, std::string_view, int64_t) override { return error_; }
  base::Result<std::vector<IndexRow>> index_scan(std::string_view, std::string_view, int64_t) override { return error_; }
  base::Status each(const std::function<base::Status(std::string_view, const Record&)>&) override { return error_; }

 private:
  const base::Error error_;
};

}  // namespace

std::unique_ptr<Snapshot> open_snapshot(ReadPool& pool, RecordCache& records, ListingCache& listings, base::Index applied) {
  auto connection = pool.lend(applied);
  if (!connection.ok()) return std::make_unique<FailedSnapshot>(connection.error());
  return std::make_unique<StateSnapshot>(pool, records, listings, std::move(*connection));
}

}  // namespace bao::storage::raft
