// Archives and compressed values from outside never read past their end or grow past their bound.
#include "internal/base/ensure.h"
#include "internal/codec/compression.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto plain = bao::codec::decompress_canary(text, 1u << 20);
  ENSURE(!plain.ok() || plain->size() <= 1u << 20, "the bound holds");
  (void)bao::codec::read_tar(text);
  return 0;
}
