// auth/token/revoke* and tidy: in transactions of their own, however large the family is.
#include "internal/base/log.h"
#include "internal/core/auth_token/handlers.h"

namespace bao::core::auth_token {

using logical::Call;

logical::Reply Handlers::revoke_token(std::string_view token) const {
  const barrier::Reader all(services_.barrier);
  // A token on its last use may end itself.
  ASSIGN_OR_RETURN(const auto entry, services_.tokens.read(all, token, TokenStore::Spent::included));
  if (!entry) return logical::Response::none();
  if (entry->type == TokenType::batch) return base::invalid("batch tokens cannot be revoked");
  TRY(services_.tokens.revoke_tree(services_.barrier, token));
  return logical::Response::none();
}

logical::Reply Handlers::revoke(const Call& call) const {
  ASSIGN_OR_RETURN(const std::string token, token_field(call));
  if (token.empty()) return base::invalid("missing token ID");
  return revoke_token(token);
}

logical::Reply Handlers::revoke_self(const Call& call) const { return revoke_token(call.request.client_token); }

logical::Reply Handlers::revoke_accessor(const Call& call) const {
  const std::string accessor = call.fields.string("accessor");
  if (accessor.empty()) return failure(base::Code::invalid, "missing accessor");
  const barrier::Reader all(services_.barrier);
  ASSIGN_OR_RETURN(const std::string token, services_.tokens.id_of_accessor(all, accessor));
  if (token.empty()) {
    logical::Response response;
    response.warnings.emplace_back("No token found with this accessor");
    return response;
  }
  ASSIGN_OR_RETURN(const auto entry, services_.tokens.read(all, token, TokenStore::Spent::absent));
  if (!entry) return base::invalid("token not found");
  return revoke_token(token);
}

logical::Reply Handlers::revoke_orphan(const Call& call) const {
  ASSIGN_OR_RETURN(const std::string token, token_field(call));
  if (token.empty()) return base::invalid("missing token ID");
  const barrier::Reader all(services_.barrier);
  ASSIGN_OR_RETURN(const auto caller, services_.tokens.read(all, call.request.client_token, TokenStore::Spent::included));
  if (!caller) return base::denied();
  ASSIGN_OR_RETURN(const bool sudo, services_.has_sudo(all, *caller, call.request.path));
  if (!sudo) return base::invalid("root or sudo privileges required to revoke and orphan");
  ASSIGN_OR_RETURN(const auto entry, services_.tokens.read(all, token, TokenStore::Spent::absent));
  if (!entry) return base::invalid("token to revoke not found");
  if (entry->type == TokenType::batch) return base::invalid("batch tokens cannot be revoked");
  TRY(services_.tokens.revoke_orphan(services_.barrier, token));
  return logical::Response::none();
}

logical::Reply Handlers::tidy(const Call&) const {
  const auto tidy_tokens = [services = services_] {
    base::log_info("token", "beginning tidy operation on tokens");
    const auto done = services.tokens.tidy(services.barrier);
    if (!done.ok()) base::log_error("token", "tidy failed", {{"error", done.error().message()}});
    base::log_info("token", "finished tidy operation on tokens");
  };
  logical::Response response;
  if (!services_.in_background("tidy-tokens", tidy_tokens)) {
    response.warnings.emplace_back("Tidy operation already in progress.");
    return response;
  }
  response.status = 202;
  response.warnings.emplace_back(
      "Tidy operation successfully started. Any information from the operation will be printed to OpenBao's server logs.");
  return response;
}

}  // namespace bao::core::auth_token
