// Unseal keys as people type them: any text ends in a key of an allowed size or an error.
#include "internal/barrier/seal/seal.h"
#include "internal/base/ensure.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto share = bao::seal::parse_share({reinterpret_cast<const char*>(data), size});
  if (share.ok()) ENSURE(share->size() >= 16 && share->size() <= 33, "a share has 16 to 33 bytes");
  return 0;
}
