// `user_lockout "TYPE" { }`: when who fails to log in too often is locked out, of one auth method or of "all".
#include <algorithm>

#include "internal/base/letters.h"
#include "internal/config/blocks.h"
#include "internal/config/convert.h"

namespace bao::config {
namespace {

using codec::HclItem;

base::Result<int64_t> to_threshold(const codec::HclValue& value) {
  auto threshold = to_integer(value);
  if (threshold.ok() && *threshold < 0) return base::invalid("it cannot be negative");
  return threshold;
}

base::Result<base::Duration> to_span(const codec::HclValue& value, const std::string& key) {
  auto span = to_duration(value);
  if (span.ok() && span->count() < 0) return base::invalid(key + " cannot be negative");
  return span;
}

base::Status read_key(const HclItem& item, const Place& place, Config& config, UserLockout& lockout) {
  if (item.key == "type") return {};
  if (item.key == "lockout_threshold") {
    ASSIGN_OR_RETURN(lockout.threshold, to_threshold(item.value));
  } else if (item.key == "lockout_duration") {
    ASSIGN_OR_RETURN(lockout.duration, to_span(item.value, item.key));
  } else if (item.key == "lockout_counter_reset") {
    ASSIGN_OR_RETURN(lockout.counter_reset, to_span(item.value, item.key));
  } else if (item.key == "disable_lockout") {
    ASSIGN_OR_RETURN(lockout.disabled, to_bool(item.value));
  } else {
    config.warnings.push_back(unknown_field(item.key, place.of(item.line, item.column)));
  }
  return {};
}

}  // namespace

base::Status read_user_lockouts(const std::vector<HclItem>& items, const Place& place, Config& config) {
  std::vector<Block> blocks = blocks_of(items, "user_lockout");
  for (Block& block : blocks) block.label = base::lower_case(block.label);
  // The others say nothing but where they differ from it.
  std::stable_partition(blocks.begin(), blocks.end(), [](const Block& block) { return block.label == "all"; });
  if (!blocks.empty()) config.user_lockouts.try_emplace("all");
  for (const Block& block : blocks) {
    const std::string where = " (" + place.of(block.line, block.column) + ")";
    const std::string& type = block.label;
    if (type.empty()) {
      return base::invalid("error parsing 'user_lockout': auth type for user lockout must be specified, if it applies to all auth methods "
                           "specify \"all\"" + where);
    }
    if (type != "all" && type != "userpass" && type != "approle" && type != "ldap") {
      return base::invalid("error parsing 'user_lockout': unsupported auth type \"" + type + "\"" + where);
    }
    UserLockout lockout = config.user_lockouts.at("all");
    for (const HclItem& item : block.body->object) {
      const base::Status read = read_key(item, place, config, lockout);
      if (read.ok()) continue;
      return base::invalid("error parsing 'user_lockout': error parsing " + item.key + ": " + read.error().message() + " (" +
                           place.of(item.line, item.column) + ")");
    }
    config.user_lockouts.insert_or_assign(type, lockout);
  }
  return {};
}

}  // namespace bao::config
