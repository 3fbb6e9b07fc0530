// auth/token/lookup*, and the list of accessors.
#include "internal/base/time_format.h"
#include "internal/core/auth_token/handlers.h"

namespace bao::core::auth_token {
namespace {

using codec::Json;
using logical::Call;

// The members of the answer as text, in the order of their names: what a Json object of them would be written as, without
// making one for every lookup.
class Members {
 public:
  Members& text(std::string_view name, std::string_view value) {
    codec::write_json_string_to(begin(name), value);
    return *this;
  }
  Members& number(std::string_view name, int64_t value) {
    begin(name) += std::to_string(value);
    return *this;
  }
  Members& flag(std::string_view name, bool value) {
    begin(name) += value ? "true" : "false";
    return *this;
  }
  Members& json(std::string_view name, const Json& value) {
    codec::write_json_to(begin(name), value);
    return *this;
  }
  Members& time(std::string_view name, base::Time value) {
    (begin(name) += '"') += base::format_rfc3339(value);
    out_ += '"';
    return *this;
  }
  Json done() {
    out_ += '}';
    return Json::raw(std::move(out_));
  }

 private:
  std::string& begin(std::string_view name) {
    if (out_.empty()) out_.reserve(768);
    out_ += out_.empty() ? "{\"" : ",\"";
    return (out_ += name) += "\":";
  }
  std::string out_;
};

Json metadata_of(const TokenEntry& entry) {
  if (entry.meta.empty()) return {};
  Json out = Json::object();
  for (const auto& [key, value] : entry.meta) out.set(key, value);
  return out;
}

int64_t seconds_left(const LeaseGlance& lease, base::Time now) {
  return base::whole_seconds(lease.expire_time - std::chrono::round<std::chrono::seconds>(now));
}

// The parent is left out on purpose: it would be a way to higher privileges.
Json show_entry(const TokenEntry& entry, const std::vector<std::string>& identity_policies, std::string_view id,
                const std::optional<LeaseGlance>& lease, base::Time now) {
  const bool ends = lease && lease->expire_time != base::kZeroTime;
  const bool renewed = lease && lease->last_renewal_time != base::kZeroTime;
  Members out;
  out.text("accessor", entry.accessor);
  if (!entry.bound_cidrs.empty()) out.json("bound_cidrs", Json::strings(entry.bound_cidrs));
  out.number("creation_time", entry.creation_time).number("creation_ttl", base::whole_seconds(entry.ttl));
  out.text("display_name", entry.display_name).text("entity_id", entry.entity_id);
  if (ends) out.time("expire_time", lease->expire_time);
  else out.json("expire_time", nullptr);
  out.number("explicit_max_ttl", base::whole_seconds(entry.explicit_max_ttl));
  if (!identity_policies.empty()) out.json("external_namespace_policies", Json::object());
  out.text("id", id);
  if (!identity_policies.empty()) out.json("identity_policies", Json::strings(identity_policies));
  if (lease) out.time("issue_time", lease->issue_time);
  if (renewed) out.time("last_renewal", lease->last_renewal_time);
  if (renewed) out.number("last_renewal_time", base::unix_seconds(lease->last_renewal_time));
  out.json("meta", metadata_of(entry)).number("num_uses", entry.num_uses).flag("orphan", entry.parent.empty());
  out.text("path", entry.path);
  if (entry.period.count() != 0) out.number("period", base::whole_seconds(entry.period));
  out.json("policies", Json::strings(entry.policies));
  if (lease) out.flag("renewable", lease->renewable && lease->expire_time >= now);
  if (!entry.role.empty()) out.text("role", entry.role);
  out.number("ttl", ends ? seconds_left(*lease, now) : 0);
  out.text("type", entry.type == TokenType::batch ? "batch" : "service");
  return out.done();
}

}  // namespace

base::Result<std::string> token_field(const Call& call) {
  const Json* given = call.request.data.find("token");
  if (given != nullptr && !given->is_string()) return base::denied("invalid token");
  return call.fields.string("token");
}

base::Result<std::vector<std::string>> Handlers::identity_policies(const TokenEntry& entry) const {
  if (entry.entity_id.empty() || entry.no_identity_policies) return std::vector<std::string>();
  ASSIGN_OR_RETURN(const auto standing, services_.identities.standing(entry.entity_id));
  return standing == nullptr ? std::vector<std::string>() : standing->policies;
}

logical::Reply Handlers::show_found(const TokenEntry& entry, std::string_view id, const std::optional<LeaseGlance>& lease, base::Time now) const {
  ASSIGN_OR_RETURN(const auto of_identity, identity_policies(entry));
  return logical::Response::of(show_entry(entry, of_identity, id, lease, now));
}

// A use is taken in the request's own transaction, which the cache doesn't see. On its last use a token is spent already, and
// still shown to itself.
logical::Reply Handlers::show_own(const Call& call, const storage::ReadView& all) const {
  const std::string& token = call.request.client_token;
  ASSIGN_OR_RETURN(const auto known, services_.tokens.lookup_with_lease(all, token));
  const bool as_committed = known != nullptr && known->entry->num_uses == 0;
  if (as_committed) return show_found(*known->entry, token, known->lease, call.now);
  return show(call, all, token, Secrecy::shown, TokenStore::Spent::included);
}

logical::Reply Handlers::show(const Call& call, const storage::ReadView& all, std::string_view token, Secrecy secrecy,
                              TokenStore::Spent spent) const {
  ASSIGN_OR_RETURN(const auto found, services_.tokens.read_with_lease(all, token, spent));
  if (!found) return base::denied("bad token");
  const auto lease = found->lease ? std::optional(glance_at(*found->lease)) : std::nullopt;
  const std::string_view id = secrecy == Secrecy::shown ? std::string_view(found->entry.id) : "";
  return show_found(found->entry, id, lease, call.now);
}

logical::Reply Handlers::lookup(const Call& call, const storage::ReadView& all) const {
  ASSIGN_OR_RETURN(const std::string token, token_field(call));
  if (token.empty() || token == call.request.client_token) return show_own(call, all);
  return show(call, all, token, Secrecy::shown, TokenStore::Spent::absent);
}

logical::Reply Handlers::lookup_self(const Call& call, const storage::ReadView& all) const { return show_own(call, all); }

logical::Reply Handlers::lookup_accessor(const Call& call, const storage::ReadView& all) const {
  const std::string accessor = call.fields.string("accessor");
  if (accessor.empty()) return failure(base::Code::invalid, "missing accessor");
  ASSIGN_OR_RETURN(const std::string token, services_.tokens.id_of_accessor(all, accessor));
  if (token.empty()) return failure(base::Code::invalid, "invalid accessor");
  const bool own = token == call.request.client_token;
  return show(call, all, token, Secrecy::hidden, own ? TokenStore::Spent::included : TokenStore::Spent::absent);
}

logical::Reply Handlers::list_accessors(const Call& call, const storage::ReadView& all) const {
  ASSIGN_OR_RETURN(const auto accessors, services_.tokens.accessors(all, *call.request.ns));
  return logical::Response::keys(accessors);
}

}  // namespace bao::core::auth_token
