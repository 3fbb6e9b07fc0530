// Which rule counts a request, and whether it may come in (README). Each node counts for itself. Thread-safe; where there are no
// rules, one look.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/mutex.h"
#include "internal/core/mounts/router.h"
#include "internal/core/settings/kept_setting.h"

namespace bao::core {

class RateLimitRules;  // rate_limit_rules.h: as they stand, with their counts

struct Admission {
  bool allowed = true;
  bool audited = false;  // audit devices are to be told of the refusal
  std::vector<std::pair<std::string, std::string>> headers;  // for the answer
};

// With which role a login comes, by what it sends and what its mount has stored; nothing where that is nobody's.
using RoleOfLogin = std::function<base::Result<std::optional<std::string>>(const codec::Json& sent, const storage::ReadView& mount)>;

class RateLimits {
 public:
  // `roles`: by type of auth method, of those that have roles.
  RateLimits(barrier::Barrier& barrier, std::function<std::shared_ptr<const Router>()> router, const base::Clock& clock,
             std::map<std::string, RoleOfLogin> roles);
  ~RateLimits();

  // Whether there is any rule: who asks with none in force may spare himself the rest.
  bool any() const;
  // Counts a request of that client to a canonical path ("secret/data/a"), with what it sends: where a rule is of a role, that is looked
  // up before anything is judged.
  Admission admit(std::string_view path, std::string_view client, std::string_view body);
  bool has_roles(const Mount& mount) const { return roles_.contains(mount.entry.type) && mount.entry.table == "auth"; }

  // A stored rule or the configuration was written: a rule's counts begin anew, even if it says what it said. From the applier.
  void changed(std::string_view key) EXCLUDES(mutex_);
  void everything_changed() EXCLUDES(mutex_);

 private:
  struct Rewritten {  // since the rules were loaded last
    bool everything = false;
    std::set<std::string, std::less<>> keys;
    bool contains(std::string_view name) const;
  };
  base::Result<std::shared_ptr<const RateLimitRules>> load(const storage::ReadView& all) EXCLUDES(mutex_);
  base::Result<std::shared_ptr<const RateLimitRules>> make(const storage::ReadView& all, const Rewritten& rewritten) const;

  std::string role_of(const RateLimitRules& rules, const Mount& mount, std::string_view path, std::string_view body) const;

  const barrier::Barrier& barrier_;
  const std::function<std::shared_ptr<const Router>()> router_;
  const base::Clock& clock_;
  const std::map<std::string, RoleOfLogin> roles_;
  base::Mutex mutex_{base::Rank::lease_wakeup};
  Rewritten rewritten_ GUARDED_BY(mutex_);
  std::shared_ptr<const RateLimitRules> before_;  // of load() alone
  KeptSetting<RateLimitRules> kept_;
};

}  // namespace bao::core
