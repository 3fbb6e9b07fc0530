// What LIST answers of entities, groups and aliases: keys in order and, of those listed by id, a word about each (key_info).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "internal/core/identity/handlers.h"

namespace bao::core::identity {

enum class Key : uint8_t { id, name };

class Listing {
 public:
  explicit Listing(Key by) : by_(by) {}
  void add(const std::string& id, const std::string& name, codec::Json info);
  logical::Response answer() &&;

 private:
  Key by_;
  std::vector<std::string> keys_;
  codec::Json info_ = codec::Json::object();  // by id
};

using Collect = std::function<void(const Index&, Listing&)>;
// The path of one list; `synopsis` is of the path, `summary` of its operation.
logical::Path list_path(const Services& services, std::string pattern, std::string synopsis, std::string summary, Key by, Collect collect);
// What a list of aliases says of one.
codec::Json listed_alias(const Services& services, const Alias& alias);

}  // namespace bao::core::identity
