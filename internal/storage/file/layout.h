// Where a key lies below the folder, and what its file says. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::storage::file {

inline constexpr std::string_view kOtherFolder = ".other";  // keys that OpenBao's layout cannot hold

// The file of a key, relative to the folder.
std::string file_of(std::string_view key);
// The key of a file of OpenBao's layout; nullopt for files that are none of its entries.
std::optional<std::string> key_of(std::string_view file);

// A file's content. In the journal an entry without a value is a removal.
struct Entry {
  std::string key;  // "" in OpenBao's layout: the file's name says it
  std::optional<std::string> value;
};
std::string write_entry(const Entry& entry);
// Errors: corrupt.
base::Result<Entry> read_entry(std::string_view text);

}  // namespace bao::storage::file
