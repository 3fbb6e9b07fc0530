// Rate limits, as restored data may hold them: refused, or written and read back the same.
#include "internal/base/ensure.h"
#include "internal/core/quota/rate_limit_rule.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::core;
  const auto stored = parse_rate_limit({reinterpret_cast<const char*>(data), size});
  if (!stored.ok()) return 0;
  const std::string written = serialize_rate_limit(*stored);
  const auto again = parse_rate_limit(written);
  ENSURE(again.ok() && serialize_rate_limit(*again) == written, "a written rule reads back");
  return 0;
}
