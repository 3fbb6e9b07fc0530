// One immutable state (two persistent maps and an index), replaced whole by each batch; a snapshot holds the state it
// was opened on.
#include "internal/storage/inmem/inmem.h"

#include "internal/base/mutex.h"
#include "internal/storage/group_commit.h"
#include "internal/storage/inmem/persistent_map.h"
#include "internal/storage/listing.h"
#include "internal/storage/proposal.h"

namespace bao::storage::inmem {
namespace {

using Keys = PersistentMap<Record>;
using Rows = PersistentMap<IndexRow>;

struct State {
  base::Index index;
  Keys keys;
  PersistentMap<Rows> tables;
};

class Cursor {
 public:
  explicit Cursor(const Keys& keys) : keys_(keys) {}
  base::Status seek(std::string_view from) {
    entry_ = keys_.at_or_after(from);
    return {};
  }
  base::Status next() {
    entry_ = keys_.after(entry_->key);
    return {};
  }
  bool valid() const { return entry_ != nullptr; }
  std::string_view key() const { return entry_->key; }

 private:
  const Keys& keys_;
  const Keys::Entry* entry_ = nullptr;
};

// Rows sort by (sort_key, key): each 0 byte of the sort key becomes 0 1, its end is 0 0.
std::string row_key(std::string_view sort_key, std::string_view key) {
  std::string out;
  for (const char c : sort_key) {
    out += c;
    if (c == '\0') out += '\1';
  }
  return out.append("\0\0", 2).append(key);
}

void apply(State& state, Operation& operation) {
  using Kind = Operation::Kind;
  if (operation.kind == Kind::put) {
    state.keys = state.keys.with(std::move(operation.key), {std::move(operation.value), state.index});
    return;
  }
  if (operation.kind == Kind::remove) {
    state.keys = state.keys.without(operation.key);
    return;
  }
  const Rows* found = state.tables.find(operation.table);
  Rows rows = found == nullptr ? Rows() : *found;
  std::string row = row_key(operation.sort_key, operation.key);
  rows = operation.kind == Kind::index_put
             ? rows.with(std::move(row), {std::move(operation.sort_key), std::move(operation.key)})
             : rows.without(row);
  state.tables = state.tables.with(std::move(operation.table), std::move(rows));
}

base::Status check(const State& state, const Proposal& proposal) {
  return check_reads(proposal, {[&](std::string_view key) -> base::Result<base::Index> {
                                  const Record* record = state.keys.find(key);
                                  return record == nullptr ? base::Index{} : record->modified;
                                },
                                [&](const ListCheck& c) {
                                  Cursor cursor(state.keys);
                                  return names_below(cursor, c.prefix, c.after, c.limit);
                                }});
}

class InmemSnapshot final : public Snapshot {
 public:
  explicit InmemSnapshot(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  base::Index index() const override { return state_->index; }
  base::Result<std::optional<Record>> get(std::string_view key) override {
    const Record* record = state_->keys.find(key);
    return record == nullptr ? std::nullopt : std::optional<Record>(*record);
  }
  base::Result<std::vector<std::string>> list(std::string_view prefix, std::string_view after,
                                              int64_t limit) override {
    Cursor cursor(state_->keys);
    return names_below(cursor, prefix, after, limit);
  }
  base::Result<std::vector<IndexRow>> index_scan(std::string_view table, std::string_view before,
                                                 int64_t limit) override {
    std::vector<IndexRow> out;
    const Rows* rows = state_->tables.find(table);
    if (rows == nullptr) return out;
    for (auto* row = rows->at_or_after(""); row != nullptr && row->value.sort_key < before; row = rows->after(row->key)) {
      out.push_back(row->value);
      if (limit > 0 && out.size() >= static_cast<size_t>(limit)) break;
    }
    return out;
  }
  base::Status each(const std::function<base::Status(std::string_view, const Record&)>& visit) override {
    for (auto* entry = state_->keys.at_or_after(""); entry != nullptr; entry = state_->keys.after(entry->key)) {
      TRY(visit(entry->key, entry->value));
    }
    return {};
  }

 private:
  const std::shared_ptr<const State> state_;
};

std::shared_ptr<const State> initial(Options& options) {
  auto state = std::make_shared<State>();
  if (!options.records.empty()) state->index.value = 1;
  for (auto& [key, value] : options.records) {
    state->keys = state->keys.with(std::move(key), {std::move(value), state->index});
  }
  options.records.clear();
  return state;
}

class InmemBackend final : public Backend {
 public:
  explicit InmemBackend(Options options) : state_(initial(options)), options_(std::move(options)) {}
  std::unique_ptr<Snapshot> snapshot() override { return std::make_unique<InmemSnapshot>(state()); }
  base::Result<base::Index> propose(Proposal proposal) override { return commits_.propose(std::move(proposal)); }
  void set_listener(ChangeListener listener) override {
    base::MutexLock lock(mutex_);
    listener_ = listener ? std::make_shared<const ChangeListener>(std::move(listener)) : nullptr;
  }
  base::Index applied() const override { return state()->index; }
  std::string_view type() const override { return options_.type; }

 private:
  std::shared_ptr<const State> state() const {
    base::MutexLock lock(mutex_);
    return state_;
  }

  void apply_batch(Batch& batch) {
    auto next = std::make_shared<State>(*state());
    ChangeSet changes;
    std::vector<Operation> persisted;
    for (const auto& pending : batch) {
      if (const auto checked = check(*next, pending->proposal); !checked.ok()) {
        pending->result = checked.error();
        continue;
      }
      ++next->index.value;
      for (Operation& operation : pending->proposal.operations) {
        if (operation.kind <= Operation::Kind::remove) changes.keys.push_back(operation.key);
        if (options_.persist) persisted.push_back(operation);
        apply(*next, operation);
      }
      pending->result = next->index;
    }
    changes.index = next->index;
    if (const auto kept = persist(persisted); !kept.ok()) return refuse(batch, kept.error());
    publish(std::move(next), changes);
  }

  base::Status persist(const std::vector<Operation>& operations) const {
    return operations.empty() ? base::Status() : options_.persist(operations);
  }

  // A conflict is refused too: it may rest on a write of the same batch that did not happen.
  static void refuse(Batch& batch, const base::Error& error) {
    for (const auto& pending : batch) pending->result = error;
  }

  void publish(std::shared_ptr<const State> next, const ChangeSet& changes) {
    std::shared_ptr<const ChangeListener> listener;
    {
      base::MutexLock lock(mutex_);
      state_.swap(next);
      listener = listener_;
    }
    if (listener && !changes.keys.empty()) (*listener)(changes);
  }

  mutable base::Mutex mutex_{base::Rank::storage_pool};
  std::shared_ptr<const State> state_ GUARDED_BY(mutex_);
  std::shared_ptr<const ChangeListener> listener_ GUARDED_BY(mutex_);
  const Options options_;
  GroupCommit commits_{[this](Batch& batch) { apply_batch(batch); }};
};

}  // namespace

std::unique_ptr<Backend> open() { return open(Options()); }

std::unique_ptr<Backend> open(Options options) { return std::make_unique<InmemBackend>(std::move(options)); }

}  // namespace bao::storage::inmem
