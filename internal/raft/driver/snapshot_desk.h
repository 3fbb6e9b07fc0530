// Snapshots that were offered to peers, until they are fetched, replaced or forgotten: one a peer. Each keeps a read
// transaction open. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "internal/base/mutex.h"
#include "internal/raft/core/output.h"
#include "internal/raft/driver/state_machine.h"

namespace bao::raft {

class SnapshotDesk {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  void offer(const SnapshotOrder& order, std::unique_ptr<SnapshotReader> reader) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    offers_[order.to] = {order.session, std::move(reader), std::chrono::steady_clock::now()};
  }
  // The reader belongs to the caller from then on; `give_back` or `end` follows. Nothing when none is offered at `last`, or it
  // is being read.
  std::unique_ptr<SnapshotReader> take(NodeId to, Position last) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    const auto found = offers_.find(to);
    if (found == offers_.end() || !found->second.reader || found->second.reader->meta().last != last) return nullptr;
    return std::move(found->second.reader);
  }
  // After a broken fetch, so that the peer can go on where it was.
  void give_back(NodeId to, std::unique_ptr<SnapshotReader> reader) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    const auto found = offers_.find(to);
    if (found == offers_.end() || found->second.reader) return;
    found->second.reader = std::move(reader);
    found->second.since = std::chrono::steady_clock::now();
  }
  // Ends those that nobody has fetched since `before`: the offer was lost, or the peer gave up.
  std::vector<SnapshotOrder> forget(SteadyTime before) EXCLUDES(mutex_) {
    std::vector<SnapshotOrder> forgotten;
    base::MutexLock lock(mutex_);
    for (auto offer = offers_.begin(); offer != offers_.end();) {
      if (!offer->second.reader || offer->second.since > before) {
        ++offer;
        continue;
      }
      forgotten.push_back({offer->first, offer->second.session});
      offer = offers_.erase(offer);
    }
    return forgotten;
  }
  // The peer has it all, or won't: the session that the order named.
  std::optional<Session> end(NodeId to) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    const auto found = offers_.find(to);
    if (found == offers_.end()) return std::nullopt;
    const Session session = found->second.session;
    offers_.erase(found);
    return session;
  }

 private:
  struct Offer {
    Session session;
    std::unique_ptr<SnapshotReader> reader;  // nullptr while it is read
    SteadyTime since;                        // it was offered, or given back
  };
  base::Mutex mutex_{base::Rank::raft_driver};
  std::map<NodeId, Offer> offers_ GUARDED_BY(mutex_);
};

}  // namespace bao::raft
