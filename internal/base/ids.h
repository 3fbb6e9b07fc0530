// Strong ids: numbers that cannot be mixed up. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace bao::base {

template <typename Tag, typename Value = uint64_t>
struct StrongId {
  Value value{};
  auto operator<=>(const StrongId&) const = default;
};

using Index = StrongId<struct IndexTag>;          // position in the replicated log; 0 = before everything
using Term = StrongId<struct TermTag>;            // Raft term
using KeyTerm = StrongId<struct KeyTermTag, uint32_t>;  // barrier key term, 1 upwards
using NamespaceId = StrongId<struct NamespaceTag, std::string>;  // "root" or six base62 characters
inline const NamespaceId kRootNamespace{"root"};

}  // namespace bao::base
