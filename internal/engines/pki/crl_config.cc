#include "internal/engines/pki/crl_config.h"

#include "internal/base/time_format.h"

namespace bao::engines::pki {
namespace {

using codec::Json;

constexpr char kKey[] = "config/crl";
constexpr int kVersion = 1;

struct DurationMember {
  const char* name;
  std::string CrlConfig::*value;
};
constexpr DurationMember kDurations[] = {{"expiry", &CrlConfig::expiry},
                                         {"auto_rebuild_grace_period", &CrlConfig::auto_rebuild_grace_period},
                                         {"ocsp_expiry", &CrlConfig::ocsp_expiry},
                                         {"delta_rebuild_interval", &CrlConfig::delta_rebuild_interval}};
struct FlagMember {
  const char* name;
  bool CrlConfig::*value;
};
constexpr FlagMember kFlags[] = {{"disable", &CrlConfig::disable},
                                 {"ocsp_disable", &CrlConfig::ocsp_disable},
                                 {"auto_rebuild", &CrlConfig::auto_rebuild},
                                 {"enable_delta", &CrlConfig::enable_delta},
                                 {"allow_expired_cert_revocation", &CrlConfig::allow_expired_cert_revocation}};

// What was stored parses: changed_by sees to it. Anything else counts as zero.
base::Duration duration_of(const std::string& text) {
  const auto parsed = base::parse_api_duration(text);
  return parsed.ok() ? *parsed : base::Duration(0);
}

base::Status check(const CrlConfig& config) {
  if (config.auto_rebuild && config.grace_time() >= config.expiry_time()) {
    return base::invalid("CRL auto-rebuilding grace period (" + config.auto_rebuild_grace_period + ") must be strictly shorter than CRL expiry (" +
                         config.expiry + ") value when auto-rebuilding of CRLs is enabled");
  }
  if (!config.enable_delta) return {};
  if (!config.auto_rebuild) {
    return base::invalid("Delta CRLs cannot be enabled when auto rebuilding is disabled as the complete CRL is always regenerated!");
  }
  if (config.delta_interval() >= config.expiry_time()) {
    return base::invalid("CRL delta rebuild window (" + config.delta_rebuild_interval + ") must be strictly shorter than CRL expiry (" + config.expiry +
                         ") value when delta CRLs are enabled");
  }
  return {};
}

Json record_of(const CrlConfig& config) {
  return Json::record({{"version", kVersion},
                       {"expiry", config.expiry},
                       {"disable", config.disable},
                       {"ocsp_disable", config.ocsp_disable},
                       {"auto_rebuild", config.auto_rebuild},
                       {"auto_rebuild_grace_period", config.auto_rebuild_grace_period},
                       {"ocsp_expiry", config.ocsp_expiry},
                       {"enable_delta", config.enable_delta},
                       {"delta_rebuild_interval", config.delta_rebuild_interval},
                       {"allow_expired_cert_revocation", config.allow_expired_cert_revocation}});
}

}  // namespace

base::Duration CrlConfig::expiry_time() const { return duration_of(expiry); }
base::Duration CrlConfig::grace_time() const { return duration_of(auto_rebuild_grace_period); }
base::Duration CrlConfig::ocsp_expiry_time() const { return duration_of(ocsp_expiry); }
base::Duration CrlConfig::delta_interval() const { return duration_of(delta_rebuild_interval); }

Json CrlConfig::shown() const {
  Json shown = Json::object();
  for (const DurationMember& member : kDurations) shown.set(member.name, this->*member.value);
  for (const FlagMember& member : kFlags) shown.set(member.name, this->*member.value);
  return shown;
}

base::Result<CrlConfig> CrlConfig::changed_by(const logical::Fields& fields) const {
  CrlConfig changed = *this;
  for (const DurationMember& member : kDurations) {
    if (!fields.has(member.name)) continue;
    const std::string text = fields.string(member.name);
    const auto parsed = base::parse_api_duration(text);
    if (!parsed.ok()) return base::invalid("given " + std::string(member.name) + " could not be decoded: " + parsed.error().message());
    if (*parsed < base::Duration(0)) {
      return base::invalid(std::string(member.name) + " must be greater than or equal to 0 got: " + base::format_go_duration(*parsed));
    }
    changed.*member.value = text;
  }
  for (const FlagMember& member : kFlags) {
    if (fields.has(member.name)) changed.*member.value = fields.boolean(member.name);
  }
  TRY(check(changed));
  return changed;
}

base::Result<CrlConfig> read_crl_config(const storage::ReadView& view) {
  CrlConfig config;
  ASSIGN_OR_RETURN(const auto bytes, view.get(kKey));
  if (!bytes) return config;
  ASSIGN_OR_RETURN(const Json stored, codec::parse_json(*bytes));
  // What OpenBao stored before a member existed lacks it: its default holds.
  for (const DurationMember& member : kDurations) {
    const Json& value = stored[member.name];
    if (value.is_string() && !(value.as_string().empty() && member.value != &CrlConfig::expiry)) config.*member.value = value.as_string();
  }
  for (const FlagMember& member : kFlags) config.*member.value = stored[member.name].as_bool();
  return config;
}

base::Status put_crl_config(storage::WriteView& view, const CrlConfig& config) { return view.put(kKey, codec::write_json(record_of(config)) + "\n"); }

std::vector<logical::Field> crl_config_fields() {
  using logical::FieldType;
  return {{"expiry", FieldType::string, "How long a revocation list is good for, e.g. 72h.", "72h"},
          {"disable", FieldType::boolean, "Lists are empty."},
          {"ocsp_disable", FieldType::boolean, "OCSP is not answered."},
          {"ocsp_expiry", FieldType::string, "How long an OCSP answer is good for; 0: it names no end.", "12h"},
          {"auto_rebuild", FieldType::boolean, "Lists are rebuilt by and by instead of at each revocation."},
          {"auto_rebuild_grace_period", FieldType::string, "How long before its end a list is rebuilt.", "12h"},
          {"enable_delta", FieldType::boolean, "Delta lists are built between complete ones; needs auto_rebuild."},
          {"delta_rebuild_interval", FieldType::string, "How often a delta list is built.", "15m"},
          {"allow_expired_cert_revocation", FieldType::boolean, "Certificates past their end can be revoked."}};
}

}  // namespace bao::engines::pki
