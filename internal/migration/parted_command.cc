#include "internal/migration/parted_command.h"

namespace bao::migration {
namespace {

constexpr size_t kPartsBytesMax = 256u << 20;  // OpenBao's largest transaction is 8 MiB unless configured otherwise

}  // namespace

base::Result<std::optional<std::string>> PartedCommands::add(const LogEntry& entry) {
  if (entry.term != term_) parts_.clear(), bytes_ = 0;
  term_ = entry.term;
  ASSIGN_OR_RETURN(const Chunk chunk, decode_chunk(entry.extensions));
  if (bytes_ + entry.data.size() > kPartsBytesMax) return base::Error(base::Code::too_large, "the log holds too many unfinished commands");
  auto& parts = parts_[chunk.command];
  if (parts.emplace(chunk.place, entry.data).second) bytes_ += entry.data.size();
  if (parts.size() < chunk.count) return std::optional<std::string>();
  std::string whole;
  for (const auto& [place, part] : parts) whole += part;
  bytes_ -= whole.size();
  parts_.erase(chunk.command);
  return std::optional(std::move(whole));
}

}  // namespace bao::migration
