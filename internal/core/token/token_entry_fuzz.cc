// Tokens, as restored data or a batch token may hold them: refused, or written and read back the same.
#include "internal/base/ensure.h"
#include "internal/core/token/token_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::core;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto stored = parse_token_entry(bytes); stored.ok()) {
    const std::string written = serialize_token_entry(*stored);
    const auto again = parse_token_entry(written);
    ENSURE(again.ok() && serialize_token_entry(*again) == written, "a written token reads back");
  }
  if (const auto payload = parse_batch_payload(bytes); payload.ok()) {
    const std::string written = serialize_batch_payload(*payload);
    const auto again = parse_batch_payload(written);
    ENSURE(again.ok() && serialize_batch_payload(*again) == written, "a written payload reads back");
  }
  return 0;
}
