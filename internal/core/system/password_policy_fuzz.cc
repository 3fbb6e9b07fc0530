// Password policies as people write them: refused, or a policy that makes passwords or says that it can't.
#include "internal/base/ensure.h"
#include "internal/core/system/password_policy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::core::sys;
  const auto policy = PasswordPolicy::parse({reinterpret_cast<const char*>(data), size});
  if (!policy.ok()) return 0;
  ENSURE(policy->length() >= kPasswordLengthMin && policy->length() <= kPasswordLengthMax, "lengths are bounded");
  if (!policy->is_possible()) return 0;
  const auto password = policy->generate();
  ENSURE(!password.ok() || static_cast<int64_t>(password->size()) >= policy->length(), "as long as it says");
  return 0;
}
