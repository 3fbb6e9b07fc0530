#include "internal/sqlite/errors.h"

#include <sqlite3.h>

#include <cstdlib>
#include <string>

#include "internal/base/log.h"

namespace bao::sqlite {
namespace {

base::Code code_of(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM: return base::Code::unavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return base::Code::corrupt;
    default: return base::Code::internal;
  }
}

[[noreturn]] void end_process(std::string_view file) {
  base::log_error("storage", "fsync failed; ending the process, because it is unknown what is on the disk",
                  {{"file", std::string(file)}});
  std::abort();
}

}  // namespace

base::Error error_of(sqlite3* db, int code, std::string_view file, std::string_view doing) {
  const int extended = db != nullptr ? sqlite3_extended_errcode(db) : code;
  for (const int seen : {code, extended}) {
    if (seen == SQLITE_IOERR_FSYNC || seen == SQLITE_IOERR_DIR_FSYNC) end_process(file);
  }
  std::string text(file);
  text.append(": ").append(doing).append(": ");
  text += db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  if ((code & 0xff) == SQLITE_IOERR) text += " (" + std::to_string(extended) + ")";
  return {code_of(code), base::Words::of_node(std::move(text))};
}

}  // namespace bao::sqlite
