#include "internal/raft/transport/snapshot_fetch.h"

#include <atomic>
#include <optional>
#include <utility>

#include "internal/raft/transport/lane.h"

namespace bao::raft {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kLookEvery{1};
std::atomic<int> served{0};

class ServedSnapshot final : public IncomingCall {
 public:
  ServedSnapshot(std::string certificate, std::shared_ptr<Connection> connection, std::function<bool()> goes_on, IncomingContext& context)
      : certificate_(std::move(certificate)), connection_(std::move(connection)), goes_on_(std::move(goes_on)), context_(context) {
    ++served;
  }
  ~ServedSnapshot() override { --served; }

  std::optional<std::string> next() override { return std::exchange(piece_, std::nullopt); }
  bool done() const override { return done_; }
  void ended() override { connection_.reset(); }
  base::Status take(std::string message) override {
    ASSIGN_OR_RETURN(const Frame frame, decode_frame(message));
    if (!frame.hello || !frame.request) return base::denied("it does not say who it is and what it wants");
    TRY(context_.table.admit(*frame.hello, certificate_));
    if (served > kSnapshotStreamsMax) return base::Error(base::Code::unavailable, "too many snapshots are on their way");
    done_ = true;
    return context_.receiver.serve_snapshot(frame.hello->node, frame.request->group, frame.request->last, frame.request->after,
                                            [this](const SnapshotPiece& piece) { return give(piece); });
  }

 private:
  // Waits until it has been taken, so that no more than one piece is held here.
  base::Status give(const SnapshotPiece& piece) {
    piece_ = encode(piece);
    connection_->pump();
    while (piece_) {
      const bool gone = connection_->step(Clock::now() + kLookEvery).ending.has_value();
      if (gone || !goes_on_()) return base::Error(base::Code::unavailable, "the peer that fetches the snapshot went away");
    }
    return {};
  }

  const std::string certificate_;
  std::shared_ptr<Connection> connection_;
  const std::function<bool()> goes_on_;
  IncomingContext& context_;
  std::optional<std::string> piece_;  // of this thread alone: nobody else pumps this connection
  bool done_ = false;
};

// Says one thing.
class Request final : public Source {
 public:
  explicit Request(std::string bytes) : bytes_(std::move(bytes)) {}
  std::optional<std::string> next() override { return std::exchange(bytes_, std::nullopt); }

 private:
  std::optional<std::string> bytes_;
};

base::Status take_all(Connection& connection, const TakePiece& take) {
  SteadyTime until = Clock::now() + kSnapshotProgressMax;
  while (true) {
    auto arrived = connection.step(until);
    for (const std::string& message : arrived.messages) {
      ASSIGN_OR_RETURN(const Frame frame, decode_frame(message));
      if (!frame.piece) return base::corrupt("fetching a snapshot: a frame without a piece");
      TRY(take(*frame.piece));
      until = Clock::now() + kSnapshotProgressMax;
    }
    if (arrived.ending) {
      if (arrived.ending->ok()) return {};
      return base::Error(base::Code::unavailable, "fetching a snapshot: " + arrived.ending->error().message());
    }
    if (Clock::now() >= until) return base::Error(base::Code::unavailable, "fetching a snapshot: no piece came for too long");
  }
}

}  // namespace

std::shared_ptr<IncomingCall> serve_snapshot(const std::string& certificate, std::shared_ptr<Connection> connection,
                                             std::function<bool()> goes_on, IncomingContext& context) {
  return std::make_shared<ServedSnapshot>(certificate, std::move(connection), std::move(goes_on), context);
}

base::Status fetch_snapshot(Route route, const SnapshotRequest& request, const TakePiece& take) {
  route.method = kSnapshotMethod;
  route.message_bytes_max = kFrameBytesMax;
  net::Bell bell;
  Request source(encode(route.table->self()) + encode(request));
  ASSIGN_OR_RETURN(const auto connection, connect(route, bell, source, [] { return true; }));
  connection->pump();
  const base::Status taken = take_all(*connection, take);
  connection->cut();
  return taken;
}

}  // namespace bao::raft
