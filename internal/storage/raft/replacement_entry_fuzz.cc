// Any bytes as a step of a replacement: what is read is written so that it reads back the same.
#include "internal/base/ensure.h"
#include "internal/storage/raft/replacement_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::storage::raft;
  const auto step = decode_replacement({reinterpret_cast<const char*>(data), size});
  if (!step.ok()) return 0;
  const std::string written = encode_replacement(*step);
  const auto again = decode_replacement(written);
  ENSURE(again.ok() && encode_replacement(*again) == written, "a written step reads back");
  return 0;
}
