// Where the data goes: a new storage of this server. While the migration is under way the storage holds a mark, with which no server
// starts; whoever begins again takes away what is there first. Used by one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/config/migration.h"
#include "internal/server/assembly.h"
#include "internal/storage/backend.h"

namespace bao::migration {

inline constexpr std::string_view kMark = "core/migration";  // as OpenBao has it, in its source

class Destination {
 public:
  // Errors: invalid (a storage that cannot be migrated to), and those of the storage.
  static base::Result<Destination> open(const config::Migration& migration);

  storage::Backend& storage() { return opened_.backend(); }
  // Takes away what an unfinished migration left, from `start` on, and puts the mark. Errors: conflict (there is data, and no mark).
  base::Status begin(std::string_view start);
  base::Status put(std::string_view key, std::string_view value);
  // What was put is there when it returns.
  base::Status flush();
  // Takes away the mark, and the lock of a server that ran on the source.
  base::Status finish();
  base::Status take_away_mark();

 private:
  explicit Destination(server::OpenedStorage opened) : opened_(std::move(opened)) {}
  base::Status add(storage::Operation operation);
  base::Status clear(std::string_view start);

  server::OpenedStorage opened_;
  storage::Proposal pending_;
  size_t pending_bytes_ = 0;
};

}  // namespace bao::migration
