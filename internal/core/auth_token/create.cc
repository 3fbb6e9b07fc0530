// auth/token/create, create-orphan and create/<role>. The order of the checks is the reference's: a request that fails several
// of them gets its text.
#include "internal/core/auth_token/create_policies.h"
#include "internal/core/auth_token/handlers.h"
#include "internal/logical/policy_names.h"

namespace bao::core::auth_token {
namespace {

using logical::any_glob_matches;
using logical::contains;
using logical::unique_lower;

using base::Duration;
using base::Result;
using base::Status;
using logical::Call;

constexpr std::string_view kCustomIdWarning =
    "Supplying a custom ID for the token uses the weaker SHA1 hashing instead of the more secure SHA2-256 HMAC for token "
    "obfuscation. SHA1 hashed tokens on the wire leads to less secure lookups.";

std::string seconds_text(Duration d) { return std::to_string(base::whole_seconds(d)); }

// The caller's wishes after a role's were merged in.
struct Lifetime {
  Duration ttl{0}, explicit_max_ttl{0}, period{0};  // what counts
  Duration asked_explicit_max_ttl{0}, asked_period{0};  // what the entry remembers
  bool renewable = true;
};

Result<Duration> positive(const Call& call, std::string_view field) {
  const std::string text = call.fields.string(field);
  if (text.empty()) return Duration(0);
  ASSIGN_OR_RETURN(const Duration value, base::parse_api_duration(text));
  if (value.count() < 0) return base::invalid(std::string(field) + " must be positive");
  return value;
}

// The smaller of what was asked for and what the role says, with a warning when both say something.
Duration merged(Duration asked, Duration roles, std::string_view what, std::vector<std::string>& warnings) {
  if (roles.count() == 0) return asked;
  if (asked.count() == 0) return roles;
  const Duration value = std::min(asked, roles);
  warnings.push_back(std::string(what) + " specified both during creation call and in role; using the lesser value of " +
                     seconds_text(value) + " seconds");
  return value;
}

Result<bool> wants_batch(const Call& call, const Role* role) {
  std::string type = call.fields.string("type");
  if (role != nullptr) {
    if (role->token_type == RoleTokenType::service) type = "service";
    if (role->token_type == RoleTokenType::batch) type = "batch";
    if (role->token_type == RoleTokenType::default_batch && type.empty()) type = "batch";
  }
  if (type.empty() || type == "service") return false;
  if (type == "batch") return true;
  return base::invalid("invalid 'token_type' value");
}

// One check decides, as in the reference: the first of the fields that was given.
Status check_batch(const Call& call) {
  const auto refuse = [](std::string_view field) {
    return base::invalid("batch tokens cannot have \"" + std::string(field) + "\" set");
  };
  const bool max_given = !call.fields.string("explicit_max_ttl").empty();
  if (!max_given && call.fields.integer("num_uses") != 0) return refuse("num_uses");
  const std::string_view field = max_given ? "explicit_max_ttl" : "period";
  const std::string text = call.fields.string(field);
  if (text.empty()) return {};
  const auto value = base::parse_api_duration(text);
  if (!value.ok()) return base::invalid("'" + std::string(field) + "' value could not be parsed");
  return value->count() != 0 ? Status(refuse(field)) : Status();
}

std::string display_name_of(const Call& call) {
  const std::string asked = call.fields.string("display_name");
  if (asked.empty()) return "token";
  std::string name = "token-" + asked;
  std::string out;
  // One dash for each character that isn't allowed, however many bytes it has.
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    const bool continuation = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
    if (!continuation) out += plain ? c : '-';
  }
  if (out.ends_with('-')) out.pop_back();
  return out;
}

int64_t merged_uses(int64_t asked, const Role* role) {
  if (role == nullptr || role->token_num_uses == 0) return asked;
  return asked == 0 ? role->token_num_uses : std::min(asked, role->token_num_uses);
}

// The entity that `entity_alias` stands for, made where there is none yet; "" where none is asked for.
Result<std::string> entity_asked_for(const Services& services, const Call& call, storage::WriteView& all, const Role* role) {
  const std::string asked = call.fields.string("entity_alias");
  if (asked.empty()) return std::string();
  if (role == nullptr) return base::invalid("'entity_alias' is only allowed in combination with token role");
  const auto allowed = role->allowed_entity_aliases.value_or(std::vector<std::string>());
  const auto alias = unique_lower({asked});
  if (alias.empty() || !any_glob_matches(allowed, alias.front())) return base::invalid("invalid 'entity_alias' value");
  const auto mount = services.mount_of(call.request.path);
  if (mount == nullptr) return base::invalid("auth token mount accessor not found");
  ASSIGN_OR_RETURN(auto arrived, services.identities.find_or_make(all, {*mount, asked}, call.now));
  if (arrived.disabled) return base::denied("entity from given entity alias is disabled");
  return std::move(arrived.entity_id);
}

Status set_parent(const Call& call, bool orphan, const Role* role, bool sudo, const TokenEntry& parent, TokenEntry& entry) {
  entry.parent = parent.id;
  if (role != nullptr) {
    if (role->orphan) entry.parent.clear();
    entry.bound_cidrs = role->token_bound_cidrs;
  } else if (call.fields.boolean("no_parent")) {
    if (!sudo) return base::invalid("root or sudo privileges required to create orphan token");
    entry.parent.clear();
  } else if (orphan) {
    entry.parent.clear();
  }
  if (entry.parent.empty()) return {};
  entry.entity_id = parent.entity_id;
  if (role == nullptr) entry.bound_cidrs = parent.bound_cidrs;
  return {};
}

Result<Lifetime> asked_lifetime(const Call& call, const Role* role, bool sudo, bool batch, std::vector<std::string>& warnings) {
  Lifetime life;
  ASSIGN_OR_RETURN(life.asked_explicit_max_ttl, positive(call, "explicit_max_ttl"));
  ASSIGN_OR_RETURN(life.asked_period, positive(call, "period"));
  if (life.asked_period.count() > 0 && !sudo) {
    return base::invalid("root or sudo privileges required to create periodic token");
  }
  const bool has_ttl = !call.fields.string("ttl").empty();
  ASSIGN_OR_RETURN(life.ttl, positive(call, has_ttl ? "ttl" : "lease"));
  life.explicit_max_ttl = life.asked_explicit_max_ttl;
  life.period = life.asked_period;
  if (role == nullptr || batch) return life;
  life.explicit_max_ttl = merged(life.explicit_max_ttl, role->token_explicit_max_ttl, "Explicit max TTL", warnings);
  life.period = merged(life.period, role->token_period, "Period", warnings);
  return life;
}

// entry.ttl by the rules of the mount. Root tokens without a wish live for ever.
Status set_lifetime(const Lifetime& life, const Limits& limits, base::Time now, TokenEntry& entry,
                    std::vector<std::string>& warnings) {
  entry.ttl = life.ttl;
  entry.explicit_max_ttl = life.asked_explicit_max_ttl;
  entry.period = life.asked_period;
  const bool for_ever = life.period.count() == 0 && life.ttl.count() == 0 && contains(entry.policies, "root");
  if (!for_ever) {
    TtlInput in;
    in.backend_ttl = life.ttl;
    in.period = life.period;
    in.explicit_max_ttl = life.explicit_max_ttl;
    in.mount_default_ttl = limits.default_lease_ttl;
    in.mount_max_ttl = limits.max_lease_ttl;
    in.start = base::Time(std::chrono::seconds(entry.creation_time));
    in.now = now;
    auto granted = calculate_ttl(in);
    if (!granted.ok()) return failure(granted.error().code(), granted.error().message());
    entry.ttl = granted->ttl;
    for (std::string& warning : granted->warnings) warnings.push_back(std::move(warning));
  }
  if (entry.ttl.count() == 0) entry.ttl = life.explicit_max_ttl;
  return {};
}

Status check_root(const TokenEntry& entry, const TokenEntry& parent) {
  if (!contains(entry.policies, "root")) return {};
  if (!contains(parent.policies, "root")) {
    return base::invalid("root tokens may not be created without parent token being root");
  }
  if (entry.type == TokenType::batch) return base::invalid("batch tokens cannot be root tokens");
  return {};
}

logical::Auth auth_of(const TokenEntry& entry, const Call& call, const Lifetime& life) {
  logical::Auth auth;
  auth.display_name = entry.display_name;
  auth.policies = auth.token_policies = entry.policies;
  if (call.fields.has("meta")) auth.metadata = entry.meta;
  auth.entity_id = entry.entity_id;
  auth.ttl = entry.ttl;
  auth.renewable = life.renewable;
  auth.period = life.period;
  auth.explicit_max_ttl = life.explicit_max_ttl;
  return auth;
}

}  // namespace

base::Error failure(base::Code code, const base::Words& words) { return {code, logical::multierror(words)}; }

logical::Reply Handlers::create(const Call& call, storage::WriteView& all) const {
  return create_common(call, all, false, nullptr);
}

logical::Reply Handlers::create_orphan(const Call& call, storage::WriteView& all) const {
  return create_common(call, all, true, nullptr);
}

logical::Reply Handlers::create_with_role(const Call& call, storage::WriteView& all) const {
  const std::string name = call.fields.string("role_name");
  ASSIGN_OR_RETURN(const auto role, find_role(all, name));
  if (!role) return base::invalid("unknown role " + name);
  return create_common(call, all, false, &*role);
}

logical::Reply Handlers::create_common(const Call& call, storage::WriteView& all, bool orphan, const Role* role) const {
  const auto& fields = call.fields;
  logical::Response response;
  ASSIGN_OR_RETURN(const auto parent, services_.tokens.read(all, call.request.client_token, TokenStore::Spent::absent));
  if (!parent) return base::invalid("parent token lookup failed: no parent found");
  if (parent->type == TokenType::batch) return base::invalid("batch tokens cannot create more tokens");
  if (parent->num_uses > 0) return base::invalid("restricted use token cannot generate child tokens");
  ASSIGN_OR_RETURN(const bool sudo, services_.has_sudo(all, *parent, call.request.path));
  ASSIGN_OR_RETURN(const bool batch, wants_batch(call, role));
  if (batch) TRY(check_batch(call));
  if (fields.integer("num_uses") < 0) return base::invalid("number of uses cannot be negative");
  ASSIGN_OR_RETURN(std::string entity_id, entity_asked_for(services_, call, all, role));

  TokenEntry entry;
  entry.type = batch ? TokenType::batch : TokenType::service;
  entry.path = "auth/token/" + std::string(call.request.relative_path());
  if (role != nullptr && !role->path_suffix.empty()) entry.path += "/" + role->path_suffix;
  entry.role = role != nullptr ? role->name : "";
  entry.meta = fields.pairs("meta");
  entry.display_name = display_name_of(call);
  entry.num_uses = merged_uses(fields.integer("num_uses"), role);
  entry.creation_time = base::unix_seconds(call.now);
  entry.id = fields.string("id");
  if (!entry.id.empty() && !sudo) return base::invalid("root or sudo privileges required to specify token id");
  ASSIGN_OR_RETURN(entry.policies,
                   grant_policies({fields.strings("policies"), parent->policies, role, sudo, fields.boolean("no_default_policy")}));
  TRY(check_root(entry, *parent));
  TRY(set_parent(call, orphan, role, sudo, *parent, entry));
  if (!entity_id.empty()) entry.entity_id = std::move(entity_id);

  ASSIGN_OR_RETURN(Lifetime life, asked_lifetime(call, role, sudo, batch, response.warnings));
  life.renewable = fields.boolean("renewable") && !batch && (role == nullptr || role->renewable);
  TRY(set_lifetime(life, limits_, call.now, entry, response.warnings));
  if (entry.ttl.count() == 0) {
    if (parent->ttl.count() != 0) return base::invalid("expiring root tokens cannot create non-expiring root tokens");
    life.renewable = false;
    entry.bound_cidrs.clear();
  }
  if (!entry.id.empty()) response.warnings.emplace_back(kCustomIdWarning);
  logical::Auth auth = auth_of(entry, call, life);
  TRY(services_.tokens.create(all, *call.request.ns, entry, auth));
  TRY(add_identity_policies(auth));
  response.auth = std::move(auth);
  for (const std::string& name : entry.policies) {
    ASSIGN_OR_RETURN(const auto policy, services_.policies.get(all, *call.request.ns, name, call.now));
    if (policy == nullptr) response.warnings.push_back("Policy \"" + name + "\" does not exist");
  }
  return response;
}

}  // namespace bao::core::auth_token
