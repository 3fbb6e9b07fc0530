// The key policy of a KV v2 mount: encrypts the segments of metadata paths, convergently, each under a key derived from
// the clear path above it (openbao-storage.md 6.3, 8.1). Immutable but for a cache; thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/base/secret.h"

namespace bao::engines::kv {

class PathCache;

class KeyPolicy {
 public:
  // Of the stored JSON. Error: corrupt when a key is missing or the policy is of another kind.
  static base::Result<KeyPolicy> parse(std::string_view json);
  KeyPolicy(KeyPolicy&&) noexcept;
  ~KeyPolicy();

  // Storage path below "metadata/" of a clear path: "a/b" becomes "<enc>/<enc>", "" stays. Empty segments and "." count
  // as nothing. Error: invalid for "..".
  base::Result<std::string> encrypt_path(std::string_view path) const;
  // The clear names of one encrypted folder, in order; a trailing slash stays one. `folder` is the clear path of the folder.
  base::Result<std::vector<std::string>> decrypt_names(std::string_view folder,
                                                       const std::vector<std::string>& encrypted) const;

 private:
  struct DerivedKeys;
  KeyPolicy();
  base::Result<DerivedKeys> derive(int64_t version, const std::string& context) const;
  base::Result<std::string> encrypt_segment(const std::string& context, std::string_view segment) const;

  std::map<int64_t, base::SecretBytes> keys_;  // by version
  int64_t latest_ = 0;
  std::string root_;  // context of the top: "<storage prefix>/metadata"
  std::unique_ptr<PathCache> cache_;
};

// What a new mount stores: the policy with one random key, and its archive.
struct NewKeyPolicy {
  std::string policy, archive;
};
NewKeyPolicy make_key_policy(std::string_view storage_prefix, base::Time now);

}  // namespace bao::engines::kv
