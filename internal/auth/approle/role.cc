#include "internal/auth/approle/role.h"

#include <algorithm>

#include "internal/base/letters.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"

namespace bao::auth::approle {
namespace {

using base::Result;
using base::Status;
using codec::Json;
using logical::duration_of;
using logical::stored_duration;
using logical::stored_strings;
using logical::strings_of;
using logical::take_member;

constexpr std::string_view kRoleIdPrefix = "role_id/", kSaltKey = "salt";

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// Two older spellings, of which the later one counts.
void take_bound_cidrs(Json& entry, Role& role) {
  const std::string oldest = take_member(entry, "bound_cidr_list").as_string();
  const auto older = strings_of(take_member(entry, "bound_cidr_list_list"));
  const Json current = take_member(entry, "secret_id_bound_cidrs");
  if (current.is_array()) role.secret_id_bound_cidrs = strings_of(current);
  if (!oldest.empty()) role.secret_id_bound_cidrs = split_list(oldest);
  if (!older.empty()) role.secret_id_bound_cidrs = older;
}

Result<std::string> role_id_key(const storage::ReadView& view, std::string_view role_id) {
  ASSIGN_OR_RETURN(const std::string id, salted(view, role_id));
  return std::string(kRoleIdPrefix) + id;
}

// The name of the role that has the role id, or "".
Result<std::string> name_of_role_id(const storage::ReadView& view, std::string_view role_id) {
  ASSIGN_OR_RETURN(const std::string key, role_id_key(view, role_id));
  ASSIGN_OR_RETURN(const auto stored, view.get(key));
  if (!stored) return std::string();
  ASSIGN_OR_RETURN(const Json entry, logical::parse_entry(*stored));
  return entry["name"].as_string();
}

}  // namespace

Result<Role> parse_role(std::string_view stored, std::string_view name) {
  ASSIGN_OR_RETURN(Json entry, logical::parse_entry(stored));
  Role role;
  role.token.take_stored(entry);
  role.role_id = take_member(entry, "role_id").as_string();
  role.hmac_key = take_member(entry, "hmac_key").as_string();
  role.policies = strings_of(take_member(entry, "policies"));
  const auto uses = take_member(entry, "secret_id_num_uses").as_int();
  role.secret_id_num_uses = uses.ok() ? *uses : 0;
  role.secret_id_ttl = duration_of(take_member(entry, "secret_id_ttl"));
  role.bind_secret_id = take_member(entry, "bind_secret_id").as_bool();
  take_bound_cidrs(entry, role);
  role.period = duration_of(take_member(entry, "period"));
  role.lower_case_name = take_member(entry, "lower_case_role_name").as_bool();
  const std::string prefix = take_member(entry, "secret_id_prefix").as_string();
  if (!prefix.empty()) role.secret_id_prefix = prefix;
  role.unknown = std::move(entry);
  role.name = role.lower_case_name ? base::lower_case(name) : std::string(name);
  if (role.token.period.count() == 0) role.token.period = role.period;
  if (role.token.policies.empty()) role.token.policies = role.policies;
  return role;
}

std::string serialize_role(const Role& role) {
  Json record = Json::record();
  role.token.put_stored(record);
  record.set("role_id", role.role_id);
  record.set("hmac_key", role.hmac_key);
  record.set("policies", stored_strings(role.policies));
  record.set("secret_id_num_uses", role.secret_id_num_uses);
  record.set("secret_id_ttl", stored_duration(role.secret_id_ttl));
  record.set("bind_secret_id", role.bind_secret_id);
  record.set("bound_cidr_list_list", nullptr);
  record.set("secret_id_bound_cidrs", role.secret_id_bound_cidrs ? Json::strings(*role.secret_id_bound_cidrs) : Json());
  record.set("period", stored_duration(role.period));
  record.set("lower_case_role_name", role.lower_case_name);
  record.set("secret_id_prefix", role.secret_id_prefix);
  for (const auto& [name, value] : role.unknown.members()) record.set(name, value);
  return codec::write_json(record) + "\n";
}

Result<std::optional<Role>> find_role(const storage::ReadView& view, std::string_view name) {
  ASSIGN_OR_RETURN(const auto stored, view.get(std::string(kRolePrefix) + base::lower_case(name)));
  if (!stored) return std::optional<Role>();
  ASSIGN_OR_RETURN(Role role, parse_role(*stored, name));
  return std::optional<Role>(std::move(role));
}

Result<std::optional<Role>> find_role_by_id(const storage::ReadView& view, std::string_view role_id) {
  ASSIGN_OR_RETURN(const std::string name, name_of_role_id(view, role_id));
  if (name.empty()) return std::optional<Role>();
  return find_role(view, name);
}

Status put_role(storage::WriteView& view, const Role& role, std::string_view previous_role_id) {
  if (!role.is_constrained()) return failure("at least one constraint should be enabled on the role");
  ASSIGN_OR_RETURN(const std::string holder, name_of_role_id(view, role.role_id));
  if (!holder.empty() && holder != role.name) return failure("role_id already in use");
  if (!previous_role_id.empty() && previous_role_id != role.role_id) {
    ASSIGN_OR_RETURN(const std::string previous, role_id_key(view, previous_role_id));
    TRY(view.remove(previous));
  }
  TRY(view.put(std::string(kRolePrefix) + base::lower_case(role.name), serialize_role(role)));
  ASSIGN_OR_RETURN(const std::string key, role_id_key(view, role.role_id));
  return view.put(key, codec::write_json(Json::record({{"name", role.name}})) + "\n");
}

Status remove_role(storage::WriteView& view, const Role& role) {
  ASSIGN_OR_RETURN(const std::string key, role_id_key(view, role.role_id));
  TRY(view.remove(key));
  return view.remove(std::string(kRolePrefix) + base::lower_case(role.name));
}

Status write_salt(storage::WriteView& view) {
  ASSIGN_OR_RETURN(const auto salt, view.get(kSaltKey));
  return salt ? Status() : view.put(kSaltKey, crypto::random_uuid());
}

Result<std::string> salted(const storage::ReadView& view, std::string_view id) {
  ASSIGN_OR_RETURN(auto salt, view.get(kSaltKey));
  if (!salt) return base::internal("the mount was not initialised: it has no salt");
  return codec::to_hex(crypto::sha256(salt->append(id)));
}

base::Error failure(const base::Words& words) { return base::internal(logical::multierror(words)); }

}  // namespace bao::auth::approle
