// Everything the core wants done since the last time it was asked, in a deterministic order. The driver (or the simulator)
// does it and reports back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "internal/raft/core/message.h"
#include "internal/raft/core/types.h"

namespace bao::raft {

// Counts append batches of one core; completions come in order.
using AppendSequence = base::StrongId<struct AppendSequenceTag>;

// One transaction of the log store: reset or cut, then entries, then hard state, durable together. After it is,
// `send_after` may leave, and on_append_done is called. A batch of nothing but `send_after` writes nothing: its turn comes
// when those before it are done, because they are what its messages rest on.
struct AppendBatch {
  AppendSequence sequence;
  std::optional<SnapshotMeta> reset;   // after an installation: forget the whole log, begin after meta.last; `hard` is set
  std::optional<Index> truncate_from;  // forget this index and later ones first
  Entries entries;                     // contiguous
  std::optional<HardState> hard;
  std::vector<Envelope> send_after;
};

// Entries the core needs from the log store: from `first`, at least one, at most `bytes_max`, none above `last`.
struct LoadRequest {
  uint64_t ticket;
  Index first, last;
  size_t bytes_max;
};

// A snapshot is needed by this peer. When there is one (at or above the log's start): on_snapshot_ready, then stream it and
// report with on_snapshot_sent. The log is not cut above the snapshot meanwhile, or the peer needs the next one.
struct SnapshotOrder {
  NodeId to;
  Session session;
};

// The leader's snapshot is wanted: receive it into the state machine, then call on_snapshot_installed once that is durable
// (or on_snapshot_refused). A later order, always of a newer snapshot, replaces this one; it is begun when this one has come
// to its end, and both are reported. Nothing is given to apply meanwhile. The log is not touched by the driver: the core
// orders it in its next batch (AppendBatch::reset).
struct InstallOrder {
  NodeId from;
  Term term;
  SnapshotMeta meta;
};

enum class ReadRefusal : uint8_t { no_leader, leadership_lost, overloaded };
struct ReadReady {
  uint64_t cookie;                     // as given to read_index
  Index index;                         // serve when this index is applied
  std::optional<ReadRefusal> refused;  // index means nothing then; the client may ask again
};

// Every proposal (each entry of propose, each propose_configuration) has exactly one fate, known at its place in the log.
struct ProposalFate {
  enum class Kind : uint8_t {
    committed,
    superseded,  // another entry is committed in its place, or a newer term's before it: it will never be
    unknown,     // an installed snapshot covers its place: it may be in there or not
  };
  Kind kind;
  Position position;
};

enum class Role : uint8_t { follower, pre_candidate, candidate, leader };
struct RoleChange {
  Role role;
  Term term;
  NodeId leader;  // kNobody: unknown
};

// One line of the trace: what happened and the state after it. Written as ndjson by the layer above.
struct TraceEvent {
  std::string_view event;  // "become_leader", "truncate", ... (a literal)
  Term term;
  Role role;
  Position last;
  Index commit, applied;
  NodeId peer;             // kNobody: none
  std::string detail;
};

struct Output {
  std::vector<Envelope> send_now;     // may leave before anything is durable
  std::optional<AppendBatch> append;
  Entries apply;                      // committed and durable here, contiguous, each once, in order
  std::vector<LoadRequest> loads;
  std::vector<SnapshotOrder> snapshots;
  std::optional<InstallOrder> install;
  std::vector<ReadReady> reads;
  std::vector<ProposalFate> fates;
  std::optional<RoleChange> role;
  std::vector<TraceEvent> trace;
  std::optional<std::string> stop;    // in this Output and all later ones: the group must stop, this node saw what cannot
                                      // be (log matching broken, two leaders of one term); the text says what
  bool empty() const;
};

}  // namespace bao::raft
