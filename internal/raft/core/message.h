// What members say to each other. The transport may lose, repeat, delay and reorder; the core does not care.
// Wire form: proto/raft.proto. Plain values.
#pragma once

#include <cstdint>
#include <variant>

#include "internal/raft/core/configuration.h"
#include "internal/raft/core/types.h"

namespace bao::raft {

// "Would you vote for me in `Envelope::term`?" Changes nothing at either side.
struct PreVote { Position last; };
// A refusal carries the refuser's term in the envelope, so that a laggard learns it; a grant the term asked for.
struct PreVoteReply { bool granted; };

struct Vote {
  Position last;
  bool transfer;  // the leader asked for this election: leader stickiness does not apply
};
struct VoteReply { bool granted; };

struct Append {
  Session session;      // of the receiver, as the leader knows it; comes back in the reply
  Position previous;
  Chain previous_chain{};
  Entries entries;      // contiguous, from previous.index + 1; empty as a probe
  Index commit;
};
struct AppendReply {
  Session session;
  bool accepted;
  Index match;          // accepted: previous.index + number of entries of that very Append, durable
  Index rejected;       // refused: the previous.index that did not fit
  Position hint;        // refused: the last entry of the receiver with a term that may fit (term 0: none)
  Index last;           // end of the receiver's log, for display and probing; proves nothing
};

struct Heartbeat {
  Session session;
  Index commit;         // at most what the receiver is known to hold
  uint64_t round;       // of ReadIndex; rises within a term
  bool news = false;    // only tells what is committed: nobody waits for an answer, and none comes
};
struct HeartbeatReply {
  Session session;
  uint64_t round;
  Index applied;        // for display and autopilot
};

struct TimeoutNow {};   // leadership transfer: campaign at once

// A follower asks for an index that a linearizable read may be served at.
struct ReadRequest { uint64_t id; };
struct ReadReply { uint64_t id; bool granted; Index index; };

// The leader has a snapshot to stream: its data goes another way, outside of the core.
struct SnapshotMeta {
  Position last;        // the last entry that it holds
  Chain chain{};
  Configuration configuration;
  Index configuration_index;
  bool operator==(const SnapshotMeta&) const = default;
};
struct SnapshotOffer { Session session; SnapshotMeta meta; };

using Message = std::variant<PreVote, PreVoteReply, Vote, VoteReply, Append, AppendReply, Heartbeat, HeartbeatReply,
                             TimeoutNow, ReadRequest, ReadReply, SnapshotOffer>;

struct Envelope {
  GroupId group;
  NodeId from, to;
  Term term;            // the sender's; of PreVote and its grant: the term asked for
  Message message;
};

}  // namespace bao::raft
