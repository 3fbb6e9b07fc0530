// Leases, as restored data may hold them: refused, or written and read back the same.
#include "internal/base/ensure.h"
#include "internal/core/expiration/expiration.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::core;
  const auto stored = parse_lease({reinterpret_cast<const char*>(data), size});
  if (!stored.ok()) return 0;
  const std::string written = serialize_lease(*stored);
  const auto again = parse_lease(written);
  ENSURE(again.ok() && serialize_lease(*again) == written, "a written lease reads back");
  return 0;
}
