// `initialize "NAME" { request "NAME" { } }`: what a new server asks itself once. TOML: [initialize.NAME.request.NAME], or [[initialize]]
// and [[initialize.request]] with the key `type` for the name, as other blocks have it.
#include <algorithm>

#include "internal/config/blocks.h"

namespace bao::config {
namespace {

using codec::HclItem;
using codec::HclValue;
using codec::Json;

// A block and everything in it. Where JSON has objects in objects only, the names of inner ones stand as labels beside the block's
// own; several such items are one block.
struct Named {
  std::string name;
  std::vector<HclItem> members;
  bool folded = false;
  int line = 0, column = 0;
};

std::vector<Named> named_blocks(const std::vector<HclItem>& items, std::string_view key) {
  std::vector<Named> found;
  for (const Block& block : blocks_of(items, key)) {
    const std::vector<std::string>& labels = block.item->labels;
    if (labels.size() < 2) {
      found.push_back({block.label, block.body->object, false, block.line, block.column});
      continue;
    }
    HclItem inner = *block.item;
    inner.key = labels[1];
    inner.labels.assign(labels.begin() + 2, labels.end());
    const bool goes_on = !found.empty() && found.back().folded && found.back().name == labels[0];
    if (!goes_on) found.push_back({labels[0], {}, true, block.line, block.column});
    found.back().members.push_back(std::move(inner));
  }
  return found;
}

// An element of a TOML array of tables.
bool is_listed(const HclItem& item) { return item.assigned && item.assign_line == 0; }

class Reader {
 public:
  explicit Reader(const Place& place) : place_(place) {}

  base::Result<request_profile::Block> block(const Named& given) const {
    request_profile::Block block;
    block.name = given.name;
    std::vector<HclItem> own;
    for (const HclItem& item : given.members) {
      if (item.key != "request") own.push_back(item);
    }
    TRY(take(own, {{"when", &block.when}}));
    for (const Named& request : named_blocks(given.members, "request")) {
      if (request.name.empty()) return base::invalid("request name must be specified" + at(request.line, request.column));
      ASSIGN_OR_RETURN(request_profile::Step step, this->step(request));
      block.steps.push_back(std::move(step));
    }
    return block;
  }

 private:
  using Members = std::vector<std::pair<std::string_view, Json*>>;

  base::Result<request_profile::Step> step(const Named& given) const {
    request_profile::Step step;
    step.name = given.name;
    TRY(take(given.members, {{"operation", &step.operation},
                             {"path", &step.path},
                             {"token", &step.token},
                             {"data", &step.data},
                             {"headers", &step.headers},
                             {"when", &step.when},
                             {"allow_failure", &step.allow_failure}}));
    return step;
  }

  // A key that does nothing here would be a condition or a permission that is not heeded.
  base::Status take(const std::vector<HclItem>& items, const Members& members) const {
    ASSIGN_OR_RETURN(const Json object, object_of(items));
    for (const HclItem& item : items) {
      if (item.key == "type") continue;  // the name, where that is no label
      const auto known = std::find_if(members.begin(), members.end(), [&](const auto& member) { return member.first == item.key; });
      if (known == members.end()) return base::invalid(unknown_field(item.key, place_.of(item.line, item.column)));
      *known->second = object[item.key];
    }
    return {};
  }

  base::Result<Json> value_of(const HclValue& value) const {
    if (value.kind == HclValue::Kind::scalar) return value.scalar;
    if (value.kind == HclValue::Kind::object) return object_of(value.object);
    Json list = Json::array();
    for (const HclValue& item : value.list) {
      ASSIGN_OR_RETURN(Json one, value_of(item));
      list.push_back(std::move(one));
    }
    return list;
  }

  base::Result<Json> object_of(const std::vector<HclItem>& items) const {
    Json object = Json::object();
    for (const HclItem& item : items) {
      ASSIGN_OR_RETURN(Json value, value_of(item.value));
      if (is_listed(item)) {
        if (object.find(item.key) == nullptr) object.set(item.key, Json::array());
        object.find(item.key)->push_back(std::move(value));
        continue;
      }
      for (size_t i = item.labels.size(); i > 0; --i) value = Json::object({{item.labels[i - 1], std::move(value)}});
      TRY(merge(object, item.key, std::move(value), item));
    }
    return object;
  }

  // Objects of one name are parts of one.
  base::Status merge(Json& object, const std::string& key, Json value, const HclItem& item) const {
    Json* there = object.find(key);
    if (there == nullptr) {
      object.set(key, std::move(value));
      return {};
    }
    if (!there->is_object() || !value.is_object()) {
      return base::invalid("'" + key + "' is given twice" + at(item.line, item.column));
    }
    for (auto& [name, member] : value.members()) TRY(merge(*there, name, std::move(member), item));
    return {};
  }

  std::string at(int line, int column) const { return " (" + place_.of(line, column) + ")"; }

  const Place& place_;
};

}  // namespace

base::Status read_initialize(const std::vector<HclItem>& items, const Place& place, Config& config) {
  for (const Named& given : named_blocks(items, "initialize")) {
    const std::string where = " (" + place.of(given.line, given.column) + ")";
    if (given.name.empty()) return base::invalid("error parsing 'initialize': initialize name must be specified" + where);
    auto block = Reader(place).block(given);
    if (!block.ok()) return block.error().within("error parsing 'initialize': initialize.[" + given.name + "]");
    config.initialize.blocks.push_back(*std::move(block));
  }
  return {};
}

}  // namespace bao::config
