// What an auth method is beside its paths: it knows who is logging in, before and apart from whether he may.
#pragma once

#include <string>
#include <string_view>

#include "internal/logical/backend.h"

namespace bao::logical {

class AuthMethod : public Backend {
 public:
  // The name under which identity and the lockout know whoever logs in by this call, in one normal form. Errors as they go to the
  // client: the call names nobody.
  virtual base::Result<std::string> alias_of(const Call& login) const = 0;
  // Whether there is somebody of that name. Not told to who logs in.
  virtual base::Result<bool> knows(std::string_view alias, const storage::ReadView& view) const = 0;
  // What a login is told whose credentials are wrong, whether or not there is somebody of that name.
  virtual std::string_view refusal() const = 0;
};

}  // namespace bao::logical
