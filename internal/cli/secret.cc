#include "internal/cli/secret.h"

namespace bao::cli {
namespace {

using codec::Json;

const Json& member(const Json& object, std::string_view name) {
  static const Json kNull;
  const Json* found = object.find_ignoring_case(name);
  return found == nullptr ? kNull : *found;
}

Json text_of(const Json& object, std::string_view name) { return Json(member(object, name).as_string()); }
Json flag_of(const Json& object, std::string_view name) { return Json(member(object, name).as_bool()); }

Json number_of(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_number() ? value : Json(0);
}

// Members in the order of the reference's SecretAuth.
Json auth_block(const Json& from) {
  if (!from.is_object()) return {};
  return Json::record({{"client_token", text_of(from, "client_token")},
                       {"accessor", text_of(from, "accessor")},
                       {"policies", member(from, "policies")},
                       {"token_policies", member(from, "token_policies")},
                       {"identity_policies", member(from, "identity_policies")},
                       {"metadata", member(from, "metadata")},
                       {"orphan", flag_of(from, "orphan")},
                       {"entity_id", text_of(from, "entity_id")},
                       {"lease_duration", number_of(from, "lease_duration")},
                       {"renewable", flag_of(from, "renewable")},
                       {"mfa_requirement", member(from, "mfa_requirement")}});
}

Json wrap_block(const Json& from) {
  if (!from.is_object()) return {};
  return Json::record({{"token", text_of(from, "token")},
                       {"accessor", text_of(from, "accessor")},
                       {"ttl", number_of(from, "ttl")},
                       {"creation_time", text_of(from, "creation_time")},
                       {"creation_path", text_of(from, "creation_path")},
                       {"wrapped_accessor", text_of(from, "wrapped_accessor")}});
}

bool is_zero(const Secret& secret) {
  return secret.request_id.empty() && secret.lease_id.empty() && secret.lease_duration == 0 && !secret.renewable &&
         secret.data.is_null() && secret.warnings.is_null() && secret.auth.is_null() && secret.wrap_info.is_null();
}

base::Result<std::optional<Secret>> without_envelope(Secret secret, const Json& body) {
  const Json* errors = body.find("errors");
  if (errors != nullptr && body.size() == 1) return std::optional<Secret>();
  if (errors != nullptr) {
    std::string text;
    for (const Json& error : errors->items()) text += (text.empty() ? "" : " ") + error.as_string();
    return base::invalid(text);
  }
  if (body.size() > 0) secret.data = body;
  return std::optional<Secret>(std::move(secret));
}

// Which member of which block a field name stands for.
struct FieldName { std::string_view field, member; };
constexpr FieldName kAuthFields[] = {{"token", "client_token"},
                                     {"token_accessor", "accessor"},
                                     {"token_duration", "lease_duration"},
                                     {"token_renewable", "renewable"},
                                     {"token_policies", "token_policies"},
                                     {"identity_policies", "identity_policies"},
                                     {"policies", "policies"}};
constexpr FieldName kWrapFields[] = {{"wrapping_token", "token"},
                                     {"wrapping_accessor", "accessor"},
                                     {"wrapping_token_ttl", "ttl"},
                                     {"wrapping_token_creation_time", "creation_time"},
                                     {"wrapping_token_creation_path", "creation_path"},
                                     {"wrapped_accessor", "wrapped_accessor"}};

const Json* block_field(const Json& block, std::span<const FieldName> names, std::string_view field) {
  for (const FieldName& name : names) {
    if (name.field == field) return block.find(name.member);
  }
  return nullptr;
}

}  // namespace

const Json* Secret::keys() const {
  const Json* found = data.find("keys");
  return found != nullptr && found->is_array() ? found : nullptr;
}

const Json* Secret::field(std::string_view name) const {
  const Json* found = nullptr;
  if (!auth.is_null()) {
    found = block_field(auth, kAuthFields, name);
    if (found != nullptr && found->is_null()) {  // a list that is not there is an empty one
      made_ = Json::array();
      return &made_;
    }
  } else if (!wrap_info.is_null()) {
    found = block_field(wrap_info, kWrapFields, name);
  } else if (name == "lease_duration" || name == "refresh_interval") {
    made_ = Json(lease_duration);
    return &made_;
  } else if (name == "lease_id" || name == "request_id") {
    made_ = Json(name == "lease_id" ? lease_id : request_id);
    return &made_;
  } else if (name == "renewable") {
    made_ = Json(renewable);
    return &made_;
  } else if (name == "data" && data.find("data") == nullptr) {
    found = &data;
  }
  if (found == nullptr) found = data.find(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

Json Secret::to_json() const {
  Json json = Json::record({{"request_id", Json(request_id)},
                            {"lease_id", Json(lease_id)},
                            {"lease_duration", Json(lease_duration)},
                            {"renewable", Json(renewable)},
                            {"data", data},
                            {"warnings", warnings}});
  if (!auth.is_null()) json.set("auth", auth);
  if (!wrap_info.is_null()) json.set("wrap_info", wrap_info);
  return json;
}

base::Result<std::optional<Secret>> parse_secret(std::string_view body) {
  if (body.empty()) return std::optional<Secret>();
  ASSIGN_OR_RETURN(const Json json, codec::parse_json(body, {}, codec::Trailing::tolerate_json));
  if (!json.is_object() && !json.is_null()) return base::invalid("json: cannot unmarshal a value that is no object into a secret");
  Secret secret;
  secret.request_id = member(json, "request_id").as_string();
  secret.lease_id = member(json, "lease_id").as_string();
  const auto duration = member(json, "lease_duration").as_int();
  secret.lease_duration = duration.ok() ? *duration : 0;
  secret.renewable = member(json, "renewable").as_bool();
  if (member(json, "data").is_object()) secret.data = member(json, "data");
  if (member(json, "warnings").is_array()) secret.warnings = member(json, "warnings");
  secret.auth = auth_block(member(json, "auth"));
  secret.wrap_info = wrap_block(member(json, "wrap_info"));
  if (is_zero(secret)) return without_envelope(std::move(secret), json);
  return std::optional<Secret>(std::move(secret));
}

Json auth_of_token(const std::string& token) {
  return auth_block(Json::object({{"client_token", Json(token)}}));
}

Json auth_of_lookup(const Secret& lookup) {
  const Json& data = lookup.data;
  Json policies = member(data, "policies");
  Json all = policies.is_array() ? policies : Json::array();
  for (const Json& policy : member(data, "identity_policies").items()) all.push_back(policy);
  return auth_block(Json::object({{"client_token", member(data, "id")},
                                  {"accessor", member(data, "accessor")},
                                  {"policies", all},
                                  {"token_policies", policies},
                                  {"identity_policies", member(data, "identity_policies")},
                                  {"metadata", member(data, "meta")},
                                  {"lease_duration", member(data, "ttl")},
                                  {"renewable", member(data, "renewable")}}));
}

}  // namespace bao::cli
