// What is read of a method, an enforcement or a secret is read again from what was written of it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "internal/base/ensure.h"
#include "internal/core/mfa/records.h"

namespace {

template <typename Parse>
void again(std::string_view bytes, Parse parse) {
  const auto read = parse(bytes);
  if (!read.ok()) return;
  const std::string written = serialize(*read);
  const auto second = parse(written);
  ENSURE(second.ok() && serialize(*second) == written, "a rewrite changes a record");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  again(bytes, bao::core::mfa::parse_method);
  again(bytes, bao::core::mfa::parse_enforcement);
  again(bytes, bao::core::mfa::parse_secret);
  return 0;
}
