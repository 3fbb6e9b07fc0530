// Where a KV key lies in the API: which mount it belongs to, and whether that is versioned (openbao-cli.md 3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "internal/cli/invocation.h"

namespace bao::cli {

struct KvPath {
  std::string mount;  // "secret/"
  bool versioned = false;
  std::string key;    // mount and key as the user meant them, "secret/app/db"

  // With "data", "metadata", … put between mount and key; of an unversioned engine the path is `key` itself.
  std::string below(std::string_view part) const;
  // The path of `part` where the engine is versioned, else the key's.
  std::string path(std::string_view part) const { return versioned ? below(part) : key; }
};

// Asks the server for the mount of the command's key: `argument` below -mount, or mount and key in one. Nothing when that
// fails, which was said; the exit status is then 2.
std::optional<KvPath> find_kv_path(Invocation& run, Session& session, const std::string& argument);

}  // namespace bao::cli
