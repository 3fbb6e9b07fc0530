// Stored users, as restored data may hold them: refused, or written and read back the same.
#include "internal/auth/userpass/user.h"
#include "internal/base/ensure.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::auth::userpass;
  const auto stored = parse_user({reinterpret_cast<const char*>(data), size});
  if (!stored.ok()) return 0;
  const std::string written = serialize_user(*stored);
  const auto again = parse_user(written);
  ENSURE(again.ok() && serialize_user(*again) == written, "a written user reads back");
  return 0;
}
