// Which logins ask for a second factor, and by which methods. Plain values.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

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

}  // namespace bao::core::mfa
