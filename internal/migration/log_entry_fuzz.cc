// Whatever the bytes are, decoding ends, and gives views of these bytes only.
#include "internal/base/ensure.h"
#include "internal/migration/log_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::migration;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto entry = decode_log_entry(bytes); entry.ok()) {
    ENSURE(entry->data.size() <= size && entry->extensions.size() <= size, "views of the entry");
    (void)decode_operations(entry->data);
    (void)decode_chunk(entry->extensions);
  }
  (void)decode_operations(bytes);
  (void)decode_chunk(bytes);
  return 0;
}
