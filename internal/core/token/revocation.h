// How tokens end, for those files of the token store that end them. Every step is a bounded transaction.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "internal/core/token/token_store.h"

namespace bao::core {

inline constexpr int64_t kTokenPage = 64;  // tokens, leases or keys a transaction
inline constexpr std::string_view kTokenIdPrefix = "sys/token/id/", kTokenAccessorPrefix = "sys/token/accessor/",
                                  kTokenParentPrefix = "sys/token/parent/";
inline std::string under(std::string_view prefix, std::string_view name) { return std::string(prefix) + std::string(name); }

class TokenStore::Revocation {
 public:
  Revocation(const TokenStore& store, barrier::Barrier& barrier) : store_(store), barrier_(barrier) {}

  base::Result<bool> mark_spent(std::string_view token);
  base::Status end_tree(const std::string& salted);
  base::Status make_orphans(const std::string& salted);
  // Tokens without children, of one parent ("": of none in particular).
  base::Status end(const std::vector<std::string>& salted_ids, std::string_view salted_parent);
  // Secrets of the token: they end now, the sweeper revokes them through their engines.
  base::Status end_leases(const std::string& salted);
  // Everything below that folder.
  base::Status empty(const std::string& cubbyhole);

 private:
  struct Frame {
    std::string salted, parent;
    std::string after;  // the last child seen
  };
  using Stack = std::deque<Frame>;
  base::Result<std::vector<std::string>> page(const std::string& prefix, std::string_view after, int64_t limit) const {
    return barrier::Reader(barrier_).list(prefix, after, limit);
  }
  base::Status transact(const std::function<base::Status(barrier::Transaction&)>& body) {
    const auto done = barrier_.transact(body);
    return done.ok() ? base::Status() : base::Status(done.error());
  }
  base::Status end_children(Stack& stack, std::unordered_set<std::string>& on_stack);
  base::Status close(const std::vector<std::string>& salted_ids);
  base::Status empty_cubbyhole(const TokenEntry& entry);
  base::Status remove(barrier::Transaction& all, const std::string& salted, std::string_view salted_parent);

  const TokenStore& store_;
  barrier::Barrier& barrier_;
  // The row that reminds the sweeper of this revocation, and the token that it is for.
  storage::IndexRow reminder_;
  std::string reminded_;
};

}  // namespace bao::core
