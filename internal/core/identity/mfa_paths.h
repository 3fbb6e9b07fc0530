// The paths of second factors in the identity mount (mfa/): methods, who has to use them, and the keys of entities. What they are about lies
// below sys/ (core/mfa).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "internal/core/identity/handlers.h"
#include "internal/core/mfa/rules.h"

namespace bao::core::identity {

std::vector<logical::Path> mfa_method_paths(const Services& services);
std::vector<logical::Path> mfa_secret_paths(const Services& services);
std::vector<logical::Path> mfa_enforcement_paths(const Services& services);

// What reads the rules, as its view has them.
using RulesAction = std::function<logical::Reply(const logical::Call&, const mfa::RuleSet&)>;
logical::Handler reads_rules(logical::Operation operation, std::string summary, RulesAction action);

// Of lists: names with a word about each; 404 when there is none.
logical::Reply listed(std::vector<std::string> names, codec::Json about);

}  // namespace bao::core::identity
