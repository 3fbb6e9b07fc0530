#include "internal/raft/transport/incoming_calls.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "internal/base/metrics.h"
#include "internal/base/mutex.h"
#include "internal/raft/transport/byte_buffer.h"
#include "internal/raft/transport/call_queue.h"

namespace bao::raft {
namespace {

class IncomingCalls;

// The answering half, which outlives the stream while somebody may still reply. Knows what gRPC has under way, because a
// stream is finished once nothing is. Reading rests while too much is under way: then the peer's queue fills, and says so.
class Answers {
 public:
  explicit Answers(IncomingCalls& stream) : stream_(stream) {}

  // Of the stream's callbacks.
  void greet(std::string hello) EXCLUDES(mutex_);
  void asked(size_t calls) EXCLUDES(mutex_);
  bool may_read_on() EXCLUDES(mutex_);
  void read_ended(grpc::Status status) EXCLUDES(mutex_);
  void written() EXCLUDES(mutex_);
  void cancelled() EXCLUDES(mutex_);
  // From any thread, once a call.
  void answer(Call answer) EXCLUDES(mutex_);

 private:
  bool room() const REQUIRES(mutex_) { return under_way_ < base::kCallsUnderWayMax && !queue_.full(); }
  // True once: the stream is to be finished.
  bool over() REQUIRES(mutex_) { return ended_ && !reading_ && !writing_ && !std::exchange(finished_, true); }
  void pump() EXCLUDES(mutex_);

  IncomingCalls& stream_;  // there until it is finished
  base::Mutex mutex_{base::Rank::raft_stream};
  bool reading_ GUARDED_BY(mutex_) = true;
  bool writing_ GUARDED_BY(mutex_) = false;
  bool ended_ GUARDED_BY(mutex_) = false;
  bool finished_ GUARDED_BY(mutex_) = false;
  grpc::Status status_ GUARDED_BY(mutex_);
  std::string hello_ GUARDED_BY(mutex_);  // goes before all answers
  CallQueue queue_ GUARDED_BY(mutex_);
  size_t under_way_ GUARDED_BY(mutex_) = 0;  // asked, and the answer has not left
  size_t leaving_ GUARDED_BY(mutex_) = 0;    // of them, in the present write
};

// What a reply holds: who drops it without a word says that there is no answer.
class Ticket {
 public:
  Ticket(std::shared_ptr<Answers> answers, uint64_t id) : answers_(std::move(answers)), id_(id) {}
  ~Ticket() { give({id_, {}, true}); }
  void reply(std::string payload) { give({id_, std::move(payload)}); }

 private:
  void give(Call answer) {
    if (!given_.exchange(true)) answers_->answer(std::move(answer));
  }
  const std::shared_ptr<Answers> answers_;
  const uint64_t id_;
  std::atomic<bool> given_{false};
};

class IncomingCalls final : public grpc::ServerGenericBidiReactor {
 public:
  IncomingCalls(grpc::GenericCallbackServerContext& call, IncomingContext& context)
      : call_(call), certificate_(certificate_of(call)), context_(context) {
    StartRead(&incoming_);
  }
  void read() { StartRead(&incoming_); }
  void write(const std::string& bytes) {
    outgoing_ = buffer_of(bytes);
    StartWrite(&outgoing_);
  }
  void cancel() { call_.TryCancel(); }

 private:
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool) override { answers_->written(); }
  void OnCancel() override { answers_->cancelled(); }
  void OnDone() override { delete this; }
  base::Status take();
  void hand_over(Call call) {
    const auto ticket = std::make_shared<Ticket>(answers_, call.id);
    context_.receiver.on_call(admission_.node(), std::move(call.payload),
                              [ticket](std::string payload) { ticket->reply(std::move(payload)); });
  }

  grpc::GenericCallbackServerContext& call_;
  const std::string certificate_;
  IncomingContext& context_;
  const std::shared_ptr<Answers> answers_ = std::make_shared<Answers>(*this);
  Admission admission_;
  grpc::ByteBuffer incoming_, outgoing_;
};

void IncomingCalls::OnReadDone(bool ok) {
  const base::Status taken = ok ? take() : base::Status{};
  if (ok && taken.ok()) {
    if (answers_->may_read_on()) read();
    return;
  }
  if (!taken.ok()) context_.table.note_refusal(call_.peer(), taken.error());
  answers_->read_ended(taken.ok() ? grpc::Status::OK
                                  : grpc::Status(grpc::StatusCode::PERMISSION_DENIED, taken.error().message()));
}

base::Status IncomingCalls::take() {
  static base::Counter& received = base::counter("raft.transport.calls_received");
  ASSIGN_OR_RETURN(Frame frame, decode_frame(text_of(incoming_)));
  TRY(admission_.check(context_.table, frame.hello, certificate_));
  if (frame.calls.size() > base::kCallsUnderWayMax) return base::denied("it asks more at once than it may");
  if (frame.hello) answers_->greet(encode(context_.table.self()));
  answers_->asked(frame.calls.size());
  received.add(static_cast<int64_t>(frame.calls.size()));
  for (Call& call : frame.calls) hand_over(std::move(call));
  return {};
}

void Answers::greet(std::string hello) {
  {
    base::MutexLock lock(mutex_);
    hello_ = std::move(hello);
  }
  pump();
}

void Answers::asked(size_t calls) {
  base::MutexLock lock(mutex_);
  under_way_ += calls;
}

void Answers::answer(Call answer) {
  static base::Counter& lost = base::counter("raft.transport.calls_lost");
  {
    base::MutexLock lock(mutex_);
    if (ended_) return;
    if (!queue_.fits(answer.payload.size())) answer = {answer.id, {}, true};
    if (answer.lost) lost.add();
    queue_.push(std::move(answer));
  }
  pump();
}

// Writes what waits, unless a write is under way.
void Answers::pump() {
  std::string bytes;
  std::vector<Call> calls;
  {
    base::MutexLock lock(mutex_);
    if (ended_ || writing_ || (hello_.empty() && queue_.empty())) return;
    writing_ = true;  // and so the stream lives until this write is done
    bytes = std::exchange(hello_, {});
    calls = queue_.take();
    leaving_ = calls.size();
  }
  bytes += encode(calls);
  stream_.write(bytes);
}

void Answers::written() {
  bool finish = false, read = false;
  grpc::Status status;
  {
    base::MutexLock lock(mutex_);
    writing_ = false;
    under_way_ -= std::exchange(leaving_, 0);
    read = !ended_ && !reading_ && room();
    reading_ = reading_ || read;
    finish = over();
    status = status_;
  }
  if (finish) return stream_.Finish(status);
  if (read) stream_.read();
  pump();
}

bool Answers::may_read_on() {
  bool finish = false;
  {
    base::MutexLock lock(mutex_);
    reading_ = !ended_ && room();
    if (reading_) return true;
    finish = over();
  }
  if (finish) stream_.Finish(grpc::Status::CANCELLED);
  return false;
}

void Answers::read_ended(grpc::Status status) {
  bool finish = false;
  {
    base::MutexLock lock(mutex_);
    reading_ = false;
    ended_ = true;
    status_ = status;
    queue_ = {};
    finish = over();
  }
  if (finish) stream_.Finish(status);
  else stream_.cancel();  // a write that nobody takes ends by that
}

// A read or write that is under way ends by itself, and then the stream is finished.
void Answers::cancelled() {
  bool finish = false;
  {
    base::MutexLock lock(mutex_);
    ended_ = true;
    finish = over();
  }
  if (finish) stream_.Finish(grpc::Status::CANCELLED);
}

}  // namespace

grpc::ServerGenericBidiReactor* answer_calls(grpc::GenericCallbackServerContext& call, IncomingContext& context) {
  return new IncomingCalls(call, context);
}

}  // namespace bao::raft
