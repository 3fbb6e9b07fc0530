// What reads must read again from what is written, to the same bytes.
#include "internal/base/ensure.h"
#include "internal/raft/transport/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto frame = bao::raft::decode_frame({reinterpret_cast<const char*>(data), size});
  if (!frame.ok()) return 0;
  for (const auto& envelope : frame->envelopes) {
    const std::string bytes = bao::raft::encode(envelope);
    const auto again = bao::raft::decode_frame(bytes);
    ENSURE(again.ok() && again->envelopes.size() == 1, "a written envelope reads back");
    ENSURE(bao::raft::encode(again->envelopes[0]) == bytes, "and is the same");
  }
  const std::string calls = bao::raft::encode(frame->calls);
  const auto again = bao::raft::decode_frame(calls);
  ENSURE(again.ok() && again->calls == frame->calls, "written calls read back");
  return 0;
}
