// PersistentMap<V>: a map from text that shares what didn't change with the map it was made from, so that a change among a
// million costs a few small copies. Immutable once shared: copies are cheap, readers need no lock. A trie of two levels over
// the hash of the key.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bao::core::identity {

template <typename Value>
class PersistentMap {
 public:
  // nullptr when absent; lives as long as this map.
  const Value* find(std::string_view key) const {
    const size_t hash = hash_of(key);
    const auto& branch = branches_[hash % kFan];
    const auto* leaf = branch == nullptr ? nullptr : (*branch)[hash / kFan % kFan].get();
    if (leaf == nullptr) return nullptr;
    for (const auto& [name, value] : *leaf) {
      if (name == key) return &value;
    }
    return nullptr;
  }

  void set(std::string_view key, Value value) {
    Leaf leaf = without(key);
    if (find(key) == nullptr) ++size_;
    leaf.emplace_back(std::string(key), std::move(value));
    replace(key, std::move(leaf));
  }

  void erase(std::string_view key) {
    if (find(key) == nullptr) return;
    --size_;
    replace(key, without(key));
  }

  size_t size() const { return size_; }

  void for_each(const std::function<void(const std::string&, const Value&)>& visit) const {
    for (const auto& branch : branches_) {
      if (branch == nullptr) continue;
      for (const auto& leaf : *branch) {
        if (leaf == nullptr) continue;
        for (const auto& [key, value] : *leaf) visit(key, value);
      }
    }
  }

 private:
  static constexpr size_t kFan = 256;
  using Leaf = std::vector<std::pair<std::string, Value>>;
  using Branch = std::array<std::shared_ptr<const Leaf>, kFan>;

  static size_t hash_of(std::string_view key) { return std::hash<std::string_view>()(key); }

  Leaf without(std::string_view key) const {
    const size_t hash = hash_of(key);
    const auto& branch = branches_[hash % kFan];
    if (branch == nullptr || (*branch)[hash / kFan % kFan] == nullptr) return {};
    Leaf leaf = *(*branch)[hash / kFan % kFan];
    std::erase_if(leaf, [key](const auto& entry) { return entry.first == key; });
    return leaf;
  }

  void replace(std::string_view key, Leaf leaf) {
    const size_t hash = hash_of(key);
    auto& branch = branches_[hash % kFan];
    auto copy = branch == nullptr ? std::make_shared<Branch>() : std::make_shared<Branch>(*branch);
    (*copy)[hash / kFan % kFan] = leaf.empty() ? nullptr : std::make_shared<const Leaf>(std::move(leaf));
    branch = std::move(copy);
  }

  std::array<std::shared_ptr<const Branch>, kFan> branches_;
  size_t size_ = 0;
};

}  // namespace bao::core::identity
