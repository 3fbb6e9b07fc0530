// Key policies as stored: refused, or a policy whose encrypted names are its own; names of a folder are refused or read.
// The input's first line is the policy, the others are names.
#include "internal/base/ensure.h"
#include "internal/engines/kv/key_policy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using bao::engines::kv::KeyPolicy;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view json = text.substr(0, text.find('\n'));
  const auto policy = KeyPolicy::parse(json);
  if (!policy.ok()) return 0;
  std::vector<std::string> names;
  text.remove_prefix(json.size());
  while (!text.empty() && names.size() < 8) {
    text.remove_prefix(1);
    names.emplace_back(text.substr(0, text.find('\n')));
    text.remove_prefix(names.back().size());
  }
  (void)policy->decrypt_names("a/", names);
  for (const std::string& name : names) (void)policy->encrypt_path(name);
  const auto encrypted = policy->encrypt_path("b");
  if (!encrypted.ok()) return 0;
  const auto clear = policy->decrypt_names("", {*encrypted});
  ENSURE(clear.ok() && *clear == std::vector<std::string>{"b"}, "what was encrypted is decrypted");
  return 0;
}
