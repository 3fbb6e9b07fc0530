// A prepared statement, kept for the life of its connection. Owned by the thread that owns the connection.
#pragma once

#include <cstdint>
#include <string_view>

#include "internal/base/result.h"

struct sqlite3_stmt;

namespace bao::sqlite {

class Db;

class Statement {
 public:
  Statement() = default;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  // Parameters count from 1. Bound bytes must live until reset().
  Statement& bind(int parameter, std::string_view blob);
  Statement& bind(int parameter, int64_t number);
  // True: a row stands ready; false: no more rows. After false or an error the statement is reset.
  base::Result<bool> step();
  // Steps to the end and resets.
  base::Status run();
  void reset();

  // Columns count from 0; the bytes live until the next step or reset.
  std::string_view blob(int column) const;
  int64_t number(int column) const;

 private:
  friend class Db;
  Statement(Db* db, sqlite3_stmt* statement) : db_(db), statement_(statement) {}

  Db* db_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace bao::sqlite
