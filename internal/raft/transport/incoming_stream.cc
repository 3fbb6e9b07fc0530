#include "internal/raft/transport/incoming_stream.h"

#include <optional>
#include <string>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "internal/base/metrics.h"
#include "internal/raft/transport/byte_buffer.h"
#include "internal/raft/transport/call_queue.h"
#include "internal/raft/transport/incoming_calls.h"
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
    const auto frame = read();
    const base::Status taken = frame.ok() ? take(*frame) : base::Status(frame.error());
    if (taken.ok()) {
      StartRead(&incoming_);
      return;
    }
    refuse(taken.error());
  }
  void OnDone() override { delete this; }

  // A server has one limit for all methods, that of calls.
  base::Result<Frame> read() const {
    if (incoming_.Length() > kFrameBytesMax)
      return base::corrupt("raft message: a frame of " + std::to_string(incoming_.Length()) + " bytes");
    return decode_frame(text_of(incoming_));
  }
  base::Status take(const Frame& frame);
  void refuse(const base::Error& error);

  const std::string peer_address_, certificate_;
  IncomingContext& context_;
  Admission admission_;
  grpc::ByteBuffer incoming_;
};

base::Status IncomingStream::take(const Frame& frame) {
  static base::Counter& received = base::counter("raft.transport.received");
  static base::Counter& unknown = base::counter("raft.transport.unknown_kinds");
  TRY(admission_.check(context_.table, frame.hello, certificate_));
  unknown.add(static_cast<int64_t>(frame.unknown));
  for (const Envelope& envelope : frame.envelopes) {
    if (envelope.from != admission_.node() || envelope.to != context_.table.self().node)
      return base::denied("it speaks for somebody else, or to somebody else");
  }
  for (const Envelope& envelope : frame.envelopes) context_.receiver.on_envelope(envelope);
  received.add(static_cast<int64_t>(frame.envelopes.size()));
  return {};
}

void IncomingStream::refuse(const base::Error& error) {
  context_.table.note_refusal(peer_address_, error);
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
  if (call.method() == kCallsMethod) return answer_calls(call, context);
  if (call.method() == kSnapshotMethod) return serve_snapshot_stream(call, context);
  return new Refusal(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no such method"));
}

}  // namespace bao::raft
