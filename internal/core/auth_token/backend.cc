// The paths below auth/token/ with their fields.
#include "internal/core/auth_token/auth_token_backend.h"
#include "internal/core/auth_token/handlers.h"
#include "internal/core/request_handler.h"

namespace bao::core {
namespace auth_token {
namespace {

using logical::Call;
using logical::Field;
using logical::FieldType;
using logical::Handler;
using logical::Manages;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Writes;

using ReadMethod = logical::Reply (Handlers::*)(const Call&, const storage::ReadView&) const;
using WriteMethod = logical::Reply (Handlers::*)(const Call&, storage::WriteView&) const;
using ManageMethod = logical::Reply (Handlers::*)(const Call&) const;

Field field(std::string name, FieldType type, std::string description, codec::Json standard = {}) {
  Field out;
  out.name = std::move(name);
  out.type = type;
  out.description = std::move(description);
  out.default_value = std::move(standard);
  return out;
}

Field older(std::string name, FieldType type, std::string newer) {
  Field out = field(std::move(name), type, "Use '" + std::move(newer) + "' instead.");
  out.deprecated = true;
  return out;
}

std::vector<Field> create_fields() {
  return {field("display_name", FieldType::string, "Name shown for the token"),
          field("explicit_max_ttl", FieldType::string, "Maximum lifetime that renewals cannot exceed"),
          field("entity_alias", FieldType::string, "Entity alias to tie the token to (roles only)"),
          field("num_uses", FieldType::integer, "How often the token may be used; 0 is without limit"),
          field("period", FieldType::string, "Renewal period of a periodic token"),
          field("renewable", FieldType::boolean, "Whether the token can be renewed", true),
          field("ttl", FieldType::string, "Lifetime of the token"),
          older("lease", FieldType::string, "ttl"),
          field("type", FieldType::string, "service or batch"),
          field("no_default_policy", FieldType::boolean, "Leave out the policy \"default\""),
          field("id", FieldType::string, "The token's own text (root or sudo only)"),
          field("meta", FieldType::pairs, "Metadata shown by lookups"),
          field("no_parent", FieldType::boolean, "Make an orphan (root or sudo only)"),
          field("policies", FieldType::string_list, "Names of the token's policies")};
}

std::vector<Field> role_fields() {
  return {field("role_name", FieldType::string, "Name of the role"),
          field("allowed_policies", FieldType::comma_list, "Policies that tokens of this role may have"),
          field("disallowed_policies", FieldType::comma_list, "Policies that tokens of this role may not have"),
          field("allowed_policies_glob", FieldType::comma_list, "As allowed_policies, with * as wildcard"),
          field("disallowed_policies_glob", FieldType::comma_list, "As disallowed_policies, with * as wildcard"),
          field("orphan", FieldType::boolean, "Whether tokens of this role have no parent"),
          older("period", FieldType::duration, "token_period"),
          field("path_suffix", FieldType::string, "Added to the path of tokens, so that they can be revoked by prefix"),
          older("explicit_max_ttl", FieldType::duration, "token_explicit_max_ttl"),
          field("renewable", FieldType::boolean, "Whether tokens of this role can be renewed", true),
          older("bound_cidrs", FieldType::comma_list, "token_bound_cidrs"),
          field("allowed_entity_aliases", FieldType::comma_list, "Entity aliases that may be asked for; * is a wildcard"),
          field("token_bound_cidrs", FieldType::comma_list, "Addresses and blocks from which tokens may be used"),
          field("token_explicit_max_ttl", FieldType::duration, "Maximum lifetime that renewals cannot exceed"),
          field("token_period", FieldType::duration, "Renewal period of tokens"),
          field("token_type", FieldType::string, "service, batch, default-service or default-batch", "default-service"),
          field("token_no_default_policy", FieldType::boolean, "Leave out the policy \"default\""),
          field("token_num_uses", FieldType::integer, "How often tokens may be used; 0 is without limit")};
}

class Backend final : public logical::Backend {
 public:
  Backend(Services services, Limits limits) : handlers_(std::move(services), limits) {
    std::vector<Path> paths;
    add_roles(paths);
    add_create(paths);
    add_lookup(paths);
    add_renew(paths);
    add_revoke(paths);
    set_paths(std::move(paths));
  }

  std::string help() const override {
    return "Tokens: how clients are known. They are made here and by logins, carry policies, and end with their lease.";
  }

 private:
  Handler read(Operation operation, ReadMethod method) const {
    return {operation, Reads{[this, method](const Call& c, const storage::ReadView& v) { return (handlers_.*method)(c, v); }}, ""};
  }
  Handler write(Operation operation, WriteMethod method) const {
    return {operation, Writes{[this, method](const Call& c, storage::WriteView& v) { return (handlers_.*method)(c, v); }}, ""};
  }
  Handler manage(ManageMethod method) const {
    return {Operation::update, Manages{[this, method](const Call& c) { return (handlers_.*method)(c); }}, ""};
  }
  static Path path(std::string pattern, std::vector<Field> fields, std::vector<Handler> handlers, std::string synopsis) {
    Path out;
    out.pattern = std::move(pattern);
    out.fields = std::move(fields);
    out.handlers = std::move(handlers);
    out.synopsis = std::move(synopsis);
    return out;
  }

  void add_roles(std::vector<Path>& paths) const {
    paths.push_back(path("roles/?", {}, {read(Operation::list, &Handlers::list_roles)}, "Names of the token roles."));
    Path role = path("roles/{role_name}", role_fields(),
                     {read(Operation::read, &Handlers::read_role), write(Operation::update, &Handlers::write_role),
                      write(Operation::remove, &Handlers::remove_role)},
                     "A token role: what tokens made by it may have.");
    role.exists = [this](const Call& call, const storage::ReadView& all) { return handlers_.role_exists(call, all); };
    paths.push_back(std::move(role));
    Path accessors = path("accessors/?", {}, {read(Operation::list, &Handlers::list_accessors)}, "Accessors of all tokens.");
    accessors.access = logical::Access::sudo;
    paths.push_back(std::move(accessors));
  }

  void add_create(std::vector<Path>& paths) const {
    std::vector<Field> with_role = create_fields();
    with_role.insert(with_role.begin(), field("role_name", FieldType::string, "Name of the role"));
    const auto create = [&](std::string pattern, std::vector<Field> fields, WriteMethod method, std::string synopsis) {
      Handler handler = write(Operation::update, method);
      handler.creates_lease = true;
      paths.push_back(path(std::move(pattern), std::move(fields), {std::move(handler)}, std::move(synopsis)));
    };
    create("create-orphan", create_fields(), &Handlers::create_orphan, "Makes a token without parent.");
    create("create/{role_name}", std::move(with_role), &Handlers::create_with_role, "Makes a token by the rules of a role.");
    create("create", create_fields(), &Handlers::create, "Makes a token.");
  }

  void add_lookup(std::vector<Path>& paths) const {
    const auto both = [this](ReadMethod method) { return std::vector{read(Operation::read, method), read(Operation::update, method)}; };
    Field token = field("token", FieldType::string, "The token to look up");
    paths.push_back(path("lookup", {token}, both(&Handlers::lookup), "Shows a token."));
    paths.push_back(path("lookup-accessor", {field("accessor", FieldType::string, "Accessor of the token")},
                         {read(Operation::update, &Handlers::lookup_accessor)}, "Shows the token of an accessor, without its text."));
    paths.push_back(path("lookup-self", {token}, both(&Handlers::lookup_self), "Shows the caller's token."));
  }

  void add_renew(std::vector<Path>& paths) const {
    const Field increment = field("increment", FieldType::duration, "By how much to extend, in seconds", 0);
    const Field token = field("token", FieldType::string, "The token to renew");
    const Field accessor = field("accessor", FieldType::string, "Accessor of the token to renew");
    paths.push_back(path("renew-accessor", {accessor, increment}, {write(Operation::update, &Handlers::renew_accessor)},
                         "Renews the token of an accessor."));
    paths.push_back(path("renew-self", {token, increment}, {write(Operation::update, &Handlers::renew_self)},
                         "Renews the caller's token."));
    paths.push_back(path("renew", {token, increment}, {write(Operation::update, &Handlers::renew)}, "Renews a token."));
  }

  void add_revoke(std::vector<Path>& paths) const {
    const Field token = field("token", FieldType::string, "The token to revoke");
    const Field accessor = field("accessor", FieldType::string, "Accessor of the token to revoke");
    paths.push_back(path("revoke-accessor", {accessor}, {manage(&Handlers::revoke_accessor)},
                         "Revokes the token of an accessor and its children."));
    paths.push_back(path("revoke-self", {}, {manage(&Handlers::revoke_self)}, "Revokes the caller's token and its children."));
    paths.push_back(path("revoke", {token}, {manage(&Handlers::revoke)}, "Revokes a token and its children."));
    paths.push_back(path("revoke-orphan", {token}, {manage(&Handlers::revoke_orphan)},
                         "Revokes a token; its children become orphans."));
    paths.push_back(path("tidy", {}, {manage(&Handlers::tidy)}, "Removes what points to tokens that are gone."));
  }

  Handlers handlers_;
};

}  // namespace

logical::BackendFactory make_backend(Services services) {
  return [services = std::move(services)](const logical::BackendConfig& config) -> base::Result<std::unique_ptr<logical::Backend>> {
    return std::unique_ptr<logical::Backend>(
        std::make_unique<Backend>(services, Limits{config.default_lease_ttl, config.max_lease_ttl}));
  };
}

}  // namespace auth_token

logical::BackendFactory token_backend(Core::Parts& parts) {
  const auto has_sudo = [&parts](const storage::ReadView& all, const TokenEntry& entry, std::string_view path) -> base::Result<bool> {
    ASSIGN_OR_RETURN(const auto acl, parts.handler->acl_of(all, entry));
    return acl->is_root() || (acl->capabilities(path, parts.clock.now()) & kSudo) != 0;
  };
  const auto mount_of = [&parts](std::string_view path) -> std::shared_ptr<const Mount> {
    const auto* found = parts.mounts->router()->find(path);
    return found == nullptr ? nullptr : *found;
  };
  const auto in_background = [&parts](const std::string& name, std::function<void()> task) {
    return parts.tasks.start(name, std::move(task));
  };
  return auth_token::make_backend(
      {parts.barrier, parts.tokens, parts.expiration, parts.policies, parts.identities, has_sudo, mount_of, in_background});
}

}  // namespace bao::core
