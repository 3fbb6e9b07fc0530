// Any bytes as a write-ahead log: an answer, and the same for what a power loss cut off within the newest batch.
#include <sstream>

#include "internal/base/ensure.h"
#include "internal/raft/log/wal_audit.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string whole(reinterpret_cast<const char*>(data), size);
  std::istringstream bytes(whole), shorter(whole.substr(0, size - size / 4));
  const bool sound = bao::raft::audit_wal(bytes).ok();
  ENSURE(!sound || bao::raft::audit_wal(shorter).ok(), "the beginning of a sound log is sound");
  return 0;
}
