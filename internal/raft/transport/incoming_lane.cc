#include "internal/raft/transport/incoming_lane.h"

#include <utility>

#include "internal/base/metrics.h"

namespace bao::raft {
namespace {

class IncomingLane final : public IncomingCall {
 public:
  IncomingLane(std::string certificate, IncomingContext& context) : certificate_(std::move(certificate)), context_(context) {}
  std::optional<std::string> next() override { return std::nullopt; }
  base::Status take(std::string message) override;

 private:
  const std::string certificate_;
  IncomingContext& context_;
  Admission admission_;
};

base::Status IncomingLane::take(std::string message) {
  static base::Counter& received = base::counter("raft.transport.received");
  static base::Counter& unknown = base::counter("raft.transport.unknown_kinds");
  ASSIGN_OR_RETURN(Frame frame, decode_frame(message));
  TRY(admission_.check(context_.table, frame.hello, certificate_));
  unknown.add(static_cast<int64_t>(frame.unknown));
  for (const Envelope& envelope : frame.envelopes) {
    if (envelope.from != admission_.node() || envelope.to != context_.table.self().node)
      return base::denied("it speaks for somebody else, or to somebody else");
  }
  const size_t count = frame.envelopes.size();
  for (Envelope& envelope : frame.envelopes) context_.receiver.on_envelope(std::move(envelope));
  received.add(static_cast<int64_t>(count));
  return {};
}

}  // namespace

std::shared_ptr<IncomingCall> take_lane(const std::string& certificate, IncomingContext& context) {
  return std::make_shared<IncomingLane>(certificate, context);
}

}  // namespace bao::raft
