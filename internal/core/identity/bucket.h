// The buckets in which entities, local aliases and groups lie at rest (openbao-storage.md 5): 256 of each, chosen by the hash
// of an item's id. Plain values. Fields and items that we don't know survive a rewrite.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::core::identity {

inline constexpr std::string_view kEntityBuckets = "packer/buckets/";
inline constexpr std::string_view kLocalAliasBuckets = "packer/local-aliases/buckets/";
inline constexpr std::string_view kGroupBuckets = "packer/group/buckets/";

struct Bucket {
  struct Item {
    std::string id;
    std::string type_url;  // "type.googleapis.com/identity.Entity"
    std::string message;
    std::string unknown, unknown_any;
  };
  std::string key;  // relative to the mount: "packer/buckets/17"
  std::vector<Item> items;
  std::string unknown;

  const Item* find(std::string_view id) const;
  // Replaces the item of that id, or adds it.
  void put(std::string_view id, std::string_view type, std::string message);
  void remove(std::string_view id);
};

// Where an item of that id lies. An emptied bucket stays.
std::string bucket_key(std::string_view buckets, std::string_view id);

// As stored, compressed or not. Errors: corrupt, too_large.
base::Result<Bucket> parse_bucket(std::string_view stored);
std::string serialize_bucket(const Bucket& bucket);

}  // namespace bao::core::identity
