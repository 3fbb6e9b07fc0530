// Carries envelopes between the members of a cluster: gRPC's protocol over mutual TLS, one call a peer and lane, so that megabytes
// of entries never delay a heartbeat. May lose, repeat and reorder them, never blocks its callers and never buffers without
// bound. And calls of the layer above, which are answered once and never repeated. Thread-safe.
//
// Peers are known by their certificates, byte for byte (no authority); an address is only where to find one. Before
// anything a stream says who it is (Hello): another cluster, an unknown node, another disk than the one that is known, a
// certificate of somebody else, or protocol versions outside of ours are refused, counted and logged.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/base/secret.h"
#include "internal/raft/core/message.h"
#include "internal/raft/transport/wire.h"

namespace bao::raft {

struct Peer {
  std::string address;                    // host:port, resolved again at each dial
  std::vector<std::string> certificates;  // PEM; more than one while it rotates
  std::string incarnation;                // of its disk; empty: any
  bool operator==(const Peer&) const = default;
};
using Peers = std::map<NodeId, Peer>;

struct TransportCredentials {
  std::string certificate;        // PEM
  base::SecretBytes private_key;  // PEM
};

class Receiver {
 public:
  virtual ~Receiver() = default;
  // From a peer whose identity was proved; `from` and `to` are right. On a thread of the transport: waits for
  // no disk; may send.
  virtual void on_envelope(Envelope envelope) = 0;
  // A stream to it broke, or what was to be sent was dropped.
  virtual void on_peer_unreachable(NodeId peer) = 0;
  // `peer` fetches the snapshot that it was offered. On a thread of its own: blocks until all is given.
  virtual base::Status serve_snapshot(NodeId peer, GroupId group, Position last, const std::string& after,
                                      const TakePiece& give) = 0;
  // `from` asks something of the layer above. On a thread of the transport: only enqueues. `reply` is called once, from any thread,
  // also when the stream or the transport is gone (it does nothing then); dropped uncalled, the asker hears "uncertain".
  virtual void on_call(NodeId from, std::string request, std::function<void(std::string)> reply) = 0;
};

using TakeAnswer = std::function<void(base::Result<std::string>)>;

// What was refused or lost since the start; also metrics "raft.transport.*".
struct TransportCounts {
  int64_t sent, received, dropped, refused_streams, malformed, unknown_kinds;
};

class Transport {
 public:
  // Listens at `address` (port 0: any). Errors: unavailable (the address is taken), invalid (credentials).
  static base::Result<std::unique_ptr<Transport>> start(const std::string& address, Hello self,
                                                        const TransportCredentials& credentials, Receiver& receiver);
  virtual ~Transport() = default;  // ends every stream; the receiver hears nothing afterwards

  virtual int port() const = 0;
  // Everybody else of the cluster, as of now. Streams of peers that left or changed end.
  virtual void set_peers(Peers peers) = 0;
  // Queues it. False: dropped (no such peer, its queue is full).
  virtual bool send(const Envelope& envelope) = 0;
  // Fetches a snapshot that `from` offered, on a connection of its own; blocks. Errors: unavailable, corrupt, and those of
  // `take`, which end it. Over before the transport ends.
  virtual base::Status fetch_snapshot(NodeId from, const SnapshotRequest& request, const TakePiece& take) = 0;
  // Asks `to`; `done` gets the answer, or why there is none, exactly once. It only enqueues or wakes somebody: it runs on a
  // thread of the transport, or, when nothing can be sent or the link ends, on the thread that calls or ends it. Errors: unavailable
  // (nothing was sent: no such peer, not connected, a limit of base/limits.h, ended before it left): may be asked again;
  // uncertain (sent, and then the connection broke, no answer came in time or the answer was lost): it may have been
  // carried out, and is never sent again here.
  virtual void call(NodeId to, std::string request, std::chrono::milliseconds at_most, TakeAnswer done) = 0;
  // Calls to `to` that have not been given to a connection hear "unavailable": somebody else may be asked.
  virtual void drop_unsent(NodeId to) = 0;
  // New credentials for new connections; those that peers made with the earlier ones go on until end_overlap(). Peers
  // must know the new certificate by then (set_peers on their side).
  virtual base::Status rotate(const TransportCredentials& credentials) = 0;
  virtual void end_overlap() = 0;
  // Nobody is a peer any more, nothing listens, and the credentials are forgotten; until resume(), which listens at the
  // same address. By whoever rotates. A snapshot that is being fetched ends by itself.
  virtual void rest() = 0;
  virtual base::Status resume(const TransportCredentials& credentials) = 0;
  virtual TransportCounts counts() const = 0;
};

}  // namespace bao::raft
