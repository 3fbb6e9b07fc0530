// The auth member of a lease (openbao-storage.md 4): what a login or a created token was given. Pure functions.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "internal/codec/json.h"
#include "internal/logical/response.h"

namespace bao::core {

// What a lease keeps of a login beside that: who it was, as his mount knows him.
struct LoggedIn {
  struct Alias {
    std::string mount_type, mount_accessor, name;
    std::optional<std::map<std::string, std::string>> metadata;
    bool local = false;
  };
  std::optional<Alias> alias;
  bool entity_created = false;
};

codec::Json auth_to_json(const logical::Auth& auth, const LoggedIn& who = {});
// Of an absent or odd member: its zero value.
logical::Auth auth_from_json(const codec::Json& stored);

}  // namespace bao::core
