// What KV stores, of both versions: bytes are refused or read; what was read is written and reads back, and the hot path's
// glance sees the same version as the whole record.
#include "internal/base/ensure.h"
#include "internal/base/time_format.h"
#include "internal/engines/kv/records.h"
#include "internal/engines/kv/v1.h"

namespace {

using namespace bao::engines::kv;

template <typename Record>
void reads_back(std::string_view bytes) {
  const auto record = Record::parse(bytes);
  if (!record.ok()) return;
  const std::string written = record->write();
  const auto again = Record::parse(written);
  ENSURE(again.ok() && again->write() == written, "a written record reads back");
}

void glance_agrees(std::string_view bytes) {
  const auto metadata = KeyMetadata::parse(bytes);
  if (!metadata.ok()) return;
  // As written, for a repeated field is merged in one and taken twice by the other.
  const std::string written = metadata->write();
  for (const uint64_t number : {uint64_t{0}, uint64_t{1}, metadata->current_version}) {
    const auto glance = glance_at_version(written, number);
    ENSURE(glance.ok(), "what parses can be glanced at");
    const auto found = metadata->versions.find(number == 0 ? metadata->current_version : number);
    ENSURE(glance->has_value() == (found != metadata->versions.end()), "both find the version or neither does");
    if (!glance->has_value()) continue;
    ENSURE((*glance)->created_time == found->second.created_time && (*glance)->destroyed == found->second.destroyed &&
               (*glance)->deletion_time == found->second.deletion_time,
           "the same version");
    ENSURE((*glance)->custom_metadata.size() == metadata->custom_metadata.size(), "the same custom metadata");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  reads_back<Configuration>(bytes);
  reads_back<VersionMetadata>(bytes);
  reads_back<KeyMetadata>(bytes);
  reads_back<UpgradeInfo>(bytes);
  glance_agrees(bytes);
  (void)glance_at_version(bytes, 0);
  const auto secret = version_data(bytes);
  if (secret.ok()) ENSURE(*secret == "null" || (secret->front() == '{' && secret->back() == '}'), "an object or null");
  (void)lease_hint(bytes, bao::base::seconds(1));
  return 0;
}
