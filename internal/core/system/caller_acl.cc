#include "internal/core/system/caller_acl.h"

#include <utility>

#include "internal/core/request_handler.h"

namespace bao::core::sys {

base::Result<TokenAcl> acl_of_token(Core::Parts& parts, const storage::ReadView& all, std::string_view token) {
  TokenAcl out;
  ASSIGN_OR_RETURN(out.entry, parts.tokens.lookup(all, token));
  if (!out.entry) return out;
  ASSIGN_OR_RETURN(out.acl, parts.handler->acl_of(all, *out.entry));
  return out;
}

base::Result<TokenAcl> acl_of_caller(Core::Parts& parts, const storage::ReadView& all, std::string_view token) {
  if (token.empty()) return base::denied();
  ASSIGN_OR_RETURN(TokenAcl out, acl_of_token(parts, all, token));
  if (!out.entry) return base::denied();
  return out;
}

}  // namespace bao::core::sys
