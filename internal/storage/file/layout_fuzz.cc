// Entries' files: anything is refused or read, and what was read is written and read the same.
#include <cstdint>

#include "internal/base/ensure.h"
#include "internal/storage/file/layout.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::storage::file;
  const auto entry = read_entry({reinterpret_cast<const char*>(data), size});
  if (!entry.ok()) return 0;
  const auto again = read_entry(write_entry(*entry));
  ENSURE(again.ok() && again->key == entry->key && again->value == entry->value, "an entry changed");
  return 0;
}
