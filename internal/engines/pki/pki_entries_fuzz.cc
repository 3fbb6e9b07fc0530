// Entries of a PKI mount as snapshots bring them: refused or read, and what was read is written so that it reads back the same.
#include "internal/base/ensure.h"
#include "internal/engines/pki/cel_role_entry.h"
#include "internal/engines/pki/issuer_entry.h"
#include "internal/engines/pki/revoked_entry.h"
#include "internal/engines/pki/role_entry.h"
#include "internal/engines/pki/tidy_config.h"

namespace {

using namespace bao::engines::pki;

template <typename Entry>
void reads_back(std::string_view bytes) {
  const auto entry = Entry::parse(std::string(bytes));
  if (!entry.ok()) return;
  const std::string written = entry->write();
  const auto again = Entry::parse(written);
  ENSURE(again.ok() && again->write() == written, "an entry reads back the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  reads_back<IssuerEntry>(bytes);
  reads_back<KeyEntry>(bytes);
  reads_back<RoleEntry>(bytes);
  if (const auto role = CelRoleEntry::parse("r", std::string(bytes)); role.ok()) (void)role->write();
  if (const auto revoked = parse_revoked(bytes); revoked.ok()) ENSURE(parse_revoked(write_revoked(*revoked)).ok(), "a revoked entry reads back");
  const auto stored = bao::codec::parse_json(bytes);
  if (!stored.ok()) return 0;
  if (const auto config = TidyConfig::parse(*stored); config.ok()) ENSURE(TidyConfig::parse(config->stored()).ok(), "settings read back");
  return 0;
}
