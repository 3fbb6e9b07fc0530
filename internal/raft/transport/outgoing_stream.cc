#include "internal/raft/transport/outgoing_stream.h"

#include <deque>
#include <optional>
#include <utility>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "internal/base/mutex.h"
#include "internal/raft/transport/byte_buffer.h"

namespace bao::raft {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Queued {
  std::string bytes;
  std::optional<GroupId> heartbeat_of;  // a heartbeat may be replaced by the next one of its group
  bool news = false;                    // that only tells what is committed
};

}  // namespace

// Lives as long as the OutgoingStream or a call of it.
class OutgoingStream::State : public std::enable_shared_from_this<State> {
 public:
  State(NodeId peer, Lane lane, std::shared_ptr<grpc::Channel> channel, const Hello& self, Receiver& receiver)
      : peer_(peer), lane_(lane), stub_(std::in_place, std::move(channel)), hello_(encode(self)), receiver_(receiver) {}

  bool send(const Envelope& envelope) EXCLUDES(mutex_);
  void close() EXCLUDES(mutex_);

 private:
  // One stream, from its opening to its end; deletes itself at gRPC's last callback.
  class Call final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
   public:
    explicit Call(std::shared_ptr<State> owner) : owner_(std::move(owner)) {}
    void open(std::string_view method);
    void write(const std::string& bytes);
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
    std::shared_ptr<State> owner_;
    grpc::ClientContext context_;
    grpc::ByteBuffer writing_, incoming_;
  };

  bool put(const Envelope& envelope) REQUIRES(mutex_);
  std::string take() REQUIRES(mutex_);
  void written(Call& call) EXCLUDES(mutex_);
  void broken(Call& call) EXCLUDES(mutex_);
  void finished() EXCLUDES(mutex_);

  const NodeId peer_;
  const Lane lane_;
  // Gone when close() returns: the last channel of a process joins gRPC's callback thread, so that one mustn't drop it.
  std::optional<grpc::GenericStub> stub_;
  const std::string hello_;
  Receiver& receiver_;

  base::Mutex mutex_{base::Rank::raft_stream};
  base::Condition all_finished_;
  Call* call_ GUARDED_BY(mutex_) = nullptr;  // takes messages; held against its end while it stands here
  int unfinished_ GUARDED_BY(mutex_) = 0;    // calls that gRPC still knows
  bool writing_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
  std::optional<SteadyTime> failed_at_ GUARDED_BY(mutex_);
  std::deque<Queued> queue_ GUARDED_BY(mutex_);
  size_t queued_bytes_ GUARDED_BY(mutex_) = 0;
};

void OutgoingStream::State::Call::open(std::string_view method) {
  context_.set_wait_for_ready(false);
  owner_->stub_->PrepareBidiStreamingCall(&context_, std::string(method), {}, this);
  AddHold();              // until the stream is broken
  StartRead(&incoming_);  // the peer says nothing here: this ends with the stream
  writing_ = buffer_of(owner_->hello_);
  StartWrite(&writing_);
  StartCall();
}

void OutgoingStream::State::Call::OnReadDone(bool ok) {
  if (ok) {
    StartRead(&incoming_);
    return;
  }
  owner_->broken(*this);
  RemoveHold();
}

void OutgoingStream::State::Call::write(const std::string& bytes) {
  writing_ = buffer_of(bytes);
  StartWrite(&writing_);
}

bool OutgoingStream::State::put(const Envelope& envelope) {
  Queued fresh{encode(envelope), std::nullopt};
  if (const auto* heartbeat = std::get_if<Heartbeat>(&envelope.message)) {
    fresh.heartbeat_of = envelope.group;
    fresh.news = heartbeat->news;
    for (Queued& waiting : queue_) {
      if (waiting.heartbeat_of != fresh.heartbeat_of || (fresh.news && !waiting.news)) continue;  // an answer may be awaited
      queued_bytes_ += fresh.bytes.size() - waiting.bytes.size();
      waiting = std::move(fresh);
      return true;
    }
  }
  if (queued_bytes_ + fresh.bytes.size() > kLaneQueueBytesMax) return false;
  queued_bytes_ += fresh.bytes.size();
  queue_.push_back(std::move(fresh));
  return true;
}

// What goes into the next gRPC message: frames one after another are one frame (protobuf merges repeated fields).
std::string OutgoingStream::State::take() {
  std::string bytes;
  while (!queue_.empty() && (bytes.empty() || bytes.size() + queue_.front().bytes.size() <= kWriteBytesMax)) {
    if (bytes.empty()) bytes = std::move(queue_.front().bytes);
    else bytes += queue_.front().bytes;
    queue_.pop_front();
  }
  queued_bytes_ -= bytes.size();
  return bytes;
}

bool OutgoingStream::State::send(const Envelope& envelope) {
  Call* opened = nullptr;
  Call* idle = nullptr;
  std::string bytes;
  {
    base::MutexLock lock(mutex_);
    const bool rests = failed_at_ && std::chrono::steady_clock::now() - *failed_at_ < kReopenAfter;
    if (closed_ || (!call_ && rests) || !put(envelope)) return false;
    if (!call_) {
      opened = call_ = new Call(shared_from_this());
      ++unfinished_;
      writing_ = true;  // the hello
    } else if (!writing_) {
      idle = call_;
      idle->AddHold();  // it may break before the write below
      writing_ = true;
      bytes = take();
    }
  }
  if (opened) opened->open(method_of(lane_));
  if (idle) {
    idle->write(bytes);
    idle->RemoveHold();
  }
  return true;
}

void OutgoingStream::State::written(Call& call) {
  std::string bytes;
  {
    base::MutexLock lock(mutex_);
    if (call_ != &call) return;  // broken meanwhile: the queue belongs to its successor
    if (queue_.empty()) {
      writing_ = false;
      return;
    }
    bytes = take();
  }
  call.write(bytes);
}

void OutgoingStream::State::broken(Call& call) {
  {
    base::MutexLock lock(mutex_);
    if (call_ == &call) call_ = nullptr;
    writing_ = false;
    failed_at_ = std::chrono::steady_clock::now();
    queue_.clear();
    queued_bytes_ = 0;
    if (closed_) return;
  }
  receiver_.on_peer_unreachable(peer_);
}

void OutgoingStream::State::finished() {
  base::MutexLock lock(mutex_);
  --unfinished_;
  all_finished_.notify_all();
}

void OutgoingStream::State::close() {
  base::MutexLock lock(mutex_);
  closed_ = true;
  if (call_) call_->cancel();
  all_finished_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) { return unfinished_ == 0; });
  stub_.reset();
}

OutgoingStream::OutgoingStream(NodeId peer, Lane lane, std::shared_ptr<grpc::Channel> channel, const Hello& self,
                               Receiver& receiver)
    : state_(std::make_shared<State>(peer, lane, std::move(channel), self, receiver)) {}
OutgoingStream::~OutgoingStream() { close(); }
void OutgoingStream::close() { state_->close(); }
bool OutgoingStream::send(const Envelope& envelope) { return state_->send(envelope); }

}  // namespace bao::raft
