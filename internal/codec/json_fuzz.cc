// What parses must parse again from what was written, to the same value.
#include "internal/base/ensure.h"
#include "internal/codec/json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = bao::codec::parse_json(text);
  if (!value.ok()) return 0;
  const std::string written = bao::codec::write_json(*value);
  const auto again = bao::codec::parse_json(written);
  ENSURE(again.ok() && bao::codec::write_json(*again) == written, "a written value reads back");
  return 0;
}
