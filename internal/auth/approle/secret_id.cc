#include "internal/auth/approle/secret_id.h"

#include <algorithm>

#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"

namespace bao::auth::approle {
namespace {

using base::Result;
using base::Status;
using base::Time;
using codec::Json;
using logical::strings_of;
using logical::take_member;

constexpr char kFormatError[] = "failed to parse the input: invalid <key,value> format";

Result<Time> take_time(Json& entry, std::string_view name) {
  const Json value = take_member(entry, name);
  if (!value.is_string()) return base::kZeroTime;
  auto time = base::parse_rfc3339(value.as_string());
  if (!time.ok()) return base::corrupt(base::Words::of_node("secret id: " + std::string(name) + " is no time"));
  return time;
}

int64_t take_integer(Json& entry, std::string_view name) {
  const auto value = take_member(entry, name).as_int();
  return value.ok() ? *value : 0;
}

Json metadata_json(const SecretId& secret) {
  Json out = Json::object();
  for (const auto& [name, value] : secret.metadata) out.set(name, value);
  return out;
}

std::string_view accessor_prefix(std::string_view prefix) { return prefix == kLocalSecretIdPrefix ? "accessor_local/" : "accessor/"; }

Result<std::string> accessor_key(const storage::ReadView& view, std::string_view prefix, std::string_view accessor) {
  ASSIGN_OR_RETURN(const std::string id, salted(view, accessor));
  return std::string(accessor_prefix(prefix)) + id;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const size_t from = text.find_first_not_of(kSpace);
  return from == std::string_view::npos ? "" : text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

Result<std::map<std::string, std::string>> parse_pairs(std::string_view text) {
  std::map<std::string, std::string> out;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view pair = trimmed(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0 || pair.find('=', equals + 1) != std::string_view::npos) {
      return base::invalid(kFormatError);
    }
    out[std::string(trimmed(pair.substr(0, equals)))] = trimmed(pair.substr(equals + 1));
  }
  return out;
}

}  // namespace

Result<SecretId> parse_secret_id(std::string_view stored) {
  ASSIGN_OR_RETURN(Json entry, logical::parse_entry(stored));
  SecretId secret;
  secret.accessor = take_member(entry, "secret_id_accessor").as_string();
  secret.num_uses = take_integer(entry, "secret_id_num_uses");
  secret.ttl = logical::duration_of(take_member(entry, "secret_id_ttl"));
  ASSIGN_OR_RETURN(secret.creation_time, take_time(entry, "creation_time"));
  ASSIGN_OR_RETURN(secret.expiration_time, take_time(entry, "expiration_time"));
  ASSIGN_OR_RETURN(secret.last_updated_time, take_time(entry, "last_updated_time"));
  const Json metadata = take_member(entry, "metadata");
  if (metadata.is_object()) {
    for (const auto& [name, value] : metadata.members()) secret.metadata[name] = value.as_string();
  }
  secret.cidr_list = strings_of(take_member(entry, "cidr_list"));
  secret.token_bound_cidrs = strings_of(take_member(entry, "token_cidr_list"));
  const int64_t older = take_integer(entry, "SecretIDNumUses");
  secret.counts_twice = older != 0;
  if (older != 0 && (secret.num_uses == 0 || older < secret.num_uses)) secret.num_uses = older;
  secret.unknown = std::move(entry);
  return secret;
}

std::string serialize_secret_id(const SecretId& secret) {
  Json record = Json::record();
  record.set("secret_id_accessor", secret.accessor);
  record.set("secret_id_num_uses", secret.num_uses);
  record.set("secret_id_ttl", logical::stored_duration(secret.ttl));
  record.set("creation_time", base::format_rfc3339(secret.creation_time));
  record.set("expiration_time", base::format_rfc3339(secret.expiration_time));
  record.set("last_updated_time", base::format_rfc3339(secret.last_updated_time));
  record.set("metadata", metadata_json(secret));
  record.set("cidr_list", Json::strings(secret.cidr_list));
  record.set("token_cidr_list", Json::strings(secret.token_bound_cidrs));
  record.set("SecretIDNumUses", secret.counts_twice ? secret.num_uses : 0);
  for (const auto& [name, value] : secret.unknown.members()) record.set(name, value);
  return codec::write_json(record) + "\n";
}

Json show_secret_id(const SecretId& secret) {
  return Json::object({{"secret_id_accessor", secret.accessor},
                       {"secret_id_num_uses", secret.num_uses},
                       {"secret_id_ttl", base::whole_seconds(secret.ttl)},
                       {"creation_time", base::format_rfc3339(secret.creation_time)},
                       {"expiration_time", base::format_rfc3339(secret.expiration_time)},
                       {"last_updated_time", base::format_rfc3339(secret.last_updated_time)},
                       {"metadata", metadata_json(secret)},
                       {"cidr_list", Json::strings(secret.cidr_list)},
                       {"token_bound_cidrs", Json::strings(secret.token_bound_cidrs)}});
}

Result<std::string> mac_of(const Role& role, std::string_view text) {
  if (role.hmac_key.empty()) return base::corrupt("role: it has no key for its secret ids");
  if (text.size() > kMacInputMax) return base::invalid("value is longer than maximum of " + std::to_string(kMacInputMax) + " bytes");
  return codec::to_hex(crypto::hmac_sha256(role.hmac_key, text));
}

Result<std::string> folder_of(const Role& role) {
  ASSIGN_OR_RETURN(const std::string mac, mac_of(role, role.name));
  return role.secret_id_prefix + mac + "/";
}

Result<std::optional<SecretId>> find_secret_id(const storage::ReadView& view, const std::string& key) {
  ASSIGN_OR_RETURN(const auto stored, view.get(key));
  if (!stored) return std::optional<SecretId>();
  ASSIGN_OR_RETURN(SecretId secret, parse_secret_id(*stored));
  return std::optional<SecretId>(std::move(secret));
}

Result<std::string> mac_of_accessor(const storage::ReadView& view, std::string_view prefix, std::string_view accessor) {
  ASSIGN_OR_RETURN(const std::string key, accessor_key(view, prefix, accessor));
  ASSIGN_OR_RETURN(const auto stored, view.get(key));
  if (!stored) return std::string();
  ASSIGN_OR_RETURN(const Json entry, logical::parse_entry(*stored));
  return entry["secret_id_hmac"].as_string();
}

Status put_secret_id(storage::WriteView& view, const Role& role, const std::string& mac, const SecretId& secret) {
  ASSIGN_OR_RETURN(const std::string accessor, accessor_key(view, role.secret_id_prefix, secret.accessor));
  TRY(view.put(accessor, codec::write_json(Json::record({{"secret_id_hmac", mac}})) + "\n"));
  ASSIGN_OR_RETURN(const std::string folder, folder_of(role));
  return view.put(folder + mac, serialize_secret_id(secret));
}

Status remove_secret_id(storage::WriteView& view, std::string_view prefix, const std::string& key, const SecretId& secret) {
  ASSIGN_OR_RETURN(const std::string accessor, accessor_key(view, prefix, secret.accessor));
  TRY(view.remove(accessor));
  return view.remove(key);
}

Result<std::map<std::string, std::string>> parse_metadata(std::string_view text) {
  std::string input(trimmed(text));
  if (const auto decoded = codec::from_base64(input); decoded.ok()) input = *decoded;
  const auto parsed = codec::parse_json(input);
  const bool texts = parsed.ok() && parsed->is_object() &&
                     std::all_of(parsed->members().begin(), parsed->members().end(), [](const auto& m) { return m.second.is_string(); });
  if (!texts) return parse_pairs(input);
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : parsed->members()) out[name] = value.as_string();
  return out;
}

}  // namespace bao::auth::approle
