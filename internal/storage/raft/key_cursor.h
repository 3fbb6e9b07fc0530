// A cursor over the keys of kv for names_below. Its statement is reset when it ends.
#pragma once

#include <string>
#include <string_view>

#include "internal/sqlite/statement.h"
#include "internal/storage/listing.h"

namespace bao::storage::raft {

class KeyCursor {
 public:
  // Answered by the unique index alone. The empty key is no data's (state_replacement.h).
  static constexpr std::string_view kQuery = "SELECT key FROM kv WHERE key >= ?1 AND key <> x'' ORDER BY key";
  explicit KeyCursor(sqlite::Statement& statement) : statement_(statement) {}
  ~KeyCursor() { statement_.reset(); }
  KeyCursor(const KeyCursor&) = delete;
  KeyCursor& operator=(const KeyCursor&) = delete;

  base::Status seek(std::string_view from) {
    statement_.reset();
    from_ = from;
    statement_.bind(1, from_);
    return next();
  }
  base::Status next() {
    ASSIGN_OR_RETURN(valid_, statement_.step());
    if (valid_) key_ = statement_.blob(0);
    return {};
  }
  bool valid() const { return valid_; }
  std::string_view key() const { return key_; }

 private:
  sqlite::Statement& statement_;
  std::string from_;
  std::string_view key_;
  bool valid_ = false;
};

}  // namespace bao::storage::raft
