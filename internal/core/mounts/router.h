// From a path to its mount: longest prefix over a radix tree. Immutable once made, shared by request threads; a change
// of the mount table makes a new one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "internal/core/mounts/mount_entry.h"
#include "internal/logical/backend.h"

namespace bao::core {

// A mount that serves: its entry and the engine behind it. Immutable but for the engine's own caches.
struct Mount {
  MountEntry entry;
  std::shared_ptr<logical::Backend> backend;
  std::string data_prefix, view_prefix;  // entry.data_prefix(), entry.view_prefix()
  base::Duration default_lease_ttl{0}, max_lease_ttl{0};  // effective
  std::string mount_point;      // entry.route()
  bool core_backend = false;    // system, token: sees every header
};

class Router {
 public:
  explicit Router(std::vector<std::shared_ptr<const Mount>> mounts);
  ~Router();
  // The mount with the longest route that is a prefix of `path` ("secret/data/a"), or nullptr. A path that lacks a
  // mount's trailing slash ("secret") matches where nothing else does and a slash would make it match.
  const std::shared_ptr<const Mount>* find(std::string_view path) const;
  // A mount whose route is a prefix of `path` or which `path` is a prefix of: what makes enabling there impossible.
  const Mount* in_the_way(std::string_view path) const;
  const Mount* by_uuid(std::string_view uuid) const;
  const Mount* of_type(std::string_view type) const;  // the first one
  const Mount* by_accessor(std::string_view accessor) const;
  // By the uuid in "logical/<uuid>/…" or "auth/<uuid>/…".
  const Mount* by_storage_key(std::string_view key) const;
  const std::vector<std::shared_ptr<const Mount>>& mounts() const { return mounts_; }  // sorted by route

 private:
  struct Node;
  void insert(const std::shared_ptr<const Mount>* mount);
  const std::shared_ptr<const Mount>* walk(std::string_view path, bool with_slash) const;

  std::vector<std::shared_ptr<const Mount>> mounts_;
  std::unordered_map<std::string_view, const Mount*> by_uuid_;  // keys lie in the entries
  std::unique_ptr<Node> root_;
};

}  // namespace bao::core
