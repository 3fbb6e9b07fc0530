// Token roles, as restored data may hold them: refused, or written and read back the same.
#include "internal/base/ensure.h"
#include "internal/core/auth_token/role.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::core::auth_token;
  const auto stored = parse_role({reinterpret_cast<const char*>(data), size});
  if (!stored.ok()) return 0;
  const std::string written = serialize_role(*stored);
  const auto again = parse_role(written);
  ENSURE(again.ok() && serialize_role(*again) == written, "a written role reads back");
  return 0;
}
