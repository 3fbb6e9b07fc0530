// Entries of the mount table, as restored data may hold them: refused, or written and read back the same.
#include "internal/base/ensure.h"
#include "internal/core/mounts/mount_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::core;
  const auto stored = parse_mount_entry({reinterpret_cast<const char*>(data), size});
  if (!stored.ok()) return 0;
  const std::string written = serialize_mount_entry(*stored);
  const auto again = parse_mount_entry(written);
  ENSURE(again.ok() && serialize_mount_entry(*again) == written, "a written entry reads back");
  return 0;
}
