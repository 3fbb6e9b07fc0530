// What OpenBao's replicated log holds (raft/raft.db): entries in MessagePack, as hashicorp/raft writes its struct Log, whose data are
// storage operations in protobuf (OpenBao, physical/raft/types.proto). Pure functions; views live as long as the bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::migration {

struct LogEntry {
  static constexpr uint64_t kCommand = 0, kConfiguration = 5;  // what is neither changes no data
  uint64_t index = 0, term = 0, type = 0;
  std::string_view data, extensions;
};
// Fields that are not needed are passed over. Errors: corrupt.
base::Result<LogEntry> decode_log_entry(std::string_view bytes);

// A command that is too large for one entry: its parts are entries one after another.
struct Chunk {
  uint64_t command = 0, place = 0, count = 0;
};
// Errors: corrupt.
base::Result<Chunk> decode_chunk(std::string_view extensions);

struct LogOperation {
  enum class Kind : uint32_t {
    remove = 1, put = 2, restored = 4, verify_read = 16, verify_list = 32, begin = 64, commit = 128,
  };
  Kind kind{};
  std::string_view key, value;
};
// Errors: corrupt, unsupported (an operation of a kind that is not known).
base::Result<std::vector<LogOperation>> decode_operations(std::string_view command);

}  // namespace bao::migration
