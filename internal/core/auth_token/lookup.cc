// auth/token/lookup*, and the list of accessors.
#include "internal/core/auth_token/handlers.h"

namespace bao::core::auth_token {
namespace {

using codec::Json;
using logical::Call;

Json metadata_of(const TokenEntry& entry) {
  if (entry.meta.empty()) return {};
  Json out = Json::object();
  for (const auto& [key, value] : entry.meta) out.set(key, value);
  return out;
}

// The parent is left out on purpose: it would be a way to higher privileges.
Json show_entry(const TokenEntry& entry) {
  Json data = Json::object();
  data.set("id", entry.id);
  data.set("accessor", entry.accessor);
  data.set("policies", Json::strings(entry.policies));
  data.set("path", entry.path);
  data.set("meta", metadata_of(entry));
  data.set("display_name", entry.display_name);
  data.set("num_uses", entry.num_uses);
  data.set("orphan", entry.parent.empty());
  data.set("creation_time", entry.creation_time);
  data.set("creation_ttl", base::whole_seconds(entry.ttl));
  data.set("expire_time", nullptr);
  data.set("ttl", 0);
  data.set("explicit_max_ttl", base::whole_seconds(entry.explicit_max_ttl));
  data.set("entity_id", entry.entity_id);
  data.set("type", entry.type == TokenType::batch ? "batch" : "service");
  if (!entry.role.empty()) data.set("role", entry.role);
  if (entry.period.count() != 0) data.set("period", base::whole_seconds(entry.period));
  if (!entry.bound_cidrs.empty()) data.set("bound_cidrs", Json::strings(entry.bound_cidrs));
  return data;
}

void show_lease(const Lease& lease, base::Time now, Json& data) {
  if (lease.last_renewal_time != base::kZeroTime) {
    data.set("last_renewal_time", base::unix_seconds(lease.last_renewal_time));
    data.set("last_renewal", base::format_rfc3339(lease.last_renewal_time));
  }
  if (lease.expire_time != base::kZeroTime) {
    data.set("expire_time", base::format_rfc3339(lease.expire_time));
    data.set("ttl", lease.ttl_seconds(now));
  }
  data.set("renewable", lease.renewable() && lease.renewal_refusal(now).empty());
  data.set("issue_time", base::format_rfc3339(lease.issue_time));
}

}  // namespace

base::Result<std::string> token_field(const Call& call) {
  const Json* given = call.request.data.find("token");
  if (given != nullptr && !given->is_string()) return base::denied("invalid token");
  return call.fields.string("token");
}

logical::Reply Handlers::show(const Call& call, const storage::ReadView& all, std::string_view token) const {
  // On its last use a token is spent already, and still shown to itself.
  const bool own = token == call.request.client_token;
  const auto spent = own ? TokenStore::Spent::included : TokenStore::Spent::absent;
  ASSIGN_OR_RETURN(const auto found, services_.tokens.read_with_lease(all, token, spent));
  if (!found) return base::denied("bad token");
  Json data = show_entry(found->entry);
  if (found->lease) show_lease(*found->lease, call.now, data);
  return logical::Response::of(std::move(data));
}

logical::Reply Handlers::lookup(const Call& call, const storage::ReadView& all) const {
  ASSIGN_OR_RETURN(const std::string token, token_field(call));
  return show(call, all, token.empty() ? call.request.client_token : token);
}

logical::Reply Handlers::lookup_self(const Call& call, const storage::ReadView& all) const {
  return show(call, all, call.request.client_token);
}

logical::Reply Handlers::lookup_accessor(const Call& call, const storage::ReadView& all) const {
  const std::string accessor = call.fields.string("accessor");
  if (accessor.empty()) return failure(base::Code::invalid, "missing accessor");
  ASSIGN_OR_RETURN(const std::string token, services_.tokens.id_of_accessor(all, accessor));
  if (token.empty()) return failure(base::Code::invalid, "invalid accessor");
  ASSIGN_OR_RETURN(logical::Response response, show(call, all, token));
  response.data->set("id", "");
  return response;
}

logical::Reply Handlers::list_accessors(const Call& call, const storage::ReadView& all) const {
  ASSIGN_OR_RETURN(const auto accessors, services_.tokens.accessors(all, *call.request.ns));
  return logical::Response::keys(accessors);
}

}  // namespace bao::core::auth_token
