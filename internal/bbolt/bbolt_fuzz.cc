// Whatever the bytes are, going through every bucket ends, and gives views of these bytes only.
#include "internal/base/ensure.h"
#include "internal/bbolt/database.h"

namespace {

using namespace bao;

void visit(const bbolt::Database& database, const bbolt::Bucket& bucket, std::string_view bytes) {
  (void)database.each(bucket, [&](std::string_view key, std::string_view value) -> base::Status {
    for (const std::string_view view : {key, value})
      ENSURE(view.data() >= bytes.data() && view.data() + view.size() <= bytes.data() + bytes.size(), "a view of the file");
    return {};
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto database = bbolt::Database::open(bytes);
  if (!database.ok()) return 0;
  visit(*database, database->root(), bytes);
  for (const char* name : {"data", "config", "logs", "conf"}) {
    const auto bucket = database->bucket(database->root(), name);
    if (!bucket.ok() || !*bucket) continue;
    visit(*database, **bucket, bytes);
    const auto nested = database->bucket(**bucket, name);
    if (nested.ok() && *nested) visit(*database, **nested, bytes);
  }
  return 0;
}
