// Stored roles and secret ids, as restored data may hold them: refused, or written and read back the same.
#include "internal/auth/approle/role.h"
#include "internal/auth/approle/secret_id.h"
#include "internal/base/ensure.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::auth::approle;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto role = parse_role(bytes, "r"); role.ok()) {
    const std::string written = serialize_role(*role);
    const auto again = parse_role(written, "r");
    ENSURE(again.ok() && serialize_role(*again) == written, "a written role reads back");
  }
  if (const auto secret = parse_secret_id(bytes); secret.ok()) {
    const std::string written = serialize_secret_id(*secret);
    const auto again = parse_secret_id(written);
    ENSURE(again.ok() && serialize_secret_id(*again) == written, "a written secret id reads back");
  }
  (void)parse_metadata(bytes);
  return 0;
}
