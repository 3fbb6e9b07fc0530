// Leases at rest, as Go's encoder writes them: members in the struct's order, times in RFC 3339, no newline at the end.
#include "internal/core/expiration/expiration.h"

namespace bao::core {
namespace {

using base::Result;
using base::Time;
using codec::Json;

constexpr std::string_view kMembers[] = {"lease_id", "client_token", "token_type",  "path",
                                         "data",     "secret",       "auth",        "issue_time",
                                         "expire_time", "last_renewal_time", "login_role", "version", "revokeErr"};
constexpr int kBatchToken = 2;

const Json& member(const Json& document, std::string_view name) {
  static const Json nothing;
  const Json* found = document.find_ignoring_case(name);
  return found == nullptr ? nothing : *found;
}

Result<Time> read_time(const Json& document, std::string_view name) {
  const Json& value = member(document, name);
  if (value.is_null()) return base::kZeroTime;
  auto time = base::parse_rfc3339(value.as_string());
  if (!time.ok()) return base::corrupt("lease: " + std::string(name) + " is no time");
  return time;
}

// Older releases wrote the type's name.
int read_token_type(const Json& value) {
  if (value.is_string()) return value.as_string() == "batch" ? kBatchToken : 0;
  const auto digit = value.as_int();
  return digit.ok() && *digit >= 0 && *digit <= 4 ? static_cast<int>(*digit) : 0;
}

// A document inside another one, without copying its members.
Json as_text(const Json& document) { return Json::raw(codec::write_json(document)); }

bool flag(const Json& object, std::string_view name) { return object.is_object() && object[name].as_bool(); }

}  // namespace

bool Lease::renewable() const {
  if (!revoke_error.empty() || expire_time == base::kZeroTime || token_type == kBatchToken) return false;
  if (secret.is_object()) return flag(secret, "renewable");
  if (auth.is_object()) return flag(auth, "renewable");
  return true;
}

std::string Lease::renewal_refusal(Time now) const {
  if (!revoke_error.empty()) return "lease is expired and has failed previous revocation attempts";
  if (expire_time == base::kZeroTime) return "lease is not renewable";
  if (token_type == kBatchToken) return "";
  if (expire_time < now) return "lease expired";
  return renewable() ? "" : "lease is not renewable";
}

int64_t Lease::ttl_seconds(Time now) const {
  if (expire_time == base::kZeroTime) return 0;
  return base::whole_seconds(expire_time - std::chrono::round<std::chrono::seconds>(now));
}

Result<Lease> parse_lease(std::string_view stored) {
  auto parsed = codec::parse_json(stored);
  if (!parsed.ok() || !parsed->is_object()) return base::corrupt("lease: not a JSON object");
  Json document = std::move(*parsed);
  Lease lease;
  lease.id = member(document, "lease_id").as_string();
  lease.client_token = member(document, "client_token").as_string();
  lease.token_type = read_token_type(member(document, "token_type"));
  lease.path = member(document, "path").as_string();
  lease.data = member(document, "data");
  lease.secret = member(document, "secret");
  lease.auth = member(document, "auth");
  ASSIGN_OR_RETURN(lease.issue_time, read_time(document, "issue_time"));
  ASSIGN_OR_RETURN(lease.expire_time, read_time(document, "expire_time"));
  ASSIGN_OR_RETURN(lease.last_renewal_time, read_time(document, "last_renewal_time"));
  lease.login_role = member(document, "login_role").as_string();
  const auto version = member(document, "version").as_int();
  lease.version = version.ok() ? *version : 0;
  lease.revoke_error = member(document, "revokeErr").as_string();
  for (const auto name : kMembers) document.erase(name);
  lease.unknown = std::move(document);
  return lease;
}

std::string serialize_lease(const Lease& lease) {
  std::vector<Json::Member> members;
  members.reserve(16);
  const auto add = [&](const char* name, Json value) { members.emplace_back(name, std::move(value)); };
  add("lease_id", lease.id);
  add("client_token", lease.client_token);
  add("token_type", lease.token_type);
  add("path", lease.path);
  add("data", as_text(lease.data));
  add("secret", as_text(lease.secret));
  add("auth", as_text(lease.auth));
  add("issue_time", base::format_rfc3339(lease.issue_time));
  add("expire_time", base::format_rfc3339(lease.expire_time));
  add("last_renewal_time", base::format_rfc3339(lease.last_renewal_time));
  add("login_role", lease.login_role);
  add("version", lease.version);
  add("revokeErr", lease.revoke_error);
  for (const Json::Member& member : lease.unknown.members()) members.push_back(member);
  return codec::write_json(Json::record(std::move(members)));
}

}  // namespace bao::core
