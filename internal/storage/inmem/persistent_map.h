// An ordered map whose every state stays readable: a treap that copies the path to what it changes. A value is a root
// pointer; copying it is a snapshot. Values are immutable, so any number of threads may read them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace bao::storage::inmem {

template <typename Value>
class PersistentMap {
 public:
  struct Entry {
    std::string key;
    Value value;
  };

  const Value* find(std::string_view key) const {
    const Entry* entry = at_or_after(key);
    return entry != nullptr && entry->key == key ? &entry->value : nullptr;
  }
  // The first entry whose key is >= `key` (> with after), or nullptr. Lives as long as this state.
  const Entry* at_or_after(std::string_view key) const { return first(key, false); }
  const Entry* after(std::string_view key) const { return first(key, true); }

  PersistentMap with(std::string key, Value value) const {
    const uint64_t priority = priority_of(key);
    auto entry = std::make_shared<const Entry>(Entry{std::move(key), std::move(value)});
    return PersistentMap(put(root_, {std::move(entry), priority, nullptr, nullptr}));
  }
  PersistentMap without(std::string_view key) const { return PersistentMap(erase(root_, key)); }

  PersistentMap() = default;

 private:
  struct Node;
  using Link = std::shared_ptr<const Node>;
  struct Node {
    std::shared_ptr<const Entry> entry;
    uint64_t priority;  // a parent's is at least its children's
    Link left, right;
  };
  struct Halves {
    Link below, above;
  };

  explicit PersistentMap(Link root) : root_(std::move(root)) {}

  // Any well-mixed function of the key balances the tree.
  static uint64_t priority_of(std::string_view key) {
    return std::hash<std::string_view>()(key) * 0x9E3779B97F4A7C15u;
  }

  const Entry* first(std::string_view key, bool strictly) const {
    const Entry* best = nullptr;
    for (const Node* node = root_.get(); node != nullptr;) {
      const int order = node->entry->key.compare(key);
      if (order > 0 || (order == 0 && !strictly)) {
        best = node->entry.get();
        node = node->left.get();
      } else {
        node = node->right.get();
      }
    }
    return best;
  }

  static Link make(const Node& from, Link left, Link right) {
    return std::make_shared<const Node>(Node{from.entry, from.priority, std::move(left), std::move(right)});
  }

  static Link put(const Link& node, const Node& added) {
    if (!node) return std::make_shared<const Node>(added);
    const int order = added.entry->key.compare(node->entry->key);
    if (order == 0) return std::make_shared<const Node>(Node{added.entry, node->priority, node->left, node->right});
    if (added.priority > node->priority) {
      Halves halves = split(node, added.entry->key);
      return make(added, std::move(halves.below), std::move(halves.above));
    }
    return order < 0 ? make(*node, put(node->left, added), node->right) : make(*node, node->left, put(node->right, added));
  }

  // The key itself is not in the tree: an equal key has the same priority and was met before.
  static Halves split(const Link& node, std::string_view key) {
    if (!node) return {};
    if (node->entry->key < key) {
      Halves halves = split(node->right, key);
      return {make(*node, node->left, std::move(halves.below)), std::move(halves.above)};
    }
    Halves halves = split(node->left, key);
    return {std::move(halves.below), make(*node, std::move(halves.above), node->right)};
  }

  static Link merge(const Link& left, const Link& right) {
    if (!left) return right;
    if (!right) return left;
    return left->priority > right->priority ? make(*left, left->left, merge(left->right, right))
                                            : make(*right, merge(left, right->left), right->right);
  }

  static Link erase(const Link& node, std::string_view key) {
    if (!node) return nullptr;
    const int order = node->entry->key.compare(key);
    if (order == 0) return merge(node->left, node->right);
    return order > 0 ? make(*node, erase(node->left, key), node->right) : make(*node, node->left, erase(node->right, key));
  }

  Link root_;
};

}  // namespace bao::storage::inmem
