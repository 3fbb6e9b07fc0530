// The token_* fields that roles and users of auth methods share (openbao-api.md "TP"): read from requests, kept in entries
// (openbao-storage.md 8.4), shown, and applied to a login. Plain value, pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/logical/path.h"

namespace bao::logical {

enum class TokenKind : uint8_t { standard = 0, service = 1, batch = 2, default_service = 3, default_batch = 4 };
// "default", "service", "batch", "default-service", "default-batch".
std::string_view name_of(TokenKind kind);
// The kind of a name that Auth::token_type holds; `standard` for others.
TokenKind token_kind(std::string_view name);
// What a login becomes by the kind its method asks for and the kind its mount is tuned to: service or batch.
TokenKind resolve_token_kind(TokenKind asked, TokenKind of_mount);

struct TokenParams {
  // Whether "default-service" and "default-batch" are taken for service and batch.
  enum class DefaultKinds : uint8_t { refused, adjusted };
  std::vector<std::string> bound_cidrs;
  base::Duration explicit_max_ttl{0}, max_ttl{0};
  bool no_default_policy = false;
  int64_t num_uses = 0;
  base::Duration period{0};
  std::vector<std::string> policies;
  TokenKind kind = TokenKind::standard;
  base::Duration ttl{0};
  bool strictly_bind_ip = false;

  // The fields given. Errors: invalid, in the reference's words.
  base::Status read(const Fields& fields, DefaultKinds default_kinds = DefaultKinds::refused);
  // As answers show it, added to `data`.
  void show(codec::Json& data) const;
  // What a login is given. `address`: the client's.
  void apply(Auth& auth, std::string_view address) const;

  // The stored members, taken out of an entry or put in front of one.
  void take_stored(codec::Json& entry);
  void put_stored(codec::Json& record) const;
};

std::vector<Field> token_fields();
Field deprecated_field(const char* name, FieldType type, std::string_view successor);

// A value that has an older name too. Given by the newer one it is read already, and the older is kept beside it only where that
// was given too; given by the older one alone, both become that.
template <typename Value>
void read_older_name(const Fields& fields, std::string_view older, std::string_view newer, Value given, Value& old_value,
                     Value& value) {
  if (fields.has(newer)) {
    old_value = fields.has(older) ? value : Value{};
  } else if (fields.has(older)) {
    old_value = value = std::move(given);
  }
}

// Members of stored entries, as Go writes them: durations in nanoseconds, empty lists as null.
codec::Json stored_duration(base::Duration d);
base::Duration duration_of(const codec::Json& stored);
codec::Json stored_strings(const std::vector<std::string>& strings);
std::vector<std::string> strings_of(const codec::Json& stored);
// The member of that name, in whatever case, taken out of the object; null where there is none.
codec::Json take_member(codec::Json& object, std::string_view name);
// A stored entry. Error: corrupt.
base::Result<codec::Json> parse_entry(std::string_view stored);

}  // namespace bao::logical
