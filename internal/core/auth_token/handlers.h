// The operations below auth/token/, one file a group: create.cc, lookup.cc, renew.cc, revoke.cc, roles.cc. Views are over the
// whole barrier. Thread-safe.
#pragma once

#include "internal/core/auth_token/role.h"
#include "internal/core/auth_token/services.h"
#include "internal/logical/path.h"

namespace bao::core::auth_token {

class Handlers {
 public:
  Handlers(Services services, Limits limits) : services_(std::move(services)), limits_(limits) {}

  logical::Reply create(const logical::Call& call, storage::WriteView& all) const;
  logical::Reply create_orphan(const logical::Call& call, storage::WriteView& all) const;
  logical::Reply create_with_role(const logical::Call& call, storage::WriteView& all) const;

  logical::Reply lookup(const logical::Call& call, const storage::ReadView& all) const;
  logical::Reply lookup_self(const logical::Call& call, const storage::ReadView& all) const;
  logical::Reply lookup_accessor(const logical::Call& call, const storage::ReadView& all) const;
  logical::Reply list_accessors(const logical::Call& call, const storage::ReadView& all) const;

  logical::Reply renew(const logical::Call& call, storage::WriteView& all) const;
  logical::Reply renew_self(const logical::Call& call, storage::WriteView& all) const;
  logical::Reply renew_accessor(const logical::Call& call, storage::WriteView& all) const;

  logical::Reply revoke(const logical::Call& call) const;
  logical::Reply revoke_self(const logical::Call& call) const;
  logical::Reply revoke_accessor(const logical::Call& call) const;
  logical::Reply revoke_orphan(const logical::Call& call) const;
  logical::Reply tidy(const logical::Call& call) const;

  logical::Reply list_roles(const logical::Call& call, const storage::ReadView& all) const;
  logical::Reply read_role(const logical::Call& call, const storage::ReadView& all) const;
  logical::Reply write_role(const logical::Call& call, storage::WriteView& all) const;
  logical::Reply remove_role(const logical::Call& call, storage::WriteView& all) const;
  base::Result<bool> role_exists(const logical::Call& call, const storage::ReadView& all) const;

 private:
  struct Renewal;  // renew.cc
  logical::Reply create_common(const logical::Call& call, storage::WriteView& all, bool orphan, const Role* role) const;
  enum class Secrecy : uint8_t { shown, hidden };  // of the token's text
  logical::Reply show(const logical::Call& call, const storage::ReadView& all, std::string_view token, Secrecy secrecy,
                      TokenStore::Spent spent) const;
  logical::Reply show_own(const logical::Call& call, const storage::ReadView& all) const;
  logical::Reply renew_token(const logical::Call& call, storage::WriteView& all, std::string_view token) const;
  base::Status ask_renewal(const logical::Call& call, storage::WriteView& all, const TokenEntry& entry, const Lease& lease,
                           Renewal& renewal) const;
  logical::Reply revoke_token(std::string_view token) const;
  // What the token's entity gives to it now; empty where it has none, or does without.
  base::Result<std::vector<std::string>> identity_policies(const TokenEntry& entry) const;
  logical::Reply show_found(const TokenEntry& entry, std::string_view id, const std::optional<LeaseGlance>& lease, base::Time now) const;
  base::Status add_identity_policies(logical::Auth& auth) const;

  Services services_;
  Limits limits_;
};

// The token named in the request's `token` field. Error: denied "invalid token" when it is there but no text.
base::Result<std::string> token_field(const logical::Call& call);
// An error as a handler of the reference returns it instead of answering with a text.
base::Error failure(base::Code code, const base::Words& words);

}  // namespace bao::core::auth_token
