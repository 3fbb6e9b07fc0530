// Any text: parsed, and filled within its bounds.
#include "internal/text_template/template.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao;
  const auto parsed = text_template::Template::parse({reinterpret_cast<const char*>(data), size});
  if (!parsed.ok()) return 0;
  static const codec::Json kData = *codec::parse_json(R"({"s": "text", "n": 12, "l": [1, "b", {"c": null}], "m": {"k": true, "e": {}}})");
  (void)parsed->fill(kData, base::Time{});
  return 0;
}
