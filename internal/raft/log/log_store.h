// The replicated log on disk: log.db, in SQLite. One transaction and one fsync a batch, whatever number of groups and
// entries it carries. Every row has a checksum and its chain, so that a log that was cut or flipped is found and named.
// Formats: README.md. Owned by one thread (the log writer), but for load(), which has a connection of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/raft/core/options.h"
#include "internal/raft/core/output.h"
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

// Part of one write: what one group wants done, in the order truncate, append, hard state.
struct LogWrite {
  GroupId group;
  std::optional<Index> truncate_from;
  Entries entries;
  std::optional<HardState> hard;
};

class LogStore {
 public:
  // Opens the file, made when absent. Checks what a start relies on: the database's structure, each group's hard state,
  // the chain from the start to the end of the log. Errors name the file and the index: corrupt, unavailable, invalid (a
  // newer format).
  static base::Result<std::unique_ptr<LogStore>> open(const std::string& file, ChainFunction chain, const LogOptions& options);
  ~LogStore();

  const LogIdentity& identity() const;
  // Before the first write of a member; once.
  base::Status set_identity(const std::string& cluster_id, NodeId node);

  // What the group's core is created from, but for the state machine's applied index: the newest entries up to
  // `tail_bytes`, and every configuration since the start. A group that was never written: everything zero.
  base::Result<Recovered> recover(GroupId group, size_t tail_bytes);

  // All of it or nothing, durable when it returns. Errors: unavailable (the disk is full; nothing was written). A failed
  // fsync ends the process.
  base::Status write(std::span<const LogWrite> writes);
  // Forgets entries up to and including `up_to`, at most `rows_max` of them a call; true when there are more. Durable
  // with the next write. The new start is the last entry forgotten.
  base::Result<bool> compact(GroupId group, Index up_to, int64_t rows_max);
  // After a snapshot was installed and is durable: the log is empty and begins after it. Durable when it returns.
  base::Status reset(GroupId group, const LogStart& start, const Configuration& configuration, Index configuration_index,
                     const HardState& hard);
  LogStart start(GroupId group) const;

  // Thread-safe. Contiguous entries from `first`, checksums checked, at least one, up to `bytes_max`, none above `last`;
  // empty when `first` was compacted. Errors: corrupt.
  base::Result<Entries> load(GroupId group, Index first, Index last, size_t bytes_max);

  // Bytes of the log's rows, for compaction by size; and WAL pages, for the checkpoint that the owner runs when idle.
  uint64_t bytes(GroupId group) const;
  int wal_pages() const;
  base::Status checkpoint();

 private:
  class State;
  explicit LogStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// SHA-256 over the previous chain, index, term, kind and payload, cut to 16 bytes: what production uses.
Chain sha256_chain(const Chain& previous, const Entry& entry);

}  // namespace bao::raft
