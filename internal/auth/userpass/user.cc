#include "internal/auth/userpass/user.h"

#include "internal/base/letters.h"
#include "internal/codec/encoding.h"

namespace bao::auth::userpass {

using codec::Json;
using logical::duration_of;
using logical::strings_of;
using logical::take_member;

base::Result<User> parse_user(std::string_view stored) {
  ASSIGN_OR_RETURN(Json entry, logical::parse_entry(stored));
  User user;
  user.token.take_stored(entry);
  const auto hash = codec::from_base64(take_member(entry, "PasswordHash").as_string());
  if (!hash.ok()) return base::corrupt("user: the hash of the password is no base64");
  user.password_hash = *hash;
  user.policies = strings_of(take_member(entry, "Policies"));
  user.ttl = duration_of(take_member(entry, "TTL"));
  user.max_ttl = duration_of(take_member(entry, "MaxTTL"));
  user.bound_cidrs = strings_of(take_member(entry, "BoundCIDRs"));
  user.unknown = std::move(entry);
  // What older releases said in the older members counts where the newer ones are silent.
  if (user.token.ttl.count() == 0) user.token.ttl = user.ttl;
  if (user.token.max_ttl.count() == 0) user.token.max_ttl = user.max_ttl;
  if (user.token.policies.empty()) user.token.policies = user.policies;
  if (user.token.bound_cidrs.empty()) user.token.bound_cidrs = user.bound_cidrs;
  return user;
}

std::string serialize_user(const User& user) {
  Json record = Json::record();
  user.token.put_stored(record);
  record.set("PasswordHash", user.password_hash.empty() ? Json() : Json(codec::to_base64(user.password_hash)));
  record.set("Policies", logical::stored_strings(user.policies));
  record.set("TTL", logical::stored_duration(user.ttl));
  record.set("MaxTTL", logical::stored_duration(user.max_ttl));
  record.set("BoundCIDRs", logical::stored_strings(user.bound_cidrs));
  for (const auto& [name, value] : user.unknown.members()) record.set(name, value);
  return codec::write_json(record) + "\n";
}

std::string normal_name(std::string_view name) { return base::lower_case(name); }

base::Result<std::optional<User>> find_user(const storage::ReadView& view, std::string_view name) {
  ASSIGN_OR_RETURN(const auto stored, view.get(std::string(kUserPrefix) + normal_name(name)));
  if (!stored) return std::optional<User>();
  ASSIGN_OR_RETURN(User user, parse_user(*stored));
  return std::optional<User>(std::move(user));
}

base::Status put_user(storage::WriteView& view, std::string_view name, const User& user) {
  return view.put(std::string(kUserPrefix) + normal_name(name), serialize_user(user));
}

}  // namespace bao::auth::userpass
