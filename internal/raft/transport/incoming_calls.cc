#include "internal/raft/transport/incoming_calls.h"

#include <atomic>
#include <utility>
#include <vector>

#include "internal/base/metrics.h"
#include "internal/base/mutex.h"
#include "internal/raft/transport/call_queue.h"

namespace bao::raft {
namespace {

// Outlives the connection while somebody may still reply. Reading rests while too much is under way: then the peer's queue
// fills, and says so.
class IncomingCalls final : public IncomingCall, public std::enable_shared_from_this<IncomingCalls> {
 public:
  IncomingCalls(std::string certificate, std::shared_ptr<Connection> connection, IncomingContext& context)
      : certificate_(std::move(certificate)), context_(context), connection_(std::move(connection)) {}

  std::optional<std::string> next() override EXCLUDES(mutex_);
  base::Status take(std::string message) override EXCLUDES(mutex_);
  bool reads_on() override EXCLUDES(mutex_);
  void ended() override EXCLUDES(mutex_);
  // From any thread, once a call.
  void answer(Call answer) EXCLUDES(mutex_);

 private:
  bool room() const REQUIRES(mutex_) { return under_way_ < base::kCallsUnderWayMax && !queue_.full(); }
  void hand_over(Call call);

  const std::string certificate_;
  IncomingContext& context_;  // there while the connection is
  Admission admission_;

  base::Mutex mutex_{base::Rank::raft_stream};
  std::shared_ptr<Connection> connection_ GUARDED_BY(mutex_);  // none once it has ended
  std::string hello_ GUARDED_BY(mutex_);                       // goes before all answers
  CallQueue queue_ GUARDED_BY(mutex_);
  size_t under_way_ GUARDED_BY(mutex_) = 0;  // asked, and the answer has not left
  bool rests_ GUARDED_BY(mutex_) = false;    // nothing is read until there is room
};

// What a reply holds: who drops it without a word says that there is no answer.
class Ticket {
 public:
  Ticket(std::shared_ptr<IncomingCalls> calls, uint64_t id) : calls_(std::move(calls)), id_(id) {}
  ~Ticket() { give({id_, {}, true}); }
  void reply(std::string payload) { give({id_, std::move(payload)}); }

 private:
  void give(Call answer) {
    if (!given_.exchange(true)) calls_->answer(std::move(answer));
  }
  const std::shared_ptr<IncomingCalls> calls_;
  const uint64_t id_;
  std::atomic<bool> given_{false};
};

base::Status IncomingCalls::take(std::string message) {
  static base::Counter& received = base::counter("raft.transport.calls_received");
  ASSIGN_OR_RETURN(Frame frame, decode_frame(message));
  TRY(admission_.check(context_.table, frame.hello, certificate_));
  if (frame.calls.size() > base::kCallsUnderWayMax) return base::denied("it asks more at once than it may");
  std::shared_ptr<Connection> greeted;
  {
    base::MutexLock lock(mutex_);
    if (frame.hello) {
      hello_ = encode(context_.table.self());
      greeted = connection_;
    }
    under_way_ += frame.calls.size();
  }
  if (greeted) greeted->pump();
  received.add(static_cast<int64_t>(frame.calls.size()));
  for (Call& call : frame.calls) hand_over(std::move(call));
  return {};
}

void IncomingCalls::hand_over(Call call) {
  const auto ticket = std::make_shared<Ticket>(shared_from_this(), call.id);
  context_.receiver.on_call(admission_.node(), std::move(call.payload),
                            [ticket](std::string payload) { ticket->reply(std::move(payload)); });
}

bool IncomingCalls::reads_on() {
  base::MutexLock lock(mutex_);
  rests_ = !room();
  return !rests_;
}

void IncomingCalls::answer(Call answer) {
  static base::Counter& lost = base::counter("raft.transport.calls_lost");
  std::shared_ptr<Connection> connection;
  {
    base::MutexLock lock(mutex_);
    if (!connection_) return;
    if (!queue_.fits(answer.payload.size())) answer = {answer.id, {}, true};
    if (answer.lost) lost.add();
    queue_.push(std::move(answer));
    connection = connection_;
  }
  connection->pump();
}

std::optional<std::string> IncomingCalls::next() {
  std::string bytes;
  std::vector<Call> calls;
  bool reads_again = false;
  std::shared_ptr<Connection> connection;
  {
    base::MutexLock lock(mutex_);
    bytes = std::exchange(hello_, {});
    calls = queue_.take();
    under_way_ -= calls.size();
    reads_again = rests_ && room();
    connection = connection_;
  }
  if (reads_again && connection) connection->wake();
  if (bytes.empty() && calls.empty()) return std::nullopt;
  return bytes + encode(calls);
}

void IncomingCalls::ended() {
  std::shared_ptr<Connection> over;
  base::MutexLock lock(mutex_);
  over = std::move(connection_);
}

}  // namespace

std::shared_ptr<IncomingCall> answer_calls(const std::string& certificate, std::shared_ptr<Connection> connection, IncomingContext& context) {
  return std::make_shared<IncomingCalls>(certificate, std::move(connection), context);
}

}  // namespace bao::raft
