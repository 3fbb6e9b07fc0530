// Seal blobs, seal configurations and stored keys from outside end in a value or an error.
#include "internal/barrier/seal/seal.h"
#include "internal/base/ensure.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static const auto shamir = seal::shamir_wrapper(base::SecretBytes(std::string(32, 'k')));
  static const auto fixed = seal::static_wrapper({"key-1", base::SecretBytes(std::string(32, 'k'))}, {});
  (void)shamir->unwrap(bytes);
  (void)fixed->unwrap(bytes);
  (void)seal::parse_stored_keys(bytes);
  const auto config = seal::parse_seal_config(bytes);
  if (!config.ok()) return 0;
  const std::string written = seal::serialize_seal_config(*config);
  const auto again = seal::parse_seal_config(written);
  ENSURE(again.ok() && seal::serialize_seal_config(*again) == written, "a written configuration reads back");
  return 0;
}
