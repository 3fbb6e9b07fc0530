// One lane to one peer: only writes. Its connection opens when there is something to send, at most once in
// OutgoingLink::kReopenAfter; a broken one is opened again by a later send. Thread-safe.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "internal/raft/transport/lane.h"
#include "internal/raft/transport/outgoing_link.h"
#include "internal/raft/transport/transport.h"

namespace bao::raft {

class OutgoingLane final : private Traffic {
 public:
  // `route` without its method, which is the lane's.
  OutgoingLane(Route route, Lane lane, Receiver& receiver);
  ~OutgoingLane() override { close(); }
  // Nothing is sent afterwards, and the receiver hears nothing. Not from within the receiver.
  void close() EXCLUDES(mutex_);
  // False: dropped. A heartbeat takes the place of an earlier one of its group that has not left, unless the
  // earlier one alone is to be answered.
  bool send(const Envelope& envelope) EXCLUDES(mutex_);

 private:
  struct Queued {
    std::string bytes;
    std::optional<GroupId> heartbeat_of;  // a heartbeat may be replaced by the next one of its group
    bool news = false;                    // that only tells what is committed
  };

  std::optional<std::string> next() override EXCLUDES(mutex_);
  bool wanted() override EXCLUDES(mutex_);
  void opened(std::shared_ptr<Connection> connection) override EXCLUDES(mutex_);
  base::Status take(std::string message, const std::string& certificate) override;
  void broken() override EXCLUDES(mutex_);
  bool put(const Envelope& envelope) REQUIRES(mutex_);

  const NodeId peer_;
  const std::string hello_;
  Receiver& receiver_;

  base::Mutex mutex_{base::Rank::raft_stream};
  std::shared_ptr<Connection> connection_ GUARDED_BY(mutex_);
  bool hello_due_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
  std::optional<SteadyTime> failed_at_ GUARDED_BY(mutex_);
  std::deque<Queued> queue_ GUARDED_BY(mutex_);
  size_t queued_bytes_ GUARDED_BY(mutex_) = 0;
  OutgoingLink link_;  // last: its thread uses all of them
};

}  // namespace bao::raft
