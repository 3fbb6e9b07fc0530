// A signed wrapping token comes from anyone: its parts are read before its signature is checked.
#include <cstddef>
#include <cstdint>

#include "internal/core/wrapping/jwt.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static_cast<void>(bao::core::parse_jwt({reinterpret_cast<const char*>(data), size}));
  return 0;
}
