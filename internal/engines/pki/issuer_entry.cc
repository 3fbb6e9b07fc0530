#include "internal/engines/pki/issuer_entry.h"

#include <array>

namespace bao::engines::pki {
namespace {

using codec::Json;

constexpr std::array<std::pair<uint32_t, std::string_view>, 4> kUsageNames = {{
    {kCrlSigning, "crl-signing"}, {kIssuing, "issuing-certificates"}, {kOcspSigning, "ocsp-signing"}, {0, "read-only"}}};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

int64_t number(const Json& json) {
  const auto value = json.as_int();
  return value.ok() ? *value : 0;
}

}  // namespace

std::string_view behavior_name(NotAfterBehavior behavior) {
  switch (behavior) {
    case NotAfterBehavior::truncate: return "truncate";
    case NotAfterBehavior::permit: return "permit";
    case NotAfterBehavior::err: break;
  }
  return "err";
}

std::optional<NotAfterBehavior> behavior_by_name(std::string_view name) {
  for (const NotAfterBehavior behavior : {NotAfterBehavior::err, NotAfterBehavior::truncate, NotAfterBehavior::permit}) {
    if (behavior_name(behavior) == name) return behavior;
  }
  return std::nullopt;
}

std::string usage_names(uint32_t usages) {
  std::string text;
  for (const auto& [usage, name] : kUsageNames) {
    if (usage != 0 && (usages & usage) == 0) continue;
    if (!text.empty()) text += ',';
    text += name;
  }
  return text;
}

base::Result<uint32_t> usages_by_names(const std::vector<std::string>& names) {
  uint32_t usages = 0;
  for (const std::string& asked : names) {
    bool known = false;
    for (const auto& [usage, name] : kUsageNames) {
      if (asked != name) continue;
      usages |= usage;
      known = true;
    }
    if (!known) {
      return base::invalid("Unable to parse specified usages: [" + joined(names) + "] - valid values are " + usage_names(kAllUsages));
    }
  }
  return usages;
}

base::Result<IssuerEntry> IssuerEntry::parse(std::string_view bytes) {
  ASSIGN_OR_RETURN(Json json, parse_stored(bytes));
  IssuerEntry entry;
  entry.id = json["id"].as_string();
  entry.name = json["name"].as_string();
  entry.key_id = json["key_id"].as_string();
  entry.certificate = json["certificate"].as_string();
  entry.ca_chain = strings_of(json["ca_chain"]);
  entry.manual_chain = list_of(json["manual_chain"]);
  entry.serial_number = json["serial_number"].as_string();
  const int64_t behavior = number(json["not_after_behavior"]);
  if (behavior < 0 || behavior > 2) return base::corrupt("an issuer has an unknown behavior for certificates that outlive it");
  entry.not_after_behavior = static_cast<NotAfterBehavior>(behavior);
  entry.usage = static_cast<uint32_t>(number(json["usage"])) & kAllUsages;
  entry.revocation_signature_algorithm = number(json["revocation_signature_algorithm"]);
  entry.revoked = json["revoked"].as_bool();
  entry.revocation_time = number(json["revocation_time"]);
  if (json["revocation_time_utc"].is_string()) entry.revocation_time_utc = json["revocation_time_utc"].as_string();
  if (json["aia_uris"].is_object()) {
    ASSIGN_OR_RETURN(entry.urls, UrlConfig::parse(json["aia_uris"]));
  }
  if (json["last_modified"].is_string()) entry.last_modified = json["last_modified"].as_string();
  entry.version = number(json["version"]);
  entry.stored = std::move(json);
  return entry;
}

std::string IssuerEntry::write() const {
  Json record = Json::record({{"id", id},
                              {"name", name},
                              {"key_id", key_id},
                              {"certificate", certificate},
                              {"ca_chain", Json::strings(ca_chain)},
                              {"manual_chain", list_json(manual_chain)},
                              {"serial_number", serial_number},
                              {"not_after_behavior", static_cast<int>(not_after_behavior)},
                              {"usage", static_cast<int64_t>(usage)},
                              {"revocation_signature_algorithm", revocation_signature_algorithm},
                              {"revoked", revoked},
                              {"revocation_time", revocation_time},
                              {"revocation_time_utc", revocation_time_utc}});
  if (urls) record.set("aia_uris", urls->record());
  record.set("last_modified", last_modified);
  record.set("version", version);
  return write_stored(std::move(record), stored, {"aia_uris"});
}

base::Result<KeyEntry> KeyEntry::parse(std::string_view bytes) {
  KeyEntry entry;
  ASSIGN_OR_RETURN(entry.stored, parse_stored(bytes));
  entry.id = entry.stored["id"].as_string();
  entry.name = entry.stored["name"].as_string();
  entry.type = entry.stored["private_key_type"].as_string();
  entry.private_key = std::make_shared<const base::SecretBytes>(entry.stored["private_key"].as_string());
  if (Json* key = entry.stored.find("private_key")) key->wipe();
  return entry;
}

std::string KeyEntry::write() const {
  ENSURE(private_key != nullptr, "a key that is stored has its text");
  Json record = Json::record({{"id", id}, {"name", name}, {"private_key_type", type}});
  record.set("private_key", std::string(private_key->reveal()));
  return write_stored(std::move(record), stored);
}

base::Result<IssuerConfig> IssuerConfig::parse(std::string_view bytes) {
  IssuerConfig config;
  ASSIGN_OR_RETURN(config.stored, parse_stored(bytes));
  config.default_id = config.stored["default"].as_string();
  config.default_follows_latest_issuer = config.stored["default_follows_latest_issuer"].as_bool();
  return config;
}

std::string IssuerConfig::write() const {
  return write_stored(Json::record({{"default", default_id}, {"default_follows_latest_issuer", default_follows_latest_issuer}}), stored);
}

base::Result<KeyConfig> KeyConfig::parse(std::string_view bytes) {
  KeyConfig config;
  ASSIGN_OR_RETURN(config.stored, parse_stored(bytes));
  config.default_id = config.stored["default"].as_string();
  return config;
}

std::string KeyConfig::write() const { return write_stored(Json::record({{"default", default_id}}), stored); }

}  // namespace bao::engines::pki
