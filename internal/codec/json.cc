// The value type: constructors, access by name, equality, merge patch.
#include "internal/codec/json.h"

#include <algorithm>
#include <charconv>

#include "internal/base/secret.h"

namespace bao::codec {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool same_members(const Json& a, const Json& b) {
  return a.members().size() == b.members().size() &&
         std::all_of(a.members().begin(), a.members().end(), [&](const Json::Member& member) {
           const Json* other = b.find(member.first);
           return other != nullptr && *other == member.second;
         });
}

}  // namespace

Json::Json(int64_t n) : kind_(Kind::number), text_(std::to_string(n)) {}
Json::Json(uint64_t n) : kind_(Kind::number), text_(std::to_string(n)) {}

Json Json::number(std::string text) {
  Json value;
  value.kind_ = Kind::number;
  value.text_ = std::move(text);
  return value;
}

Json Json::raw(std::string text) {
  Json value;
  value.kind_ = Kind::raw;
  value.text_ = std::move(text);
  return value;
}

Json Json::array(std::vector<Json> items) {
  Json value;
  value.kind_ = Kind::array;
  value.items_ = std::move(items);
  return value;
}

Json Json::object(std::vector<Member> members) {
  Json value;
  value.kind_ = Kind::object;
  value.members_ = std::move(members);
  return value;
}

Json Json::record(std::vector<Member> members) {
  Json value = object(std::move(members));
  value.kind_ = Kind::record;
  return value;
}

Json Json::strings(const std::vector<std::string>& items) {
  Json value = array();
  value.items_.reserve(items.size());
  for (const std::string& item : items) value.items_.emplace_back(item);
  return value;
}

const std::string& Json::as_string() const {
  static const std::string kEmpty;
  return kind_ == Kind::string ? text_ : kEmpty;
}

base::Result<int64_t> Json::as_int() const {
  const auto wrong = [&] { return base::invalid("\"" + text_ + "\" is not an integer of 64 bits"); };
  if (kind_ != Kind::number) return base::invalid("not a number");
  int64_t number = 0;
  const char* end = text_.data() + text_.size();
  const auto whole = std::from_chars(text_.data(), end, number);
  if (whole.ec == std::errc() && whole.ptr == end) return number;
  double approximate = 0;  // "3.0", "1e3": exact below 2^53, refused above
  const auto real = std::from_chars(text_.data(), end, approximate);
  constexpr double kExactMax = 9007199254740992.0;
  if (real.ec != std::errc() || real.ptr != end || approximate > kExactMax || approximate < -kExactMax) return wrong();
  number = static_cast<int64_t>(approximate);
  if (static_cast<double>(number) != approximate) return wrong();
  return number;
}

const std::vector<Json>& Json::items() const { return items_; }
std::vector<Json>& Json::items() { return items_; }
const std::vector<Json::Member>& Json::members() const { return members_; }
std::vector<Json::Member>& Json::members() { return members_; }

const Json* Json::find(std::string_view name) const {
  const auto found = std::find_if(members_.rbegin(), members_.rend(),
                                  [&](const Member& member) { return member.first == name; });
  return found == members_.rend() ? nullptr : &found->second;
}

Json* Json::find(std::string_view name) {
  return const_cast<Json*>(static_cast<const Json*>(this)->find(name));
}

const Json* Json::find_ignoring_case(std::string_view name) const {
  if (const Json* exact = find(name); exact != nullptr) return exact;
  const auto found = std::find_if(members_.rbegin(), members_.rend(), [&](const Member& member) {
    return equal_ignoring_case(member.first, name);
  });
  return found == members_.rend() ? nullptr : &found->second;
}

const Json& Json::operator[](std::string_view name) const {
  static const Json kNull;
  const Json* found = find(name);
  return found == nullptr ? kNull : *found;
}

Json& Json::set(std::string_view name, Json value) {
  if (kind_ == Kind::null) kind_ = Kind::object;
  if (Json* found = find(name); found != nullptr) return *found = std::move(value);
  return members_.emplace_back(std::string(name), std::move(value)).second;
}

bool Json::erase(std::string_view name) {
  return std::erase_if(members_, [&](const Member& member) { return member.first == name; }) > 0;
}

void Json::wipe() noexcept {
  base::wipe(text_);
  for (Json& item : items_) item.wipe();
  for (Member& member : members_) member.second.wipe();
  items_.clear();
  members_.clear();
  kind_ = Kind::null;
}

void Json::push_back(Json value) {
  if (kind_ == Kind::null) kind_ = Kind::array;
  items_.push_back(std::move(value));
}

size_t Json::size() const { return is_array() ? items_.size() : members_.size(); }

bool Json::operator==(const Json& other) const {
  if (is_object() && other.is_object()) return same_members(*this, other);
  return kind_ == other.kind_ && flag_ == other.flag_ && text_ == other.text_ && items_ == other.items_;
}

Json merge_patch(const Json& target, const Json& patch) {
  if (!patch.is_object()) return patch;
  Json merged = target.is_object() ? target : Json::object();
  for (const auto& [name, value] : patch.members()) {
    if (value.is_null()) {
      merged.erase(name);
    } else {
      merged.set(name, merge_patch(merged[name], value));
    }
  }
  return merged;
}

}  // namespace bao::codec
