// The replicated log on disk: log.db, in SQLite. One transaction and one fsync a batch, whatever number of groups and
// entries it carries. Every row has a checksum and its chain, and each group's row names the end of its log, so that a log
// that was cut or flipped is found and named. Formats: README.md.
// Owned by one thread (the log writer), but for load(), which has connections of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/raft/core/message.h"
#include "internal/raft/core/options.h"
#include "internal/raft/core/types.h"

namespace bao::raft {

struct LogOptions {
  std::string vfs = "unix-excl";  // SQLite's file layer; tests put faults here
};

// Who this log belongs to; written once when it is made.
struct LogIdentity {
  std::string cluster_id;   // of the group's first configuration; empty: not a member of anything yet
  NodeId node;              // kNobody: not yet
  std::string incarnation;  // random, made with the file: a wiped disk is a new one
};

// Part of one write: what one group wants done, in the order reset or truncate, append, hard state (see AppendBatch). It
// must fit: a cut behind the start and the commit hint, entries contiguous to what is left, a commit hint that the log
// reaches.
struct LogWrite {
  GroupId group;
  std::optional<SnapshotMeta> reset;  // the log is empty and begins after meta.last; comes with `hard`
  std::optional<Index> truncate_from;
  Entries entries;
  std::optional<HardState> hard;
  std::optional<Index> forget_to = {};  // as compact(), in the same transaction: costs no fsync of its own
};

class LogStore {
 public:
  // Opens the file, made when absent. Checks what a start relies on: the database's structure, each group's hard state,
  // the chain from the start to the end of the log, the WAL behind a batch that SQLite takes for torn. Errors name the file
  // and the index: corrupt, unavailable, invalid (a newer format, another program's file).
  static base::Result<std::unique_ptr<LogStore>> open(const std::string& file, ChainFunction chain, const LogOptions& options);
  // Leaves everything in one file.
  ~LogStore();

  const LogIdentity& identity() const;
  // Before the first write of a member; once. Errors: conflict (it belongs to somebody already).
  base::Status set_identity(const std::string& cluster_id, NodeId node);

  // What the group's core is created from, but for the state machine's applied index: the newest entries up to
  // `tail_bytes`, and every configuration since the start. A group that was never written: everything zero.
  base::Result<Recovered> recover(GroupId group, size_t tail_bytes);

  // All of it or nothing, durable when it returns. Errors: unavailable (the disk is full; nothing was written, a later
  // write may work). Any other error: it is unknown what is on the disk, and nothing is written from then on; the owner ends
  // the process, as a failed fsync does by itself.
  base::Status write(std::span<const LogWrite> writes);
  // Forgets entries up to and including `up_to` (which the log holds), at most `rows_max` of them a call; true when there
  // are more. Durable when it returns. The new start is the last entry forgotten. Errors: as write.
  base::Result<bool> compact(GroupId group, Index up_to, int64_t rows_max);
  LogStart start(GroupId group) const;
  Index last(GroupId group) const;
  // Term and chain at an index from the start to the end of the log; nothing outside of it. For recovery.h.
  base::Result<std::optional<LogStart>> at(GroupId group, Index index);

  // Thread-safe. Contiguous entries from `first`, checksums checked, at least one, up to `bytes_max` (entry_bytes), none above
  // `last`; empty when `first` was compacted or truncated. Errors: corrupt.
  base::Result<Entries> load(GroupId group, Index first, Index last, size_t bytes_max);

  // Sum of entry_bytes over the group's log, for compaction by size; and WAL pages.
  uint64_t bytes(GroupId group) const;
  int wal_pages() const;
  // Between two writes: a checkpoint when the WAL has grown enough for one; its fsyncs are waited for on a thread of its own.
  void rest();
  // One now, waited for.
  base::Status checkpoint();

 private:
  class State;
  explicit LogStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// SHA-256 over the previous chain, index, term, kind and payload, cut to 16 bytes: what production uses.
Chain sha256_chain(const Chain& previous, const Entry& entry);

}  // namespace bao::raft
