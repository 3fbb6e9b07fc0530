// Whatever HCL parses becomes JSON without trouble.
#include "internal/base/ensure.h"
#include "internal/codec/hcl.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto items = bao::codec::parse_hcl(text);
  if (!items.ok()) {
    ENSURE(!items.error().message().empty(), "an error says something");
    return 0;
  }
  for (const auto& item : *items) (void)bao::codec::write_json(bao::codec::hcl_to_json(item.value));
  (void)bao::codec::parse_hcl(text, bao::codec::HclDuplicates::refuse);
  return 0;
}
