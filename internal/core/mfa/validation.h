// Whether what a client supplied satisfies an enforcement.
#pragma once

#include <map>
#include <string>

#include "internal/core/mfa/attempts.h"
#include "internal/core/mfa/credentials.h"
#include "internal/core/mfa/rules.h"

namespace bao::core::mfa {

// Whoever logs in: what his entity's record keeps of each method, by its id (records.h, Secret).
struct Claimant {
  const std::string& entity_id;
  const std::map<std::string, std::string>& secrets;
};

// One method of the enforcement is enough; a passcode that was taken counts no more. Errors: invalid, as the reference words them; those
// of storage.
base::Status satisfy(storage::WriteView& all, const RuleSet& rules, const Enforcement& enforcement, const Claimant& claimant,
                     const Credentials& credentials, Attempts& attempts, base::Time now);

}  // namespace bao::core::mfa
