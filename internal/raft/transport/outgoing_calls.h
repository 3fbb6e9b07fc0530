// Calls to one peer: a connection of its own, opened when there is something to ask, that carries all of them by their ids. A
// broken one is opened again by a later call, at most once in OutgoingLink::kReopenAfter. Nothing is sent before the peer has
// said who it is, so that a peer that refuses us has certainly done nothing. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/raft/transport/call_queue.h"
#include "internal/raft/transport/outgoing_link.h"
#include "internal/raft/transport/transport.h"

namespace bao::raft {

class OutgoingCalls final : private Traffic {
 public:
  // `route` without its method.
  explicit OutgoingCalls(Route route);
  ~OutgoingCalls() override { close(); }
  // As Transport::call.
  void call(std::string request, std::chrono::milliseconds at_most, TakeAnswer done) EXCLUDES(mutex_);
  // Ends those that wait for their turn to be sent: unavailable.
  void drop_unsent() EXCLUDES(mutex_);
  // Ends all that are under way. Not from within an answer.
  void close() EXCLUDES(mutex_);

 private:
  struct Waiting {
    TakeAnswer done;
    SteadyTime deadline;
  };
  // Who asked, and what it is told. Told outside of locks.
  struct Told {
    TakeAnswer done;
    base::Result<std::string> answer;
  };
  static void tell(std::vector<Told> all);
  static base::Error error_of(bool sent, std::string_view why);

  std::optional<std::string> next() override EXCLUDES(mutex_);
  bool wanted() override EXCLUDES(mutex_);
  void opened(std::shared_ptr<Connection> connection) override EXCLUDES(mutex_);
  base::Status take(std::string message, const std::string& certificate) override EXCLUDES(mutex_);
  void broken() override EXCLUDES(mutex_);
  SteadyTime deadline() override EXCLUDES(mutex_);
  void on_time(SteadyTime now) override EXCLUDES(mutex_);

  std::optional<base::Error> refusal_of(size_t bytes) const REQUIRES(mutex_);
  void admitted() EXCLUDES(mutex_);
  void answered(std::vector<Call> answers) EXCLUDES(mutex_);
  // Takes those out that `ends` is true of.
  template <typename Ends>
  std::vector<Told> end_waiting(std::string_view why, Ends ends) REQUIRES(mutex_);

  const NodeId peer_;
  const std::shared_ptr<const PeerTable> table_;
  Admission admission_;  // of the present connection; of the link's thread

  base::Mutex mutex_{base::Rank::raft_stream};
  std::shared_ptr<Connection> connection_ GUARDED_BY(mutex_);
  bool hello_due_ GUARDED_BY(mutex_) = false;
  bool admitted_ GUARDED_BY(mutex_) = false;  // the peer has said who it is, on this connection
  bool closed_ GUARDED_BY(mutex_) = false;
  std::optional<SteadyTime> failed_at_ GUARDED_BY(mutex_);
  CallQueue queue_ GUARDED_BY(mutex_);
  uint64_t last_id_ GUARDED_BY(mutex_) = 0;
  uint64_t left_up_to_ GUARDED_BY(mutex_) = 0;  // ids beyond it have not been given to a connection
  std::map<uint64_t, Waiting> waiting_ GUARDED_BY(mutex_);
  SteadyTime deadline_ GUARDED_BY(mutex_) = SteadyTime::max();  // no later than the first of theirs
  OutgoingLink link_;  // last: its thread uses all of them
};

}  // namespace bao::raft
