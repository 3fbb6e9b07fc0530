// Any bytes as the payload of an entry: what is read is written so that it reads back the same.
#include "internal/base/ensure.h"
#include "internal/storage/raft/proposal_payload.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::storage::raft;
  const auto proposal = decode_proposal({reinterpret_cast<const char*>(data), size});
  if (!proposal.ok()) return 0;
  const std::string written = encode_proposal(*proposal);
  const auto again = decode_proposal(written);
  ENSURE(again.ok() && encode_proposal(*again) == written, "a written proposal reads back");
  return 0;
}
