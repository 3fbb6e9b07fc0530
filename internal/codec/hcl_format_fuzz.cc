// Formatting must end, within bounds, on whatever parses.
#include "internal/codec/hcl.h"
#include "internal/codec/hcl_format.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto formatted = bao::codec::format_hcl(text);
  if (formatted.ok()) (void)bao::codec::parse_hcl(*formatted);
  return 0;
}
