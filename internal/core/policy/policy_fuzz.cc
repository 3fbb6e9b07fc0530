// A policy that reads must compile, decide and read again from its entry to the same entry.
#include "internal/base/ensure.h"
#include "internal/core/policy/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto policy = core::make_policy("fuzzed", text);
  if (!policy.ok()) return 0;
  // Text that is not UTF-8 is repaired when it is stored; from then on entries are stable.
  const auto stored = core::parse_policy_entry("fuzzed", core::serialize_policy_entry(*policy));
  if (stored.ok()) {
    const std::string entry = core::serialize_policy_entry(*stored);
    const auto again = core::parse_policy_entry("fuzzed", entry);
    ENSURE(again.ok() && core::serialize_policy_entry(*again) == entry, "an entry reads back");
  }
  const logical::Identity identity{.id = "e-1", .name = "one", .metadata = {{"a", "b"}}, .aliases = {}, .groups = {}};
  const auto acl = core::Acl::compile({std::make_shared<const core::Policy>(std::move(*policy))}, &identity, base::Time{});
  if (!acl.ok()) return 0;
  for (const char* path : {"", "secret/a", "secret/a/", "sys//x"}) (void)(*acl)->capabilities(path, base::Time{});
  (void)(*acl)->touches_mount("secret/");
  (void)(*acl)->resultant();
  return 0;
}
