// Who stands behind a token, as templates and engines see it (openbao-api.md 8). Plain values.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace bao::logical {

// An entity with its aliases and every group it is a member of, inherited ones included.
struct Identity {
  using Metadata = std::map<std::string, std::string>;
  struct Alias {
    std::string id, name, mount_accessor;
    Metadata metadata, custom_metadata;
  };
  struct Group {
    std::string id, name;
    Metadata metadata;
  };
  std::string id, name;
  Metadata metadata;
  std::vector<Alias> aliases;
  std::vector<Group> groups;
};

}  // namespace bao::logical
