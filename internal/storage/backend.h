// Physical storage: a flat map of keys to (encrypted) bytes, plus replicated index tables, changed by conditional
// transactions (ARCHITECTURE D1, D3, D5, D6). Every implementation behaves the same; storage/contract_test.h holds the
// common tests. This interface is what the Raft module implements: propose a transaction, learn its index.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/ids.h"
#include "internal/base/result.h"

namespace bao::storage {

struct Record {
  std::string value;
  base::Index modified;  // index of the transaction that wrote it
};

// One row of an index table: `key` filed under `sort_key` (compared as bytes).
struct IndexRow {
  std::string sort_key;
  std::string key;
  auto operator<=>(const IndexRow&) const = default;
};

// A consistent view of one moment. Used by one thread at a time; cheap, but holds a read transaction: keep it for one
// request, never across waiting.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  // Everything up to this index is visible, nothing later is.
  virtual base::Index index() const = 0;
  virtual base::Result<std::optional<Record>> get(std::string_view key) = 0;
  // Names below `prefix` ("" or ending in '/'), up to the first '/': leaf "a", folder "a/" (reported once; leaf and
  // folder of one name both appear), in byte order, strictly after `after` ("": from the start), at most `limit` (<= 0: all, as the
  // reference has it). A key that equals `prefix` is the leaf "".
  virtual base::Result<std::vector<std::string>> list(std::string_view prefix,
                                                      std::string_view after = "",
                                                      int64_t limit = -1) = 0;
  // Rows of an index table with sort_key < `before`, in order of (sort_key, key), at most `limit`
  // (<= 0: all).
  virtual base::Result<std::vector<IndexRow>> index_scan(std::string_view table,
                                                         std::string_view before,
                                                         int64_t limit) = 0;
  // Every key in byte order with its value, for archives and rebuilds. Stops when the visitor returns an error.
  virtual base::Status each(
      const std::function<base::Status(std::string_view key, const Record& record)>& visit) = 0;
};

struct Operation {
  enum class Kind : uint8_t { put, remove, index_put, index_remove };
  Kind kind;
  std::string key;       // the storage key; for index operations the filed key
  std::string value;     // put only
  std::string table;     // index operations only
  std::string sort_key;  // index operations only
};

// What a transaction read; apply compares for equality, all or nothing.
struct ReadCheck {
  std::string key;
  base::Index modified;  // 0: was absent
};
struct ListCheck {
  std::string prefix, after;
  int64_t limit;
  std::string hash;  // list_hash of the names seen
};
std::string list_hash(const std::vector<std::string>& names);

struct Proposal {
  std::vector<ReadCheck> reads;
  std::vector<ListCheck> lists;
  std::vector<Operation> operations;  // in order
  base::Index read_at{};              // index of the snapshot that all of `reads` come from; 0: of several
  base::Term reign{};                 // made while this node leads in this term, or not at all; 0: in any
};

// What applying a batch changed: told to listeners before the proposers of the batch are answered, on the thread that
// applies: one proposer's, or one of the backend's own. A listener reads through new snapshots and never proposes.
struct ChangeSet {
  base::Index index;
  std::vector<std::string> keys;  // put or removed, in order, may repeat
  bool everything = false;        // the whole content was replaced by a snapshot of `index`
};
using ChangeListener = std::function<void(const ChangeSet&)>;

// Thread-safe.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::unique_ptr<Snapshot> snapshot() = 0;
  // Blocks until the transaction is durable and applied, or refused. Concurrent proposals share one fsync.
  // Errors: conflict (a check failed: nothing was changed), too_large, unavailable (disk below its reserve, stopping:
  // nothing was changed), needs_active (this node does not lead, hands over, or leads in another term: nothing was
  // changed), uncertain.
  virtual base::Result<base::Index> propose(Proposal proposal) = 0;
  // One listener (the invalidation registry); set before the first proposal, or nullptr to unset.
  virtual void set_listener(ChangeListener listener) = 0;
  virtual base::Index applied() const = 0;
  // "raft", "inmem": what seal-status shows as storage_type.
  virtual std::string_view type() const = 0;
};

}  // namespace bao::storage
