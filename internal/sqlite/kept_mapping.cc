#include "internal/sqlite/kept_mapping.h"

#include <sqlite3.h>

namespace bao::sqlite {
namespace {

constexpr unsigned kUnmappingsKept = 255;  // of 256

int unfetch_seldom(sqlite3_file* file, sqlite3_int64 offset, void* page);

// SQLite's methods of such a file with our xUnfetch. Every database file of a file layer has the same ones.
struct Methods {
  const sqlite3_io_methods* original;
  sqlite3_io_methods kept;
};

const Methods& methods_of(const sqlite3_file& file) {
  static const Methods kMethods = [&file] {
    Methods methods{file.pMethods, *file.pMethods};
    methods.kept.xUnfetch = unfetch_seldom;
    return methods;
  }();
  return kMethods;
}

// Without a page: the whole mapping is to go.
int unfetch_seldom(sqlite3_file* file, sqlite3_int64 offset, void* page) {
  thread_local unsigned unmappings = 0;
  if (page == nullptr && (++unmappings & kUnmappingsKept) != 0) return SQLITE_OK;
  return methods_of(*file).original->xUnfetch(file, offset, page);
}

}  // namespace

void keep_mapping(sqlite3* db) {
  sqlite3_file* file = nullptr;
  const int found = sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  const bool maps = found == SQLITE_OK && file != nullptr && file->pMethods != nullptr && file->pMethods->iVersion >= 3;
  if (!maps) return;
  const Methods& methods = methods_of(*file);
  if (file->pMethods == methods.original) file->pMethods = &methods.kept;
}

}  // namespace bao::sqlite
