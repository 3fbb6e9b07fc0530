// The radix tree: a node holds the bytes from its parent, and the mount that ends there.
#include "internal/core/mounts/router.h"

#include <algorithm>

namespace bao::core {
namespace {

using MountHandle = std::shared_ptr<const Mount>;

size_t common_prefix(std::string_view a, std::string_view b) {
  return static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

}  // namespace

struct Router::Node {
  std::string edge;
  const MountHandle* mount = nullptr;
  std::vector<std::unique_ptr<Node>> children;  // no two begin with the same byte

  Node* child(char first) const {
    for (const auto& node : children) {
      if (node->edge.front() == first) return node.get();
    }
    return nullptr;
  }

  // Cuts the edge after `size` bytes; what is below moves into a new child.
  void split(size_t size) {
    auto below = std::make_unique<Node>();
    below->edge = edge.substr(size);
    below->mount = std::exchange(mount, nullptr);
    below->children = std::move(children);
    edge.resize(size);
    children.clear();
    children.push_back(std::move(below));
  }
};

Router::Router(std::vector<MountHandle> mounts) : mounts_(std::move(mounts)), root_(std::make_unique<Node>()) {
  std::sort(mounts_.begin(), mounts_.end(),
            [](const MountHandle& a, const MountHandle& b) { return a->mount_point < b->mount_point; });
  for (const MountHandle& mount : mounts_) {
    insert(&mount);
    by_uuid_[mount->entry.uuid] = mount.get();
  }
}

Router::~Router() = default;

void Router::insert(const MountHandle* mount) {
  Node* node = root_.get();
  std::string_view rest = (*mount)->mount_point;
  while (!rest.empty()) {
    Node* next = node->child(rest.front());
    if (next == nullptr) {
      node->children.push_back(std::make_unique<Node>());
      next = node->children.back().get();
      next->edge = rest;
    }
    const size_t shared = common_prefix(next->edge, rest);
    if (shared < next->edge.size()) next->split(shared);
    rest.remove_prefix(shared);
    node = next;
  }
  node->mount = mount;
}

// `with_slash`: as if the path ended in one more '/'.
const MountHandle* Router::walk(std::string_view path, bool with_slash) const {
  const MountHandle* best = nullptr;
  const Node* node = root_.get();
  while (!path.empty() || with_slash) {
    node = node->child(path.empty() ? '/' : path.front());
    if (node == nullptr) break;
    const std::string_view edge = node->edge;
    if (path.starts_with(edge)) {
      path.remove_prefix(edge.size());
      if (node->mount != nullptr) best = node->mount;
      continue;
    }
    const bool ends_here = with_slash && edge.size() == path.size() + 1 && edge.starts_with(path) && edge.back() == '/';
    if (ends_here && node->mount != nullptr) best = node->mount;
    break;
  }
  return best;
}

const MountHandle* Router::find(std::string_view path) const {
  const MountHandle* found = walk(path, false);
  if (found == nullptr && !path.empty() && path.back() != '/') found = walk(path, true);
  return found;
}

const Mount* Router::in_the_way(std::string_view path) const {
  for (const MountHandle& mount : mounts_) {
    const std::string_view route = mount->mount_point;
    if (route.starts_with(path) || path.starts_with(route)) return mount.get();
  }
  return nullptr;
}

const Mount* Router::by_uuid(std::string_view uuid) const {
  const auto found = by_uuid_.find(uuid);
  return found == by_uuid_.end() ? nullptr : found->second;
}

const Mount* Router::of_type(std::string_view type) const {
  for (const MountHandle& mount : mounts_) {
    if (mount->entry.type == type) return mount.get();
  }
  return nullptr;
}

const Mount* Router::by_accessor(std::string_view accessor) const {
  for (const MountHandle& mount : mounts_) {
    if (mount->entry.accessor == accessor) return mount.get();
  }
  return nullptr;
}

const Mount* Router::by_storage_key(std::string_view key) const {
  const size_t begin = key.find('/');
  if (begin == std::string_view::npos) return nullptr;
  const std::string_view folder = key.substr(0, begin);
  if (folder != "logical" && folder != "auth") return nullptr;
  const std::string_view rest = key.substr(begin + 1);
  return by_uuid(rest.substr(0, rest.find('/')));
}

}  // namespace bao::core
