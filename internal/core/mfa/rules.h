// Which logins ask for a second factor, and by which methods. Thread-safe: what logins look at is published whole; a change of what is
// stored marks it stale, on every node, and who asks next loads it anew. So an enforcement is in force in the next login, on every node.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/barrier/barrier.h"
#include "internal/base/mutex.h"
#include "internal/base/published.h"
#include "internal/core/mfa/records.h"
#include "internal/storage/view.h"

namespace bao::core::mfa {

// Whose login it is.
struct Subject {
  std::string_view accessor, mount_type;
  std::string_view entity_id;
  std::vector<std::string> group_ids;  // inherited ones included
};

struct RuleSet {
  std::map<std::string, Method, std::less<>> methods;            // by id
  std::map<std::string, Enforcement, std::less<>> enforcements;  // by name

  const Method* method(std::string_view id) const;
  const Method* method_by_name(std::string_view name) const;
  // Whether any enforcement asks for the method.
  const Enforcement* user_of(std::string_view method_id) const;
  std::vector<const Enforcement*> matching(const Subject& subject) const;
};

// All of it, from a view of everything that is stored. Errors: corrupt.
base::Result<RuleSet> read_rules(const storage::ReadView& all);
base::Status store(storage::WriteView& all, const Method& method);
base::Status store(storage::WriteView& all, const Enforcement& enforcement);
// With the keys of its passcodes.
base::Status remove(storage::WriteView& all, const Method& method);
base::Status remove(storage::WriteView& all, const Enforcement& enforcement);

class Rules {
 public:
  explicit Rules(const barrier::Barrier& barrier) : barrier_(barrier) {}
  // Everything that was told, and maybe more. Errors: sealed, corrupt (then nobody logs in: better than without a second factor).
  base::Result<std::shared_ptr<const RuleSet>> current() const;
  // From the applier, and when other data is loaded. Quick, without I/O.
  void mark_stale() { stale_.fetch_add(1); }

 private:
  const barrier::Barrier& barrier_;
  std::atomic<uint64_t> stale_{1};
  mutable std::atomic<uint64_t> built_{0};
  mutable base::Mutex loading_{base::Rank::token_cache};  // held while it is read: those who meet stale rules wait for it
  mutable base::Published<RuleSet> rules_;
};

}  // namespace bao::core::mfa
