// `audit "TYPE" "PATH" { }`: the devices that the server itself declares. TOML: [[audit]] with the keys `type` and `path`.
#include "internal/config/blocks.h"
#include "internal/config/convert.h"

namespace bao::config {
namespace {

using codec::HclItem;
using codec::HclValue;

base::Status read_options(const HclValue& value, Audit& audit) {
  for (const HclItem& item : value.object) {
    ASSIGN_OR_RETURN(audit.options[item.key], to_text(item.value, item.key));
  }
  return {};
}

base::Status read_key(const HclItem& item, const Place& place, Config& config, Audit& audit) {
  if (item.key == "options") {
    if (item.value.kind != HclValue::Kind::list) return read_options(item.value, audit);
    for (const HclValue& part : item.value.list) TRY(read_options(part, audit));
    return {};
  }
  if (item.key == "local") {
    ASSIGN_OR_RETURN(audit.local, to_bool(item.value));
    return {};
  }
  std::string* text = item.key == "type" ? &audit.type : item.key == "path" ? &audit.path : item.key == "description" ? &audit.description : nullptr;
  if (text == nullptr) {
    config.warnings.push_back(unknown_field(item.key, place.of(item.line, item.column)));
    return {};
  }
  ASSIGN_OR_RETURN(*text, to_text(item.value, item.key));
  return {};
}

}  // namespace

base::Status read_audits(const std::vector<HclItem>& items, const Place& place, Config& config) {
  for (const Block& block : blocks_of(items, "audit")) {
    const std::string where = " (" + place.of(block.line, block.column) + ")";
    Audit audit;
    if (block.item->labels.size() == 2) {
      audit.type = block.item->labels[0];
      audit.path = block.item->labels[1];
    }
    for (const HclItem& item : block.body->object) TRY(read_key(item, place, config, audit));
    if (audit.type.empty()) return base::invalid("error parsing 'audit': audit type must be specified" + where);
    if (audit.path.empty() || audit.path == "/") return base::invalid("error parsing 'audit': audit path must be specified" + where);
    if (!audit.path.ends_with('/')) audit.path += '/';
    for (const Audit& other : config.audits) {
      if (other.path == audit.path) return base::invalid("two audit devices with same path (" + audit.path + ") exist in config" + where);
    }
    if (audit.options.contains("prefix") && !config.allow_audit_log_prefixing) return base::invalid("audit log prefixing is not allowed" + where);
    if (audit.options.contains("log_raw") && !config.unsafe_allow_audit_log_raw) {
      return base::invalid("log_raw is not allowed: it needs unsafe_allow_audit_log_raw = true" + where);
    }
    config.audits.push_back(std::move(audit));
  }
  return {};
}

}  // namespace bao::config
