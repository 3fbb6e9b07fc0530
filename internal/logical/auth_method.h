// What an auth method is beside its paths: it knows who is logging in, before and apart from whether he may.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/logical/backend.h"

namespace bao::logical {

class AuthMethod : public Backend {
 public:
  // The name under which identity and the lockout know whoever logs in by this call, in one normal form. Errors as they go to the
  // client: the call names nobody.
  virtual base::Result<std::string> alias_of(const Call& login) const = 0;
  // What identity keeps with the alias of a login; each change of it is a write.
  virtual std::optional<std::map<std::string, std::string>> alias_metadata(const Auth& /*login*/) const { return std::nullopt; }
  // Names of the groups that who logs in has there, by which external groups of identity know him: of a login, and of what its lease
  // keeps of it (metadata, internal data) when it is renewed.
  virtual std::vector<std::string> group_aliases(const Auth& /*login*/) const { return {}; }
  // Whether there is somebody of that name. Not told to who logs in.
  virtual base::Result<bool> knows(std::string_view alias, const storage::ReadView& view) const = 0;
  // What a login is told whose credentials are wrong, whether or not there is somebody of that name.
  virtual std::string_view refusal() const = 0;
  // Whether a password is hashed to judge a login, which takes so long that it is done once only: by the node that makes the token.
  virtual bool hashes_passwords() const { return false; }
};

}  // namespace bao::logical
