#include "internal/auth/approle/approle.h"

#include "internal/auth/approle/paths.h"
#include "internal/auth/approle/tidy.h"
#include "internal/logical/auth_method.h"

namespace bao::auth {
namespace {

using namespace approle;
using logical::Call;
using logical::Path;
using logical::Reply;

class AppRole final : public logical::AuthMethod {
 public:
  explicit AppRole(base::Duration max_lease_ttl) {
    Paths paths;
    for (Paths group : {role_paths(max_lease_ttl), role_field_paths(max_lease_ttl), secret_id_paths(max_lease_ttl),
                        secret_id_lookup_paths()}) {
      std::move(group.begin(), group.end(), std::back_inserter(paths));
    }
    paths.push_back(login_path());
    paths.push_back(tidy_path());
    set_paths(std::move(paths));
  }

  base::Status initialize(storage::WriteView& view) override { return write_salt(view); }
  base::Status work(base::Time now, const Transact& transact) override { return tidy_.work(now, transact); }
  base::Result<std::string> alias_of(const Call& call) const override {
    const std::string role_id = call.fields.string("role_id");
    constexpr std::string_view kSpace = " \t\r\n\v\f";
    const size_t from = role_id.find_first_not_of(kSpace);
    if (from == std::string::npos) return base::internal("missing role_id");
    return role_id.substr(from, role_id.find_last_not_of(kSpace) - from + 1);
  }
  std::optional<std::map<std::string, std::string>> alias_metadata(const logical::Auth& login) const override { return login.metadata; }
  base::Result<bool> knows(std::string_view alias, const storage::ReadView& view) const override {
    ASSIGN_OR_RETURN(const auto role, find_role_by_id(view, alias));
    return role.has_value();
  }
  std::string_view refusal() const override { return kRefusal; }
  Reply renew(const Call& call, storage::WriteView& view) override { return approle::renew(call, view); }
  std::string help() const override {
    return "The AppRole auth method: machines log in with the role id of a role and, with most roles, one of its secret ids.";
  }

 private:
  Path tidy_path() {
    Path path;
    path.pattern = "tidy/secret-id";
    const auto run = [this](const Call&, storage::WriteView&) -> Reply {
      logical::Response response;
      if (!tidy_.ask()) {
        response.warnings.emplace_back("Tidy operation already in progress.");
        return response;
      }
      response.status = 202;
      response.warnings.emplace_back(
          "Tidy operation successfully started. Any information from the operation will be printed to OpenBao's server logs.");
      return response;
    };
    path.handlers = {{logical::Operation::update, logical::Writes{run}, "Remove secret ids whose time is over."}};
    path.synopsis = "Removes secret ids whose time is over.";
    return path;
  }

  Tidy tidy_;
};

}  // namespace

logical::BackendFactory approle_backend() {
  return [](const logical::BackendConfig& config) -> base::Result<std::unique_ptr<logical::Backend>> {
    return std::unique_ptr<logical::Backend>(std::make_unique<AppRole>(config.max_lease_ttl));
  };
}

}  // namespace bao::auth
