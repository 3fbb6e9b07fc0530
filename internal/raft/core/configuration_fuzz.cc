// What is read as a configuration holds every rule, and is written as the same bytes.
#include "internal/base/ensure.h"
#include "internal/raft/core/configuration.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view payload(reinterpret_cast<const char*>(data), size);
  const auto configuration = bao::raft::decode_configuration(payload);
  if (!configuration.ok()) return 0;
  ENSURE(bao::raft::validate(*configuration).ok(), "a configuration that was read is valid");
  ENSURE(bao::raft::encode(*configuration) == payload, "one configuration has one encoding");
  return 0;
}
