// One member of a cluster as a node is put together from the Raft module: a folder with log.db and state.db, the driver, and
// the transport over mutual TLS on loopback. For tests and benchmarks; many in one process, or one a process. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "internal/base/result.h"
#include "internal/raft/driver/driver.h"
#include "internal/raft/transport/transport.h"
#include "internal/storage/backend.h"
#include "internal/storage/raft/logged_state.h"

namespace bao::testing::cluster {

struct MemberOptions {
  std::string folder;                        // is there
  raft::NodeId id;
  std::optional<raft::Configuration> first;  // of a new group, when the folder is new; nothing: it joins somebody's group
  raft::TransportCredentials credentials;
  raft::TrailingLog trailing = {};
  std::chrono::milliseconds tick{20}, upkeep{1000};
};

// A self-signed certificate and its key, by way of that folder.
base::Result<raft::TransportCredentials> make_credentials(const std::string& folder);

class Member {
 public:
  // Listens at a port of 127.0.0.1 that is free; hears nobody before introduce().
  static base::Result<std::unique_ptr<Member>> start(MemberOptions options);
  // The driver first, then the streams; nothing is sent to others about it.
  ~Member();

  raft::Peer as_peer() const;
  // Everybody, as of now.
  void introduce(raft::Peers peers) { transport_->set_peers(std::move(peers)); }
  raft::Driver& driver() { return *driver_; }
  // What the state holds: a copy to read from.
  base::Result<std::unique_ptr<raft::SnapshotReader>> snapshot() { return state_->snapshot(); }
  // Blocks as Driver::propose does, with its errors.
  base::Result<base::Index> propose(const storage::Proposal& proposal);
  base::Result<base::Index> put(const std::string& key, const std::string& value);

 private:
  // What the transport gives to the driver, once there is one.
  class Inbound final : public raft::Receiver {
   public:
    void reach(raft::Driver* driver) { driver_ = driver; }
    void on_envelope(raft::Envelope envelope) override;
    void on_peer_unreachable(raft::NodeId peer) override;
    base::Status serve_snapshot(raft::NodeId peer, raft::GroupId group, raft::Position last, const std::string& after,
                                const raft::TakePiece& give) override;
    // Members of tests answer no calls: whoever asks hears at once that there is no answer.
    void on_call(raft::NodeId, std::string, std::function<void(std::string)>) override {}

   private:
    std::atomic<raft::Driver*> driver_{nullptr};
  };

  explicit Member(MemberOptions options) : options_(std::move(options)) {}
  base::Status open();
  base::Status open_log();
  base::Status start_driver();

  const MemberOptions options_;
  std::unique_ptr<storage::raft::LoggedState> state_;
  std::unique_ptr<raft::LogStore> log_;
  Inbound inbound_;
  // Stopped before the transport ends, gone after it.
  std::unique_ptr<raft::Driver> driver_;
  std::unique_ptr<raft::Transport> transport_;
};

}  // namespace bao::testing::cluster
