// Commands that a log has in several entries, put together again. Used by one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "internal/base/result.h"
#include "internal/migration/log_entry.h"

namespace bao::migration {

class PartedCommands {
 public:
  // The command that this entry completes; nothing: parts are still to come. Whoever leads in another term has begun its commands
  // anew, so parts of an earlier one are dropped. Errors: corrupt, too_large.
  base::Result<std::optional<std::string>> add(const LogEntry& entry);

 private:
  std::map<uint64_t, std::map<uint64_t, std::string>> parts_;  // by command and place
  uint64_t term_ = 0;
  size_t bytes_ = 0;
};

}  // namespace bao::migration
