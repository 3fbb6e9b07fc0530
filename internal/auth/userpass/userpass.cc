#include "internal/auth/userpass/userpass.h"

#include "internal/auth/userpass/login.h"
#include "internal/auth/userpass/user.h"
#include "internal/auth/userpass/users.h"
#include "internal/logical/auth_method.h"

namespace bao::auth {
namespace {

using namespace userpass;
using logical::Call;
using logical::Operation;
using logical::Path;

Path login_path() {
  Path path;
  path.pattern = "login/{username}";
  path.fields = {{.name = "username", .description = "Name of the user, in whatever case."},
                 {.name = "password", .description = "Password of the user."}};
  path.handlers = {{.operation = Operation::update, .effect = logical::Reads{login}, .summary = "Log in.", .is_login = true}};
  path.access = logical::Access::unauthenticated;
  path.synopsis = "Log in with a name and a password.";
  return path;
}

class Userpass final : public logical::AuthMethod {
 public:
  Userpass() {
    std::vector<Path> paths;
    for (auto make : {users_path, list_path, policies_path, password_path, login_path}) paths.push_back(make());
    set_paths(std::move(paths));
  }
  base::Result<std::string> alias_of(const Call& call) const override { return normal_name(call.fields.string("username")); }
  base::Result<bool> knows(std::string_view alias, const storage::ReadView& view) const override {
    ASSIGN_OR_RETURN(const auto user, find_user(view, alias));
    return user.has_value();
  }
  std::string_view refusal() const override { return kRefusal; }
  bool hashes_passwords() const override { return true; }
  logical::Reply renew(const Call& call, storage::WriteView& view) override { return userpass::renew(call, view); }
  std::string help() const override {
    return "The userpass auth method: users log in at login/:username with a password. Whoever may write below users/ makes them.";
  }
};

}  // namespace

logical::BackendFactory userpass_backend() {
  return [](const logical::BackendConfig&) -> base::Result<std::unique_ptr<logical::Backend>> {
    return std::unique_ptr<logical::Backend>(std::make_unique<Userpass>());
  };
}

}  // namespace bao::auth
