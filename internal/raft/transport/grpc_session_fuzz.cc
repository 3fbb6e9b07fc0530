// Whatever a peer sends, in whatever pieces: it is taken or refused, and what is to be answered can be given out.
#include "internal/base/ensure.h"
#include "internal/raft/transport/grpc_session.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kMessageBytesMax = 4096;
  if (size == 0) return 0;
  // The first byte: who takes it, and how finely it comes.
  const bool answers = (data[0] & 1) != 0;
  const size_t piece = size_t{1} + (data[0] >> 1);
  const auto session = answers ? bao::raft::GrpcSession::answering([](std::string_view) { return kMessageBytesMax; })
                               : bao::raft::GrpcSession::calling("/bao.raft.v1.Raft/Log", kMessageBytesMax);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (size_t at = 0; at < bytes.size(); at += piece) {
    if (!session->take(bytes.substr(at, piece)).ok()) break;
    for (const std::string& message : session->messages()) ENSURE(message.size() <= kMessageBytesMax, "a message over the limit");
    if (session->takes_message()) session->send("an answer");
    std::string out;
    session->give(out, 1 << 16);
  }
  return 0;
}
