#include "internal/raft/transport/incoming_stream.h"

#include <optional>
#include <string>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/raft/transport/byte_buffer.h"
#include "internal/raft/transport/lane.h"
#include "internal/raft/transport/snapshot_streams.h"

namespace bao::raft {
namespace {

class IncomingStream final : public grpc::ServerGenericBidiReactor {
 public:
  IncomingStream(std::string peer_address, std::string certificate, IncomingContext& context)
      : peer_address_(std::move(peer_address)), certificate_(std::move(certificate)), context_(context) {
    StartRead(&incoming_);
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::OK);
      return;
    }
    const auto frame = decode_frame(text_of(incoming_));
    const base::Status taken = frame.ok() ? take(*frame) : base::Status(frame.error());
    if (taken.ok()) {
      StartRead(&incoming_);
      return;
    }
    refuse(taken.error());
  }
  void OnDone() override { delete this; }

  base::Status take(const Frame& frame);
  base::Status admit(const std::optional<Hello>& hello);
  void refuse(const base::Error& error);

  const std::string peer_address_, certificate_;
  IncomingContext& context_;
  std::optional<Hello> hello_;
  std::shared_ptr<const Peers> admitted_by_;
  grpc::ByteBuffer incoming_;
};

// At first, and again whenever the members changed.
base::Status IncomingStream::admit(const std::optional<Hello>& hello) {
  if (hello_ && hello) return base::denied("it says twice who it is");
  if (!hello_ && !hello) return base::denied("it does not say who it is");
  if (hello) hello_ = hello;
  auto peers = context_.table.peers();
  if (peers == admitted_by_) return {};
  TRY(context_.table.admit(*hello_, certificate_));
  admitted_by_ = std::move(peers);
  return {};
}

base::Status IncomingStream::take(const Frame& frame) {
  static base::Counter& received = base::counter("raft.transport.received");
  static base::Counter& unknown = base::counter("raft.transport.unknown_kinds");
  TRY(admit(frame.hello));
  unknown.add(static_cast<int64_t>(frame.unknown));
  for (const Envelope& envelope : frame.envelopes) {
    if (envelope.from != hello_->node || envelope.to != context_.table.self().node)
      return base::denied("it speaks for somebody else, or to somebody else");
  }
  for (const Envelope& envelope : frame.envelopes) context_.receiver.on_envelope(envelope);
  received.add(static_cast<int64_t>(frame.envelopes.size()));
  return {};
}

void IncomingStream::refuse(const base::Error& error) {
  static base::Counter& refused = base::counter("raft.transport.refused_streams");
  static base::Counter& malformed = base::counter("raft.transport.malformed");
  (error.code() == base::Code::corrupt ? malformed : refused).add();
  base::log_warn("raft", "a peer's stream was refused", {{"address", peer_address_}, {"reason", error.message()}});
  Finish(grpc::Status(grpc::StatusCode::PERMISSION_DENIED, error.message()));
}

class Refusal final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Refusal(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerGenericBidiReactor* answer_stream(grpc::GenericCallbackServerContext& call, IncomingContext& context) {
  for (const Lane lane : kLanes) {
    if (call.method() == method_of(lane)) return new IncomingStream(call.peer(), certificate_of(call), context);
  }
  if (call.method() == kSnapshotMethod) return serve_snapshot_stream(call, context);
  return new Refusal(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no such method"));
}

}  // namespace bao::raft
