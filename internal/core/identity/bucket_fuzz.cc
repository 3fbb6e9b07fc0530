// Buckets, as restored data may hold them: refused, or written and read back the same.
#include "internal/base/ensure.h"
#include "internal/core/identity/index.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::core::identity;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto bucket = parse_bucket(bytes);
  if (!bucket.ok()) return 0;
  const std::string written = serialize_bucket(*bucket);
  const auto again = parse_bucket(written);
  ENSURE(again.ok() && serialize_bucket(*again) == written, "a written bucket reads back");
  for (const auto& item : bucket->items) {
    if (const auto entity = parse_entity(item.message); entity.ok()) {
      const std::string message = serialize_entity(*entity);
      const auto same = parse_entity(message);
      ENSURE(same.ok() && serialize_entity(*same) == message, "a written entity reads back");
    }
    if (const auto group = parse_group(item.message); group.ok()) {
      const std::string message = serialize_group(*group);
      const auto same = parse_group(message);
      ENSURE(same.ok() && serialize_group(*same) == message, "a written group reads back");
    }
  }
  return 0;
}
