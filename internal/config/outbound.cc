// `outbound_requests`: where the server connects to for its clients.
#include "internal/config/blocks.h"
#include "internal/config/convert.h"
#include "internal/net/address_rule.h"

namespace bao::config {
namespace {

using codec::HclItem;

base::Status check_ranges(const std::vector<std::string>& ranges) {
  const auto rule = net::AddressRule::allowing(ranges);
  return rule.ok() ? base::Status() : rule.error();
}

base::Status read_key(const HclItem& item, const Place& place, Config& config) {
  const std::string where = place.of(item.line, item.column);
  if (item.key != "allow_private") {
    config.warnings.push_back(unknown_field(item.key, where));
    return {};
  }
  const auto ranges = to_texts(item.value, item.key);
  const base::Status checked = ranges.ok() ? check_ranges(*ranges) : base::Status(ranges.error());
  if (!checked.ok()) return base::invalid("outbound_requests.allow_private: " + checked.error().message() + " (" + where + ")");
  config.outbound_allow_private = *ranges;
  return {};
}

}  // namespace

base::Status read_outbound(const std::vector<HclItem>& items, const Place& place, Config& config) {
  for (const Block& block : blocks_of(items, "outbound_requests")) {
    if (!block.label.empty() || block.body->kind != codec::HclValue::Kind::object)
      return base::invalid("outbound_requests: not a block of keys (" + place.of(block.line, block.column) + ")");
    for (const HclItem& item : block.body->object) TRY(read_key(item, place, config));
  }
  return {};
}

}  // namespace bao::config
