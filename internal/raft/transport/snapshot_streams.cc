#include "internal/raft/transport/snapshot_streams.h"

#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "internal/base/log.h"
#include "internal/base/mutex.h"
#include "internal/raft/transport/byte_buffer.h"

namespace bao::raft {
namespace {

std::atomic<int> streams_served{0};

grpc::Status status_of(const base::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const bool refused = status.error().code() == base::Code::denied;
  return {refused ? grpc::StatusCode::PERMISSION_DENIED : grpc::StatusCode::UNAVAILABLE, status.error().message()};
}

class ServedSnapshot final : public grpc::ServerGenericBidiReactor {
 public:
  ServedSnapshot(std::string certificate, IncomingContext& context)
      : certificate_(std::move(certificate)), context_(context) {
    ++streams_served;
    StartRead(&incoming_);
  }
  ~ServedSnapshot() override { --streams_served; }

 private:
  void OnReadDone(bool ok) override {
    auto request = ok ? asked() : base::Result<SnapshotRequest>(base::invalid("the stream ended before its request"));
    if (!request.ok()) {
      Finish(status_of(request.error()));
      return;
    }
    worker_ = std::thread([this, request = std::move(*request)] {
      Finish(status_of(context_.receiver.serve_snapshot(
          peer_, request.group, request.last, request.after, [this](const SnapshotPiece& piece) { return give(piece); })));
    });
  }
  void OnWriteDone(bool ok) override {
    base::MutexLock lock(mutex_);
    writing_ = false;
    gone_ = gone_ || !ok;
    changed_.notify_all();
  }
  void OnCancel() override {
    base::MutexLock lock(mutex_);
    gone_ = true;
    changed_.notify_all();
  }
  void OnDone() override {
    if (worker_.joinable()) worker_.join();  // it has called Finish, and ends
    delete this;
  }

  base::Result<SnapshotRequest> asked() {
    ASSIGN_OR_RETURN(const Frame frame, decode_frame(text_of(incoming_)));
    if (!frame.hello || !frame.request) return base::denied("it does not say who it is and what it wants");
    TRY(context_.table.admit(*frame.hello, certificate_));
    if (streams_served > kSnapshotStreamsMax)
      return base::Error(base::Code::unavailable, "too many snapshots are on their way");
    peer_ = frame.hello->node;
    return *frame.request;
  }

  // On the worker's thread. Waits until the piece before has left.
  base::Status give(const SnapshotPiece& piece) EXCLUDES(mutex_) {
    const std::string bytes = encode(piece);
    {
      base::MutexLock lock(mutex_);
      changed_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) { return !writing_ || gone_; });
      if (gone_) return base::Error(base::Code::unavailable, "the peer that fetches the snapshot went away");
      writing_ = true;
    }
    outgoing_ = buffer_of(bytes);
    StartWrite(&outgoing_);
    if (!piece.last) return {};
    base::MutexLock lock(mutex_);
    changed_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) { return !writing_ || gone_; });
    return gone_ ? base::Status(base::Error(base::Code::unavailable, "the peer that fetches the snapshot went away"))
                 : base::Status{};
  }

  const std::string certificate_;
  IncomingContext& context_;
  NodeId peer_;
  grpc::ByteBuffer incoming_, outgoing_;
  std::thread worker_;
  base::Mutex mutex_{base::Rank::raft_stream};
  base::Condition changed_;
  bool writing_ GUARDED_BY(mutex_) = false;
  bool gone_ GUARDED_BY(mutex_) = false;
};

// The reactor's life is one fetch; it is awaited by the thread that fetches.
class Fetch final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  base::Status run(grpc::GenericStub& stub, const std::string& request, const TakePiece& take) {
    stub.PrepareBidiStreamingCall(&context_, kSnapshotMethod, {}, this);
    AddHold();  // until nothing is read any more
    outgoing_ = buffer_of(request);
    StartWrite(&outgoing_);
    StartRead(&incoming_);
    StartCall();
    const base::Status taken = take_all(take);
    if (!taken.ok()) context_.TryCancel();
    RemoveHold();
    base::MutexLock lock(mutex_);
    changed_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) { return ended_.has_value(); });
    if (!taken.ok() || ended_->ok()) return taken;
    return base::Error(base::Code::unavailable, "fetching a snapshot: " + ended_->error_message());
  }

 private:
  enum class Read : uint8_t { pending, piece, end };

  base::Status take_all(const TakePiece& take) {
    while (true) {
      const std::optional<Read> read = next();
      if (!read) return base::Error(base::Code::unavailable, "fetching a snapshot: no piece came for too long");
      if (*read == Read::end) return {};
      ASSIGN_OR_RETURN(const Frame frame, decode_frame(text_of(incoming_)));
      if (!frame.piece) return base::corrupt("fetching a snapshot: a frame without a piece");
      TRY(take(*frame.piece));
      StartRead(&incoming_);
    }
  }
  std::optional<Read> next() EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    const auto came = [this]() BAO_TS(no_thread_safety_analysis) { return read_ != Read::pending; };
    if (!changed_.wait_for(mutex_, kSnapshotProgressMax, came)) return std::nullopt;
    return std::exchange(read_, Read::pending);
  }
  void OnReadDone(bool ok) override {
    base::MutexLock lock(mutex_);
    read_ = ok ? Read::piece : Read::end;
    changed_.notify_all();
  }
  void OnDone(const grpc::Status& status) override {
    base::MutexLock lock(mutex_);
    ended_ = status.ok() ? grpc::Status::OK : status;
    changed_.notify_all();
  }

  grpc::ClientContext context_;
  grpc::ByteBuffer incoming_, outgoing_;
  base::Mutex mutex_{base::Rank::raft_stream};
  base::Condition changed_;
  Read read_ GUARDED_BY(mutex_) = Read::pending;
  std::optional<grpc::Status> ended_ GUARDED_BY(mutex_);
};

}  // namespace

grpc::ServerGenericBidiReactor* serve_snapshot_stream(grpc::GenericCallbackServerContext& call, IncomingContext& context) {
  return new ServedSnapshot(certificate_of(call), context);
}

int snapshot_streams_served() { return streams_served.load(); }

base::Status fetch_snapshot_stream(std::shared_ptr<grpc::Channel> channel, const Hello& self,
                                   const SnapshotRequest& request, const TakePiece& take) {
  grpc::GenericStub stub(std::move(channel));
  return Fetch().run(stub, encode(self) + encode(request), take);
}

}  // namespace bao::raft
