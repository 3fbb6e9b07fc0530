// A transaction in the making. Writes are kept in clear text until commit, so that a value written three times is
// encrypted once, and wiped afterwards.
#include <map>
#include <set>

#include "internal/barrier/barrier.h"
#include "internal/barrier/reading_only.h"
#include "internal/barrier/reign.h"
#include "internal/base/limits.h"

namespace bao::barrier {
namespace {

enum class Form { clear, as_it_is };  // as_it_is: stored without an envelope of ours

struct Write {
  std::optional<std::string> value;  // nothing: removed
  Form form = Form::clear;
};

}  // namespace

struct Transaction::State {
  explicit State(Barrier& b) : barrier(b), era(b.era()) {}
  ~State() {
    for (auto& [key, write] : writes) {
      if (write.value) base::wipe(*write.value);
    }
    for (auto& [key, clear] : decrypted) base::wipe(clear);
  }
  storage::Snapshot& snapshot() {
    if (!opened) opened = barrier.backend().snapshot();
    return *opened;
  }
  base::Result<std::optional<std::string>> stored(std::string_view key);
  base::Result<std::vector<std::string>> listed(std::string_view prefix, std::string_view after, int64_t limit);
  bool writes_below(std::string_view prefix) const;
  void write(std::string_view key, std::optional<std::string> value, Form form);

  Barrier& barrier;
  const base::Index era;  // taken before the keyring is: an older one than the keyring's is refused, no newer one can be
  std::unique_ptr<storage::Snapshot> opened;
  std::map<std::string, base::Index, std::less<>> reads;
  std::vector<storage::ListCheck> lists;
  std::map<std::string, Write, std::less<>> writes;
  // What was read, in clear: a request reads an entry to tell create from update, and again in its handler.
  std::map<std::string, std::string, std::less<>> decrypted;
  std::vector<storage::Operation> index_operations;
  bool committed = false;
};

base::Result<std::optional<std::string>> Transaction::State::stored(std::string_view key) {
  if (const auto seen = reads.find(key); seen != reads.end() && seen->second.value == 0) return std::optional<std::string>();
  ASSIGN_OR_RETURN(auto record, snapshot().get(key));
  reads.emplace(key, record ? record->modified : base::Index{});
  if (!record) return std::optional<std::string>();
  return std::optional<std::string>(std::move(record->value));
}

base::Result<std::vector<std::string>> Transaction::State::listed(std::string_view prefix, std::string_view after,
                                                                  int64_t limit) {
  ASSIGN_OR_RETURN(auto names, snapshot().list(prefix, after, limit));
  lists.push_back({std::string(prefix), std::string(after), limit, storage::list_hash(names)});
  return names;
}

bool Transaction::State::writes_below(std::string_view prefix) const {
  const auto first = writes.lower_bound(prefix);
  return first != writes.end() && first->first.starts_with(prefix);
}

void Transaction::State::write(std::string_view key, std::optional<std::string> value, Form form) {
  Write& entry = writes[std::string(key)];
  if (entry.value) base::wipe(*entry.value);
  entry = {std::move(value), form};
}

Transaction::Transaction(Barrier& barrier) : state_(std::make_unique<State>(barrier)) {}
Transaction::~Transaction() = default;

base::Result<std::optional<std::string>> Transaction::get(std::string_view key) const {
  if (state_->barrier.sealed()) return base::Error(base::Code::sealed, "barrier is sealed");
  std::optional<std::string> envelope;
  if (const auto own = state_->writes.find(key); own != state_->writes.end()) {
    if (own->second.form == Form::clear || !own->second.value) return own->second.value;
    envelope = own->second.value;
  } else if (const auto known = state_->decrypted.find(key); known != state_->decrypted.end()) {
    return std::optional<std::string>(known->second);
  } else {
    ASSIGN_OR_RETURN(envelope, state_->stored(key));
  }
  if (!envelope) return envelope;
  ASSIGN_OR_RETURN(std::string plain, state_->barrier.decrypt(key, *envelope));
  state_->decrypted.emplace(key, plain);
  return std::optional<std::string>(std::move(plain));
}

base::Result<std::optional<std::string>> Transaction::get_plain(std::string_view key) const {
  const auto own = state_->writes.find(key);
  if (own == state_->writes.end()) return state_->stored(key);
  if (own->second.form == Form::clear && own->second.value) {
    return base::internal("barrier: a value written in this transaction is read in another form");
  }
  return own->second.value;
}

// With writes of our own below the prefix the whole folder is read: a removal may make room for a name past the limit.
base::Result<std::vector<std::string>> Transaction::list(std::string_view prefix, std::string_view after,
                                                         int64_t limit) const {
  if (state_->barrier.sealed()) return base::Error(base::Code::sealed, "barrier is sealed");
  if (!state_->writes_below(prefix)) return state_->listed(prefix, after, limit);
  ASSIGN_OR_RETURN(const std::vector<std::string> stored, state_->listed(prefix, after, -1));
  std::set<std::string> names(stored.begin(), stored.end());
  std::set<std::string> thinned;  // folders that lost a key
  for (auto w = state_->writes.lower_bound(prefix); w != state_->writes.end() && w->first.starts_with(prefix); ++w) {
    const std::string_view rest = std::string_view(w->first).substr(prefix.size());
    const size_t slash = rest.find('/');
    std::string name(slash == std::string_view::npos ? rest : rest.substr(0, slash + 1));
    if (!after.empty() && name <= after) continue;
    if (w->second.value) {
      names.insert(std::move(name));
    } else if (slash == std::string_view::npos) {
      names.erase(name);
    } else {
      thinned.insert(std::move(name));
    }
  }
  for (const std::string& folder : thinned) {
    ASSIGN_OR_RETURN(const auto left, list(std::string(prefix) + folder, "", 1));
    if (left.empty()) names.erase(folder);
  }
  std::vector<std::string> out(names.begin(), names.end());
  if (limit > 0 && out.size() > static_cast<size_t>(limit)) out.resize(static_cast<size_t>(limit));
  return out;
}

base::Index Transaction::index() const { return state_->snapshot().index(); }

base::Result<std::vector<storage::IndexRow>> Transaction::index_scan(std::string_view table, std::string_view before,
                                                                     int64_t limit) const {
  return state_->snapshot().index_scan(table, before, limit);
}

base::Status Transaction::put(std::string_view key, std::string_view value) {
  if (state_->barrier.sealed()) return base::Error(base::Code::sealed, "barrier is sealed");
  if (key.size() > base::kStorageKeyBytesMax || value.size() > base::kStorageValueBytesMax) {
    return base::Error(base::Code::too_large, "barrier: a key or value is too large");
  }
  state_->write(key, std::string(value), Form::clear);
  return {};
}

base::Status Transaction::remove(std::string_view key) {
  state_->write(key, std::nullopt, Form::clear);
  return {};
}

void Transaction::put_plain(std::string_view key, std::string_view value) {
  state_->write(key, std::string(value), Form::as_it_is);
}

void Transaction::index_put(std::string_view table, std::string_view sort_key, std::string_view key) {
  state_->index_operations.push_back({storage::Operation::Kind::index_put, std::string(key), "", std::string(table),
                                      std::string(sort_key)});
}

void Transaction::index_remove(std::string_view table, std::string_view sort_key, std::string_view key) {
  state_->index_operations.push_back({storage::Operation::Kind::index_remove, std::string(key), "", std::string(table),
                                      std::string(sort_key)});
}

bool Transaction::writes() const { return !state_->writes.empty() || !state_->index_operations.empty(); }

base::Result<base::Index> Transaction::commit() {
  ENSURE(!state_->committed, "a transaction is committed once");
  state_->committed = true;
  if (!writes()) return index();
  if (ReadingOnly::refuses_write()) return base::Error(base::Code::needs_active, "a read met a write");
  using Kind = storage::Operation::Kind;
  storage::Proposal proposal;
  proposal.reads.push_back({std::string(kEraKey), state_->era});
  for (const auto& [key, modified] : state_->reads) proposal.reads.push_back({key, modified});
  proposal.lists = std::move(state_->lists);
  if (state_->opened) proposal.read_at = state_->opened->index();
  proposal.reign = Reign::current();
  for (const auto& [key, write] : state_->writes) {
    if (!write.value) {
      proposal.operations.push_back({Kind::remove, key, "", "", ""});
    } else if (write.form == Form::as_it_is) {
      proposal.operations.push_back({Kind::put, key, *write.value, "", ""});
    } else {
      ASSIGN_OR_RETURN(std::string envelope, state_->barrier.encrypt(key, *write.value));
      proposal.operations.push_back({Kind::put, key, std::move(envelope), "", ""});
    }
  }
  for (auto& operation : state_->index_operations) proposal.operations.push_back(std::move(operation));
  state_->opened.reset();  // no read transaction is held while waiting
  return state_->barrier.backend().propose(std::move(proposal));
}

}  // namespace bao::barrier
