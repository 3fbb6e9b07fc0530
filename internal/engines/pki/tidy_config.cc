#include "internal/engines/pki/tidy_config.h"

#include "internal/base/time_format.h"

namespace bao::engines::pki {
namespace {

using codec::Json;
using logical::Fields;
using logical::FieldType;

constexpr int64_t kPageMin = 5;

struct Flag {
  const char* name;
  bool TidyConfig::*value;
};
constexpr Flag kFlags[] = {{"tidy_cert_store", &TidyConfig::cert_store},
                           {"tidy_revoked_certs", &TidyConfig::revoked_certs},
                           {"tidy_invalid_certs", &TidyConfig::invalid_certs},
                           {"tidy_revoked_cert_issuer_associations", &TidyConfig::issuer_associations},
                           {"tidy_expired_issuers", &TidyConfig::expired_issuers},
                           {"tidy_move_legacy_ca_bundle", &TidyConfig::legacy_bundle},
                           {"tidy_acme", &TidyConfig::acme}};
struct Buffer {
  const char* name;
  base::Duration TidyConfig::*value;
  const char* automatic_name;  // as the refusal of config/auto-tidy has it
};
constexpr Buffer kBuffers[] = {{"safety_buffer", &TidyConfig::safety_buffer, "given safety_buffer"},
                               {"issuer_safety_buffer", &TidyConfig::issuer_safety_buffer, "given safety_buffer"},
                               {"acme_account_safety_buffer", &TidyConfig::acme_account_safety_buffer, "given acme_account_safety_buffer"}};
constexpr Buffer kRevokedBuffer{"revokedSafetyBuffer", nullptr, "revoked_safety_buffer"};

// The two places say the same in different words.
enum class Wording : uint8_t { run, automatic };

base::Error too_short(const Buffer& buffer, Wording wording, base::Duration got) {
  if (wording == Wording::run) return base::invalid(std::string(buffer.name) + " must be greater than zero");
  return base::invalid(std::string(buffer.automatic_name) + " must be at least one second; got: " + std::to_string(base::whole_seconds(got)));
}

base::Result<TidyConfig> changed(TidyConfig config, const Fields& fields, Wording wording) {
  for (const Flag& flag : kFlags) {
    if (fields.has(flag.name)) config.*flag.value = fields.boolean(flag.name);
  }
  if (fields.has("tidy_revocation_list")) config.revoked_certs = fields.boolean("tidy_revocation_list");
  for (const Buffer& buffer : kBuffers) {
    if (!fields.has(buffer.name)) continue;
    config.*buffer.value = fields.duration(buffer.name);
    if (config.*buffer.value < std::chrono::seconds(1)) return too_short(buffer, wording, config.*buffer.value);
  }
  if (fields.has("revoked_safety_buffer")) {
    config.revoked_safety_buffer = fields.duration("revoked_safety_buffer");
    if (*config.revoked_safety_buffer < std::chrono::seconds(1)) return too_short(kRevokedBuffer, wording, *config.revoked_safety_buffer);
  }
  if (const std::string pause = fields.string("pause_duration"); fields.has("pause_duration") && !pause.empty()) {
    const auto parsed = base::parse_api_duration(pause);
    if (!parsed.ok()) return base::invalid((wording == Wording::run ? "Error parsing pause_duration: " : "unable to parse given pause_duration: ") + parsed.error().message());
    if (*parsed < base::Duration(0)) return base::invalid("received invalid, negative pause_duration");
    config.pause = *parsed;
  }
  if (fields.has("page_size")) {
    config.page_size = fields.integer("page_size");
    // A run takes 0 and less for as many as is usual.
    if (wording == Wording::run && config.page_size > 0 && config.page_size < kPageMin) return base::invalid("page_size must be greater than five");
    if (wording == Wording::automatic && config.page_size < kPageMin) return base::invalid("page_size must be at least 5");
  }
  return config;
}

int64_t nanoseconds(base::Duration duration) { return duration.count(); }

base::Result<base::Duration> stored_duration(const Json& stored, base::Duration otherwise) {
  if (stored.is_null()) return otherwise;
  ASSIGN_OR_RETURN(const int64_t count, stored.as_int());
  return base::Duration(count);
}

}  // namespace

Json TidyConfig::shown_run() const {
  Json shown = Json::object();
  for (const Flag& flag : kFlags) shown.set(flag.name, this->*flag.value);
  for (const Buffer& buffer : kBuffers) shown.set(buffer.name, base::whole_seconds(this->*buffer.value));
  shown.set("revoked_safety_buffer", base::whole_seconds(revoked_buffer()));
  shown.set("pause_duration", base::format_go_duration(pause));
  shown.set("page_size", page_size);
  return shown;
}

Json TidyConfig::shown() const {
  Json all = shown_run();
  all.set("enabled", enabled);
  all.set("interval_duration", base::whole_seconds(interval));
  all.set("maintain_stored_certificate_counts", maintain_counts);
  all.set("publish_stored_certificate_count_metrics", publish_counts);
  return all;
}

std::vector<logical::Field> tidy_fields() {
  std::vector<logical::Field> fields{
      {"tidy_cert_store", FieldType::boolean, "Remove stored certificates that have expired."},
      {"tidy_revoked_certs", FieldType::boolean, "Remove revoked certificates that have expired, and rebuild the lists."},
      {"tidy_revocation_list", FieldType::boolean, "The former name of tidy_revoked_certs."},
      {"tidy_invalid_certs", FieldType::boolean, "Remove what is stored as a certificate and is none."},
      {"tidy_revoked_cert_issuer_associations", FieldType::boolean, "Find the issuers of revoked certificates that name none."},
      {"tidy_expired_issuers", FieldType::boolean, "Remove issuers that have expired."},
      {"tidy_move_legacy_ca_bundle", FieldType::boolean, "Move the authority of the layout of old."},
      {"tidy_acme", FieldType::boolean, "Remove accounts and orders of ACME that are over."},
      {"safety_buffer", FieldType::duration, "How long after its end something is removed.", 259200},
      {"revoked_safety_buffer", FieldType::duration, "The same for revoked certificates; safety_buffer by default."},
      {"issuer_safety_buffer", FieldType::duration, "The same for issuers.", 31536000},
      {"acme_account_safety_buffer", FieldType::duration, "The same for accounts of ACME.", 2592000},
      {"pause_duration", FieldType::string, "How long to wait between pages.", "0s"},
      {"page_size", FieldType::integer, "How many entries are looked at in one go.", 1000}};
  fields[2].deprecated = true;
  return fields;
}

std::vector<logical::Field> auto_tidy_fields() {
  std::vector<logical::Field> fields = tidy_fields();
  fields.push_back({"enabled", FieldType::boolean, "Whether tidying runs by itself."});
  fields.push_back({"interval_duration", FieldType::duration, "How long after the end of one run the next begins.", 43200});
  fields.push_back({"maintain_stored_certificate_counts", FieldType::boolean, "Whether stored certificates are counted."});
  fields.push_back({"publish_stored_certificate_count_metrics", FieldType::boolean, "Whether the count is published as a metric."});
  return fields;
}

base::Result<TidyConfig> tidy_of(const Fields& fields) { return changed(TidyConfig(), fields, Wording::run); }

base::Result<TidyConfig> auto_tidy_of(const TidyConfig& before, const Fields& fields) {
  ASSIGN_OR_RETURN(TidyConfig config, changed(before, fields, Wording::automatic));
  if (fields.has("enabled")) config.enabled = fields.boolean("enabled");
  if (fields.has("interval_duration")) config.interval = fields.duration("interval_duration");
  if (fields.has("maintain_stored_certificate_counts")) config.maintain_counts = fields.boolean("maintain_stored_certificate_counts");
  if (fields.has("publish_stored_certificate_count_metrics")) config.publish_counts = fields.boolean("publish_stored_certificate_count_metrics");
  if (config.enabled && !config.does_anything()) {
    return base::invalid(std::string("Auto-tidy enabled but no tidy operations were requested. Enable at least one tidy operation to be run ") + kTidyOperations + ".");
  }
  if (config.publish_counts && !config.maintain_counts) {
    return base::invalid(
        "Can not publish a running storage metrics count to metrics without first maintaining that count.  Enable "
        "`maintain_stored_certificate_counts` to enable `publish_stored_certificate_count_metrics`.");
  }
  return config;
}

base::Result<TidyConfig> TidyConfig::parse(const Json& stored) {
  TidyConfig config;
  config.enabled = stored["enabled"].as_bool();
  for (const Flag& flag : kFlags) config.*flag.value = stored[flag.name].as_bool();
  for (const Buffer& buffer : kBuffers) {
    ASSIGN_OR_RETURN(config.*buffer.value, stored_duration(stored[buffer.name], config.*buffer.value));
  }
  ASSIGN_OR_RETURN(config.interval, stored_duration(stored["interval_duration"], config.interval));
  ASSIGN_OR_RETURN(config.pause, stored_duration(stored["pause_duration"], config.pause));
  if (!stored["revoked_safety_buffer"].is_null()) {
    ASSIGN_OR_RETURN(config.revoked_safety_buffer, stored_duration(stored["revoked_safety_buffer"], base::Duration(0)));
  }
  if (const auto size = stored["page_size"].as_int(); size.ok()) config.page_size = *size;
  config.maintain_counts = stored["maintain_stored_certificate_counts"].as_bool();
  config.publish_counts = stored["publish_stored_certificate_count_metrics"].as_bool();
  return config;
}

Json TidyConfig::stored() const {
  Json record = Json::record({{"enabled", enabled}, {"interval_duration", nanoseconds(interval)}});
  for (const Flag& flag : kFlags) record.set(flag.name, this->*flag.value);
  record.set("safety_buffer", nanoseconds(safety_buffer));
  record.set("revoked_safety_buffer", revoked_safety_buffer ? Json(nanoseconds(*revoked_safety_buffer)) : Json());
  record.set("issuer_safety_buffer", nanoseconds(issuer_safety_buffer));
  record.set("acme_account_safety_buffer", nanoseconds(acme_account_safety_buffer));
  record.set("pause_duration", nanoseconds(pause));
  record.set("page_size", page_size);
  record.set("maintain_stored_certificate_counts", maintain_counts);
  record.set("publish_stored_certificate_count_metrics", publish_counts);
  return record;
}

base::Result<TidyConfig> read_auto_tidy(const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const auto bytes, view.get(kAutoTidy));
  if (!bytes) return TidyConfig();
  const auto stored = codec::parse_json(*bytes);
  if (!stored.ok()) return base::corrupt("config/auto-tidy is no JSON");
  return TidyConfig::parse(*stored);
}

base::Status put_auto_tidy(storage::WriteView& view, const TidyConfig& config) {
  return view.put(kAutoTidy, codec::write_json(config.stored()) + "\n");
}

}  // namespace bao::engines::pki
