#include "internal/raft/transport/outgoing_calls.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <grpcpp/alarm.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "internal/base/metrics.h"
#include "internal/base/mutex.h"
#include "internal/raft/transport/byte_buffer.h"
#include "internal/raft/transport/call_queue.h"
#include "internal/raft/transport/outgoing_stream.h"

namespace bao::raft {
namespace {

using Clock = std::chrono::steady_clock;
using SteadyTime = Clock::time_point;
constexpr std::chrono::hours kAtMost{24};  // nobody waits longer; keeps sums in range

// Who asked, and what it is told. Told outside of locks.
struct Told {
  TakeAnswer done;
  base::Result<std::string> answer;
};

void tell(std::vector<Told> all) {
  static base::Counter& answered = base::counter("raft.transport.calls_answered");
  static base::Counter& unavailable = base::counter("raft.transport.calls_unavailable");
  static base::Counter& uncertain = base::counter("raft.transport.calls_uncertain");
  for (Told& one : all) {
    const bool sent = !one.answer.ok() && one.answer.error().code() == base::Code::uncertain;
    (one.answer.ok() ? answered : sent ? uncertain : unavailable).add();
    one.done(std::move(one.answer));
  }
}

base::Error error_of(bool sent, std::string_view why) {
  return {sent ? base::Code::uncertain : base::Code::unavailable, "asking a member: " + std::string(why)};
}

}  // namespace

// Lives as long as the OutgoingCalls, or as gRPC knows something of it.
class OutgoingCalls::State : public std::enable_shared_from_this<State> {
 public:
  State(NodeId peer, std::shared_ptr<grpc::Channel> channel, std::shared_ptr<const PeerTable> table)
      : peer_(peer), table_(std::move(table)), stub_(std::in_place, std::move(channel)) {}

  void call(std::string request, std::chrono::milliseconds at_most, TakeAnswer done) EXCLUDES(mutex_);
  void drop_unsent() EXCLUDES(mutex_);
  void close() EXCLUDES(mutex_);

 private:
  // One stream, from its opening to its end; deletes itself at gRPC's last callback.
  class Stream final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
   public:
    explicit Stream(std::shared_ptr<State> owner) : owner_(std::move(owner)) {}
    void open();
    void write(const std::vector<Call>& calls) {
      writing_ = buffer_of(encode(calls));
      StartWrite(&writing_);
    }
    void cancel() { context_.TryCancel(); }

   private:
    void OnReadDone(bool ok) override;
    void OnWriteDone(bool ok) override {
      if (ok) owner_->written(*this);
    }
    void OnDone(const grpc::Status&) override {
      const auto owner = owner_;  // outlives this
      delete this;
      owner->finished();
    }
    base::Status take();

    std::shared_ptr<State> owner_;
    grpc::ClientContext context_;
    grpc::ByteBuffer writing_, incoming_;
    Admission admission_;
  };

  struct Waiting {
    TakeAnswer done;
    SteadyTime deadline;
  };
  // Alarms can't be set again: a sooner one takes the place of `previous`. Both are gRPC's business outside of the lock.
  struct Rearmed {
    std::shared_ptr<grpc::Alarm> fresh, previous;
  };

  std::optional<base::Error> refusal_of(size_t bytes) const REQUIRES(mutex_);
  Rearmed ring_by(SteadyTime deadline) REQUIRES(mutex_);
  void set(const Rearmed& rearmed, SteadyTime deadline);
  void rang(const grpc::Alarm* alarm) EXCLUDES(mutex_);
  // Takes those out that `ends` is true of.
  template <typename Ends>
  std::vector<Told> end_waiting(std::string_view why, Ends ends) REQUIRES(mutex_);

  void pump() EXCLUDES(mutex_);
  void admitted(Stream& stream) EXCLUDES(mutex_);
  void written(Stream& stream) EXCLUDES(mutex_);
  void answered(Stream& stream, std::vector<Call> answers) EXCLUDES(mutex_);
  void broken(Stream& stream) EXCLUDES(mutex_);
  void finished() EXCLUDES(mutex_);

  const NodeId peer_;
  const std::shared_ptr<const PeerTable> table_;
  // Gone when close() returns: the last channel of a process joins gRPC's callback thread, so that one mustn't drop it.
  std::optional<grpc::GenericStub> stub_;

  base::Mutex mutex_{base::Rank::raft_stream};
  base::Condition all_finished_;
  Stream* stream_ GUARDED_BY(mutex_) = nullptr;  // held against its end while it stands here
  int unfinished_ GUARDED_BY(mutex_) = 0;        // streams and alarms that gRPC still knows
  bool admitted_ GUARDED_BY(mutex_) = false;     // the peer has said who it is, on this stream
  bool writing_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
  std::optional<SteadyTime> failed_at_ GUARDED_BY(mutex_);
  CallQueue queue_ GUARDED_BY(mutex_);
  uint64_t last_id_ GUARDED_BY(mutex_) = 0;
  uint64_t left_up_to_ GUARDED_BY(mutex_) = 0;  // ids beyond it have not been given to gRPC
  std::map<uint64_t, Waiting> waiting_ GUARDED_BY(mutex_);
  std::shared_ptr<grpc::Alarm> alarm_ GUARDED_BY(mutex_);  // rings no later than the first deadline
  SteadyTime rings_at_ GUARDED_BY(mutex_);
};

// ---- the stream ----
void OutgoingCalls::State::Stream::open() {
  context_.set_wait_for_ready(false);
  owner_->stub_->PrepareBidiStreamingCall(&context_, kCallsMethod, {}, this);
  AddHold();  // until the stream is broken
  StartRead(&incoming_);
  writing_ = buffer_of(encode(owner_->table_->self()));
  StartWrite(&writing_);
  StartCall();
}

void OutgoingCalls::State::Stream::OnReadDone(bool ok) {
  if (!ok) {
    owner_->broken(*this);
    RemoveHold();
    return;
  }
  if (const base::Status taken = take(); !taken.ok()) {
    owner_->table_->note_refusal(context_.peer(), taken.error());
    context_.TryCancel();
  }
  StartRead(&incoming_);
}

base::Status OutgoingCalls::State::Stream::take() {
  ASSIGN_OR_RETURN(Frame frame, decode_frame(text_of(incoming_)));
  const auto certificates = context_.auth_context()->FindPropertyValues("x509_pem_cert");
  if (certificates.empty()) return base::denied("it has no certificate");
  TRY(admission_.check(*owner_->table_, frame.hello, {certificates[0].data(), certificates[0].size()}));
  if (admission_.node() != owner_->peer_) return base::denied("it is another node than the one that was called");
  if (frame.hello) owner_->admitted(*this);
  owner_->answered(*this, std::move(frame.calls));
  return {};
}

// ---- asking ----
std::optional<base::Error> OutgoingCalls::State::refusal_of(size_t bytes) const {
  static base::Counter& full = base::counter("raft.transport.calls_full");
  if (closed_) return error_of(false, "it is no member any more, or this node ends");
  if (!stream_ && failed_at_ && Clock::now() - *failed_at_ < OutgoingStream::kReopenAfter)
    return error_of(false, "it is not connected");
  if (waiting_.size() < base::kCallsUnderWayMax && queue_.fits(bytes)) return std::nullopt;
  full.add();
  return error_of(false, bytes > base::kCallBytesMax ? "the request is too large" : "too much is under way to it");
}

void OutgoingCalls::State::call(std::string request, std::chrono::milliseconds at_most, TakeAnswer done) {
  const SteadyTime deadline = Clock::now() + std::min<std::chrono::milliseconds>(at_most, kAtMost);
  std::optional<base::Error> refusal;
  Rearmed rearmed;
  Stream* opened = nullptr;
  {
    base::MutexLock lock(mutex_);
    refusal = refusal_of(request.size());
    if (!refusal) {
      queue_.push({++last_id_, std::move(request)});
      waiting_.emplace(last_id_, Waiting{std::move(done), deadline});
      rearmed = ring_by(deadline);
      if (!stream_) {
        opened = stream_ = new Stream(shared_from_this());
        ++unfinished_;
        admitted_ = false;
        writing_ = true;  // the hello
      }
    }
  }
  if (refusal) {
    std::vector<Told> told;
    told.push_back({std::move(done), std::move(*refusal)});
    tell(std::move(told));
    return;
  }
  set(rearmed, deadline);
  if (opened) opened->open();
  else pump();
}

// Writes what waits, unless a write is under way.
void OutgoingCalls::State::pump() {
  static base::Counter& sent = base::counter("raft.transport.calls_sent");
  std::vector<Call> calls;
  Stream* stream = nullptr;
  {
    base::MutexLock lock(mutex_);
    if (!stream_ || !admitted_ || writing_ || queue_.empty()) return;
    writing_ = true;
    calls = queue_.take();
    left_up_to_ = calls.back().id;
    stream = stream_;
    stream->AddHold();  // it may break before the write below
  }
  sent.add(static_cast<int64_t>(calls.size()));
  stream->write(calls);
  stream->RemoveHold();
}

void OutgoingCalls::State::admitted(Stream& stream) {
  {
    base::MutexLock lock(mutex_);
    if (stream_ == &stream) admitted_ = true;
  }
  pump();
}

void OutgoingCalls::State::written(Stream& stream) {
  {
    base::MutexLock lock(mutex_);
    if (stream_ != &stream) return;  // broken meanwhile: the queue belongs to its successor
    writing_ = false;
  }
  pump();
}

// ---- answers and ends ----
void OutgoingCalls::State::answered(Stream& stream, std::vector<Call> answers) {
  static base::Counter& late = base::counter("raft.transport.calls_late");
  std::vector<Told> told;
  told.reserve(answers.size());
  {
    base::MutexLock lock(mutex_);
    for (Call& answer : answers) {
      const auto asked = stream_ == &stream && answer.id <= left_up_to_ ? waiting_.find(answer.id) : waiting_.end();
      if (asked == waiting_.end()) {
        late.add();
        continue;
      }
      if (answer.lost) told.push_back({std::move(asked->second.done), error_of(true, "its answer is lost")});
      else told.push_back({std::move(asked->second.done), std::move(answer.payload)});
      waiting_.erase(asked);
    }
  }
  tell(std::move(told));
}

template <typename Ends>
std::vector<Told> OutgoingCalls::State::end_waiting(std::string_view why, Ends ends) {
  std::vector<Told> told;
  std::set<uint64_t> unsent;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    if (!ends(*at)) {
      ++at;
      continue;
    }
    const bool sent = at->first <= left_up_to_;
    if (!sent) unsent.insert(at->first);
    told.push_back({std::move(at->second.done), error_of(sent, why)});
    at = waiting_.erase(at);
  }
  if (!unsent.empty()) queue_.drop_if([&unsent](const Call& call) { return unsent.contains(call.id); });
  return told;
}

void OutgoingCalls::State::broken(Stream& stream) {
  std::vector<Told> told;
  {
    base::MutexLock lock(mutex_);
    if (stream_ != &stream) return;
    stream_ = nullptr;
    failed_at_ = Clock::now();
    told = end_waiting("the connection broke, or there is none", [](const auto&) { return true; });
  }
  tell(std::move(told));
}

OutgoingCalls::State::Rearmed OutgoingCalls::State::ring_by(SteadyTime deadline) {
  if (closed_ || (alarm_ && rings_at_ <= deadline)) return {};
  auto fresh = std::make_shared<grpc::Alarm>();
  rings_at_ = deadline;
  ++unfinished_;
  return {fresh, std::exchange(alarm_, fresh)};
}

void OutgoingCalls::State::set(const Rearmed& rearmed, SteadyTime deadline) {
  if (!rearmed.fresh) return;
  const auto from_now = std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now()).count();
  const gpr_timespec when = gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_micros(from_now, GPR_TIMESPAN));
  rearmed.fresh->Set(when, [self = shared_from_this(), alarm = rearmed.fresh.get()](bool expired) {
    if (expired) self->rang(alarm);
    self->finished();
  });
}

void OutgoingCalls::State::rang(const grpc::Alarm* alarm) {
  std::shared_ptr<grpc::Alarm> over;
  std::vector<Told> told;
  Rearmed rearmed;
  SteadyTime next = SteadyTime::max();
  {
    base::MutexLock lock(mutex_);
    if (alarm_.get() != alarm) return;  // a sooner one is in its place
    over = std::move(alarm_);
    const SteadyTime now = Clock::now();
    told = end_waiting("no answer came in time", [now](const auto& one) { return one.second.deadline <= now; });
    for (const auto& [id, one] : waiting_) next = std::min(next, one.deadline);
    if (!waiting_.empty()) rearmed = ring_by(next);
  }
  set(rearmed, next);
  tell(std::move(told));
}

void OutgoingCalls::State::drop_unsent() {
  std::vector<Told> told;
  {
    base::MutexLock lock(mutex_);
    told = end_waiting("it had not been sent yet", [this](const auto& one) { return one.first > left_up_to_; });
  }
  tell(std::move(told));
}

void OutgoingCalls::State::finished() {
  base::MutexLock lock(mutex_);
  --unfinished_;
  all_finished_.notify_all();
}

void OutgoingCalls::State::close() {
  std::vector<Told> told;
  std::shared_ptr<grpc::Alarm> alarm;
  {
    base::MutexLock lock(mutex_);
    closed_ = true;
    if (stream_) stream_->cancel();
    told = end_waiting("it is no member any more, or this node ends", [](const auto&) { return true; });
    alarm = std::move(alarm_);
  }
  tell(std::move(told));
  alarm.reset();  // cancelled, and its callback is waited for below
  base::MutexLock lock(mutex_);
  all_finished_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) { return unfinished_ == 0; });
  stub_.reset();
}

OutgoingCalls::OutgoingCalls(NodeId peer, std::shared_ptr<grpc::Channel> channel, std::shared_ptr<const PeerTable> table)
    : state_(std::make_shared<State>(peer, std::move(channel), std::move(table))) {}
OutgoingCalls::~OutgoingCalls() { close(); }
void OutgoingCalls::close() { state_->close(); }
void OutgoingCalls::drop_unsent() { state_->drop_unsent(); }
void OutgoingCalls::call(std::string request, std::chrono::milliseconds at_most, TakeAnswer done) {
  state_->call(std::move(request), at_most, std::move(done));
}

}  // namespace bao::raft
