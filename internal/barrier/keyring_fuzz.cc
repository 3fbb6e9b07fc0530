// A keyring that parses is written and parses again to the same text.
#include "internal/barrier/keyring.h"
#include "internal/base/ensure.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using bao::barrier::Keyring;
  const auto keyring = Keyring::parse({reinterpret_cast<const char*>(data), size});
  if (!keyring.ok()) return 0;
  const std::string written = keyring->serialize();
  const auto again = Keyring::parse(written);
  ENSURE(again.ok() && again->serialize() == written, "a written keyring reads back");
  return 0;
}
