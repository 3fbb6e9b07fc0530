// The auth methods that `bao login` knows how to log in by, and what `bao auth help` says of each. Constant.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/cli/secret.h"
#include "internal/cli/session.h"

namespace bao::cli {

// What was given to `bao login`: K=V, and the mount.
struct LoginRequest {
  std::map<std::string, std::string> values;
  std::string mount;             // where the method is enabled, without "auth/"
  bool non_interactive = false;  // nothing is asked for on the terminal

  // nullptr when it wasn't given.
  const std::string* find(const std::string& key) const;
};

struct LoginMethod {
  std::string_view name;
  std::string_view help;  // what `bao auth help` prints
  // The server's answer: a login, or where that is wrapped. Null: this build doesn't know how yet. Errors: the server's; invalid for
  // what is missing.
  base::Result<Secret> (*log_in)(Session&, const LoginRequest&) = nullptr;
};

// nullptr when there is no such method.
const LoginMethod* find_login_method(std::string_view name);

// The token method: no login, but a token that is looked up (unless lookup=false).
base::Result<Secret> log_in_by_token(Session& session, const LoginRequest& request);

}  // namespace bao::cli
