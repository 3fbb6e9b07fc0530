// No text, whatever its language, may do more than be refused; what is accepted can be shown.
#include "internal/config/config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::config;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Format format : {Format::hcl, Format::toml}) {
    const auto config = parse(text, format, "fuzzed");
    if (config.ok()) (void)bao::codec::write_json(sanitized(*config));
  }
  return 0;
}
