#include "internal/logical/token_params.h"

#include "internal/base/time_format.h"
#include "internal/net/bound_addresses.h"

namespace bao::logical {
namespace {

using base::Duration;
using base::Status;
using codec::Json;

constexpr std::string_view kKindNames[] = {"default", "service", "batch", "default-service", "default-batch"};


Status read_kind(const Fields& fields, TokenParams::DefaultKinds default_kinds, TokenKind& kind) {
  if (!fields.has("token_type")) return {};
  std::string name = fields.string("token_type");
  if (default_kinds == TokenParams::DefaultKinds::adjusted && name.starts_with("default-")) name.erase(0, 8);
  if (name.empty() || name == "default") {
    kind = TokenKind::standard;
  } else if (name == "service") {
    kind = TokenKind::service;
  } else if (name == "batch") {
    kind = TokenKind::batch;
  } else {
    return base::invalid("invalid 'token_type' value \"" + name + "\"");
  }
  return {};
}

void read_duration(const Fields& fields, std::string_view name, Duration& out) {
  if (fields.has(name)) out = fields.duration(name);
}

Status check_batch(const TokenParams& params) {
  if (params.kind != TokenKind::batch && params.kind != TokenKind::default_batch) return {};
  const std::string context = "'token_type' cannot be 'batch' or 'default_batch' when set to generate ";
  if (params.period.count() != 0) return base::invalid(context + "periodic tokens");
  if (params.num_uses != 0) return base::invalid(context + "tokens with limited use count");
  return {};
}

Field field(const char* name, FieldType type, const char* description) {
  return {.name = name, .type = type, .description = description};
}

TokenKind stored_kind(const Json& value) {
  if (value.is_string()) return token_kind(value.as_string());
  const auto digit = value.as_int();
  return digit.ok() && *digit >= 0 && *digit <= 4 ? static_cast<TokenKind>(*digit) : TokenKind::standard;
}

int64_t integer_of(const Json& value) {
  const auto number = value.as_int();
  return number.ok() ? *number : 0;
}

}  // namespace

std::string_view name_of(TokenKind kind) { return kKindNames[static_cast<size_t>(kind)]; }

TokenKind token_kind(std::string_view name) {
  for (size_t i = 0; i < std::size(kKindNames); ++i) {
    if (kKindNames[i] == name) return static_cast<TokenKind>(i);
  }
  return TokenKind::standard;
}

TokenKind resolve_token_kind(TokenKind asked, TokenKind of_mount) {
  if (of_mount == TokenKind::service || of_mount == TokenKind::batch) return of_mount;
  if (asked == TokenKind::service || asked == TokenKind::batch) return asked;
  const bool batch = asked == TokenKind::default_batch || (asked == TokenKind::standard && of_mount == TokenKind::default_batch);
  return batch ? TokenKind::batch : TokenKind::service;
}

Status TokenParams::read(const Fields& fields, DefaultKinds default_kinds) {
  if (fields.has("token_bound_cidrs")) {
    auto parsed = net::parse_cidrs(fields.strings("token_bound_cidrs"));
    if (!parsed.ok()) {
      const std::string& text = parsed.error().message();
      return base::invalid(text + ": Unable to convert " + text.substr(text.find('"')) + " to an IPv4 or IPv6 address, or a UNIX Socket");
    }
    bound_cidrs = std::move(*parsed);
  }
  read_duration(fields, "token_explicit_max_ttl", explicit_max_ttl);
  read_duration(fields, "token_max_ttl", max_ttl);
  if (fields.has("token_no_default_policy")) no_default_policy = fields.boolean("token_no_default_policy");
  read_duration(fields, "token_period", period);
  if (fields.has("token_policies")) policies = fields.strings("token_policies");
  TRY(read_kind(fields, default_kinds, kind));
  if (fields.has("token_num_uses")) num_uses = fields.integer("token_num_uses");
  if (num_uses < 0) return base::invalid("'token_num_uses' cannot be negative");
  TRY(check_batch(*this));
  read_duration(fields, "token_ttl", ttl);
  if (ttl.count() > 0 && max_ttl.count() > 0 && ttl > max_ttl) {
    return base::invalid("'token_ttl' cannot be greater than 'token_max_ttl'");
  }
  if (fields.has("token_strictly_bind_ip")) strictly_bind_ip = fields.boolean("token_strictly_bind_ip");
  if (strictly_bind_ip && !bound_cidrs.empty()) {
    return base::invalid("'token_strictly_bind_ip' conflicts with 'token_bound_cidrs'; set only one");
  }
  return {};
}

void TokenParams::show(Json& data) const {
  data.set("token_bound_cidrs", Json::strings(bound_cidrs));
  data.set("token_explicit_max_ttl", base::whole_seconds(explicit_max_ttl));
  data.set("token_max_ttl", base::whole_seconds(max_ttl));
  data.set("token_no_default_policy", no_default_policy);
  data.set("token_period", base::whole_seconds(period));
  data.set("token_policies", Json::strings(policies));
  data.set("token_type", name_of(kind));
  data.set("token_ttl", base::whole_seconds(ttl));
  data.set("token_num_uses", num_uses);
  data.set("token_strictly_bind_ip", strictly_bind_ip);
}

void TokenParams::apply(Auth& auth, std::string_view address) const {
  auth.bound_cidrs = bound_cidrs;
  if (strictly_bind_ip) auth.bound_cidrs = {std::string(address)};
  auth.explicit_max_ttl = explicit_max_ttl;
  auth.max_ttl = max_ttl;
  auth.no_default_policy = no_default_policy;
  auth.period = period;
  auth.policies = policies;
  auth.renewable = true;
  auth.token_type = name_of(kind);
  auth.ttl = ttl;
  auth.num_uses = num_uses;
}

void TokenParams::take_stored(Json& entry) {
  bound_cidrs = strings_of(take_member(entry, "token_bound_cidrs"));
  explicit_max_ttl = duration_of(take_member(entry, "token_explicit_max_ttl"));
  max_ttl = duration_of(take_member(entry, "token_max_ttl"));
  no_default_policy = take_member(entry, "token_no_default_policy").as_bool();
  num_uses = integer_of(take_member(entry, "token_num_uses"));
  period = duration_of(take_member(entry, "token_period"));
  policies = strings_of(take_member(entry, "token_policies"));
  kind = stored_kind(take_member(entry, "token_type"));
  ttl = duration_of(take_member(entry, "token_ttl"));
  strictly_bind_ip = take_member(entry, "token_strictly_bind_ip").as_bool();
}

void TokenParams::put_stored(Json& record) const {
  record.set("token_bound_cidrs", stored_strings(bound_cidrs));
  record.set("token_explicit_max_ttl", stored_duration(explicit_max_ttl));
  record.set("token_max_ttl", stored_duration(max_ttl));
  record.set("token_no_default_policy", no_default_policy);
  record.set("token_num_uses", num_uses);
  record.set("token_period", stored_duration(period));
  record.set("token_policies", stored_strings(policies));
  record.set("token_type", static_cast<int64_t>(kind));
  record.set("token_ttl", stored_duration(ttl));
  record.set("token_strictly_bind_ip", strictly_bind_ip);
}

std::vector<Field> token_fields() {
  return {field("token_bound_cidrs", FieldType::comma_list, "Addresses and blocks from which the token may be used."),
          field("token_explicit_max_ttl", FieldType::duration, "A limit to the token's life that later changes of the role or mount do not move."),
          field("token_max_ttl", FieldType::duration, "The longest life of the token."),
          field("token_no_default_policy", FieldType::boolean, "Whether the token goes without the policy \"default\"."),
          field("token_period", FieldType::duration, "If set, the token has no longest life and each renewal gives this time."),
          field("token_policies", FieldType::comma_list, "Policies of the token."),
          {.name = "token_type", .type = FieldType::string, .description = "The type of token: service or batch.", .default_value = "default-service"},
          field("token_ttl", FieldType::duration, "The life that the token begins with."),
          field("token_num_uses", FieldType::integer, "How often the token may be used; 0: without limit."),
          field("token_strictly_bind_ip", FieldType::boolean, "Whether the token may be used only from the address that logged in.")};
}

Field deprecated_field(const char* name, FieldType type, std::string_view successor) {
  return {.name = name, .type = type, .description = "The older name of \"" + std::string(successor) + "\".", .deprecated = true};
}

Json stored_duration(Duration d) { return static_cast<int64_t>(d.count()); }
Duration duration_of(const Json& stored) { return Duration(integer_of(stored)); }
Json stored_strings(const std::vector<std::string>& strings) { return strings.empty() ? Json() : Json::strings(strings); }

std::vector<std::string> strings_of(const Json& stored) {
  std::vector<std::string> out;
  if (!stored.is_array()) return out;
  for (const Json& item : stored.items()) out.push_back(item.as_string());
  return out;
}

Json take_member(Json& object, std::string_view name) {
  Json out;
  if (const Json* found = object.find_ignoring_case(name); found != nullptr) out = *found;
  object.erase(name);
  return out;
}

base::Result<Json> parse_entry(std::string_view stored) {
  auto parsed = codec::parse_json(stored);
  if (!parsed.ok() || !parsed->is_object()) return base::corrupt("a stored entry is no JSON object");
  return parsed;
}

}  // namespace bao::logical
