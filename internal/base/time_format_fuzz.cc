// Times and durations as clients and configurations write them: refused, or shown and read back the same.
#include "internal/base/ensure.h"
#include "internal/base/time_format.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::base;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_api_duration(text);
  if (const auto duration = parse_go_duration(text); duration.ok()) {
    const auto again = parse_go_duration(format_go_duration(*duration));
    ENSURE(again.ok() && *again == *duration, "a shown duration reads back");
  }
  if (const auto time = parse_rfc3339(text); time.ok()) {
    const auto again = parse_rfc3339(format_rfc3339(*time));
    ENSURE(again.ok() && *again == *time, "a shown time reads back");
  }
  return 0;
}
