// SQLite's result codes as base errors. Used inside this folder.
#pragma once

#include <string_view>

#include "internal/base/result.h"

struct sqlite3;

namespace bao::sqlite {

// The error of the last call on `db`, which returned `code`:
//   a full disk → unavailable (the transaction was or must be rolled back, nothing changed); busy → unavailable;
//   a damaged file → corrupt; everything else, other I/O errors among them → internal.
// A failed fsync ends the process: what the kernel dropped cannot be known, and going on would acknowledge lost writes.
base::Error error_of(sqlite3* db, int code, std::string_view file, std::string_view doing);

}  // namespace bao::sqlite
