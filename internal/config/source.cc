#include "internal/config/source.h"

#include <algorithm>

namespace bao::config {
namespace {

using codec::HclItem;
using codec::HclValue;

bool is_object(const HclValue& value) { return value.kind == HclValue::Kind::object; }

// A TOML table of tables names blocks: [storage.raft]; the same for [[listener.tcp]].
bool holds_labels(const HclValue& value) {
  return is_object(value) && !value.object.empty() &&
         std::all_of(value.object.begin(), value.object.end(), [](const HclItem& item) { return is_object(item.value); });
}

std::string type_of(const HclValue& body) {
  for (const HclItem& item : body.object) {
    if (item.key == "type") return item.value.scalar.as_string();
  }
  return {};
}

}  // namespace

std::string Place::of(int line, int column) const {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

base::Result<std::vector<HclItem>> read_items(std::string_view text, Format format, const std::string& file_name) {
  return format == Format::toml ? read_toml(text, file_name) : codec::parse_hcl(text);
}

std::vector<Block> blocks_of(const std::vector<HclItem>& items, std::string_view key) {
  std::vector<Block> blocks;
  for (const HclItem& item : items) {
    if (item.key != key) continue;
    if (!item.labels.empty()) {
      blocks.push_back({item.labels.front(), &item, &item.value, item.line, item.column});
    } else if (item.assigned && holds_labels(item.value)) {
      for (const HclItem& inner : item.value.object) {
        blocks.push_back({inner.key, &item, &inner.value, inner.line, inner.column});
      }
    } else {
      blocks.push_back({type_of(item.value), &item, &item.value, item.line, item.column});
    }
  }
  return blocks;
}

}  // namespace bao::config
