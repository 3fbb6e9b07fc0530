#include "internal/cli/mount_flags.h"

#include "internal/base/time_format.h"

namespace bao::cli {
namespace {

using codec::Json;

struct GivenSetting { std::string_view flag, member; };
constexpr GivenSetting kListSettings[] = {{"audit-non-hmac-request-keys", "audit_non_hmac_request_keys"},
                                          {"audit-non-hmac-response-keys", "audit_non_hmac_response_keys"},
                                          {"passthrough-request-headers", "passthrough_request_headers"},
                                          {"allowed-response-headers", "allowed_response_headers"}};
constexpr GivenSetting kTextSettings[] = {{"listing-visibility", "listing_visibility"},
                                          {"token-type", "token_type"},
                                          {"plugin-version", "plugin_version"}};

void add_given(Json& config, const FlagValues& flags) {
  for (const GivenSetting& setting : kListSettings) {
    const auto& values = flags.list(setting.flag);
    if (flags.given(setting.flag) && !values.empty()) config.set(setting.member, Json::strings(values));
  }
  for (const GivenSetting& setting : kTextSettings) {
    const std::string& text = flags.text(setting.flag);
    if (flags.given(setting.flag) && !text.empty()) config.set(setting.member, Json(text));
  }
}

// "" leaves it alone, "system" takes the server's own.
std::string tuned_ttl(base::Duration ttl) {
  if (ttl.count() == 0) return "";
  return ttl.count() < 0 ? "system" : base::format_go_duration(ttl);
}

void add_lockout(Json& config, const FlagValues& flags) {
  Json lockout = Json::record();
  if (flags.given("user-lockout-threshold")) lockout.set("lockout_threshold", Json(flags.text("user-lockout-threshold")));
  if (flags.given("user-lockout-duration")) {
    lockout.set("lockout_duration", Json(tuned_ttl(flags.duration("user-lockout-duration"))));
  }
  if (flags.given("user-lockout-counter-reset-duration")) {
    lockout.set("lockout_counter_reset_duration", Json(tuned_ttl(flags.duration("user-lockout-counter-reset-duration"))));
  }
  if (flags.given("user-lockout-disable")) lockout.set("lockout_disable", Json(flags.boolean("user-lockout-disable")));
  if (!lockout.empty()) config.set("user_lockout_config", std::move(lockout));
}

}  // namespace

Json mount_options(const FlagValues& flags) {
  Json options;
  for (const auto& [name, value] : flags.map("options")) {
    if (options.is_null()) options = Json::object();
    options.set(name, Json(value));
  }
  if (const int64_t version = flags.integer("version"); version > 0) {
    if (options.is_null()) options = Json::object();
    options.set("version", Json(std::to_string(version)));
  }
  return options;
}

Json config_of_new_mount(const FlagValues& flags, bool with_cache_setting) {
  Json config = Json::record({{"options", Json()},
                              {"default_lease_ttl", Json(base::format_go_duration(flags.duration("default-lease-ttl")))},
                              {"max_lease_ttl", Json(base::format_go_duration(flags.duration("max-lease-ttl")))}});
  config.set("force_no_cache", Json(with_cache_setting && flags.boolean("force-no-cache")));
  add_given(config, flags);
  return config;
}

Json config_of_tuned_mount(const FlagValues& flags) {
  Json config = Json::record({{"options", mount_options(flags)},
                              {"default_lease_ttl", Json(tuned_ttl(flags.duration("default-lease-ttl")))}});
  if (flags.given("description")) config.set("description", Json(flags.text("description")));
  config.set("max_lease_ttl", Json(tuned_ttl(flags.duration("max-lease-ttl"))));
  config.set("force_no_cache", Json(false));
  add_given(config, flags);
  add_lockout(config, flags);
  return config;
}

Json body_of_new_mount(const FlagValues& flags, const std::string& type, bool with_cache_setting) {
  return Json::record({{"type", Json(type)},
                       {"description", Json(flags.text("description"))},
                       {"config", config_of_new_mount(flags, with_cache_setting)},
                       {"local", Json(flags.boolean("local"))},
                       {"seal_wrap", Json(flags.boolean("seal-wrap"))},
                       {"external_entropy_access", Json(flags.boolean("external-entropy-access"))},
                       {"options", mount_options(flags)}});
}

std::string mounted_thing(const FlagValues& flags, const std::string& type, const std::string& kind) {
  const std::string& version = flags.text("plugin-version");
  return type + " " + kind + (version.empty() ? "" : " version " + version);
}

}  // namespace bao::cli
