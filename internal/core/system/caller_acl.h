// The ACL of a token for the paths of sys/ that show it: capabilities, UI listings. Pure but for what the parts cache.
#pragma once

#include <memory>
#include <string_view>

#include "internal/core/parts.h"

namespace bao::core::sys {

struct TokenAcl {
  std::shared_ptr<const TokenEntry> entry;
  std::shared_ptr<const Acl> acl;
};

// Of any living token; both nullptr when the token is unknown, spent or past its time.
base::Result<TokenAcl> acl_of_token(Core::Parts& parts, const storage::ReadView& all, std::string_view token);
// Of the caller on a path that needs no token of its own accord. Error: denied.
base::Result<TokenAcl> acl_of_caller(Core::Parts& parts, const storage::ReadView& all, std::string_view token);

}  // namespace bao::core::sys
