// What keeps two requests from giving the same name away at once, though names lie in different buckets: whoever gives or takes
// a name, or an alias, changes the slot that its hash chooses, so that of two transactions one meets a conflict. Ours alone:
// OpenBao holds a lock instead and doesn't look at these keys.
//
// They sort behind the buckets, and so are told last of what one transaction changed: who knows a slot's value knows the names.
#pragma once

#include <string>
#include <string_view>

#include "internal/crypto/hash.h"

namespace bao::core::identity {

inline constexpr std::string_view kClaims = "packer/taken/";

inline size_t claim_slot(std::string_view folded_name) { return static_cast<unsigned char>(crypto::md5(folded_name)[0]); }

}  // namespace bao::core::identity
