// The folder on disk: locked against a second process, changed by whole transactions. Used by one thread at a time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/result.h"
#include "internal/storage/locked_folder.h"

namespace bao::storage::file {

using Records = std::vector<std::pair<std::string, std::string>>;       // key, value
using Changes = std::map<std::string, std::optional<std::string>>;      // key to its new value; nullopt: removed

// Every record of a folder that no server runs on; nothing is locked or changed. Errors: unavailable, corrupt, invalid (a
// transaction is unfinished).
base::Result<Records> read_folder(const std::string& path);

class EntryFolder {
 public:
  // Errors: unavailable (locked, not accessible), corrupt (a journal that does not parse).
  static base::Result<std::unique_ptr<EntryFolder>> open(const std::string& path);
  EntryFolder(const EntryFolder&) = delete;
  EntryFolder& operator=(const EntryFolder&) = delete;

  // Every record. Moves entries of OpenBao that this layout keeps elsewhere (layout.h) to their place.
  base::Result<Records> load();
  // Durable when it returns. Errors: unavailable (nothing was changed), uncertain (the next open may finish it; every
  // later write is refused until then).
  base::Status write(const Changes& changes);

 private:
  explicit EntryFolder(LockedFolder folder) : folder_(std::move(folder)) {}
  std::string below(std::string_view file) const { return folder_.path() + "/" + std::string(file); }
  base::Status finish_journal();
  base::Status apply(const Changes& changes);
  base::Status put(const std::string& file, std::string_view text);
  base::Status remove(const std::string& file);
  base::Status make_parents(const std::string& file);
  base::Status sync_touched();

  const LockedFolder folder_;
  bool broken_ = false;
  std::set<std::string> touched_;  // folders whose names changed
};

}  // namespace bao::storage::file
