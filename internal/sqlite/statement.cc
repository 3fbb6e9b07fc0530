#include "internal/sqlite/statement.h"

#include <sqlite3.h>

#include <utility>

#include "internal/sqlite/db.h"
#include "internal/sqlite/errors.h"

namespace bao::sqlite {

Statement::Statement(Statement&& other) noexcept
    : db_(other.db_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  db_ = other.db_;
  std::swap(statement_, other.statement_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int parameter, std::string_view blob) {
  // A null pointer would bind NULL; the empty blob is a value.
  const char* bytes = blob.data() == nullptr ? "" : blob.data();
  const int code = sqlite3_bind_blob64(statement_, parameter, bytes, blob.size(), SQLITE_STATIC);
  ENSURE(code == SQLITE_OK, "a parameter of the statement is bound");
  return *this;
}

Statement& Statement::bind(int parameter, int64_t number) {
  const int code = sqlite3_bind_int64(statement_, parameter, number);
  ENSURE(code == SQLITE_OK, "a parameter of the statement is bound");
  return *this;
}

base::Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  const base::Error error = error_of(sqlite3_db_handle(statement_), code, db_->path(), "reading or writing");
  reset();
  return error;
}

base::Status Statement::run() {
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, step());
    if (!row) return {};
  }
}

void Statement::reset() { sqlite3_reset(statement_); }

std::string_view Statement::blob(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  return {static_cast<const char*>(bytes), static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_, column); }

}  // namespace bao::sqlite
