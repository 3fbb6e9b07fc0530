// The only file that sees toml++.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <toml++/toml.h>
#pragma GCC diagnostic pop

#include <algorithm>
#include <charconv>
#include <cmath>

#include "internal/base/limits.h"
#include "internal/config/source.h"

namespace bao::config {
namespace {

using codec::HclItem;
using codec::HclValue;
using codec::Json;

class Converter {
 public:
  explicit Converter(const std::string& file) : file_(file) {}

  base::Result<std::vector<HclItem>> items(const toml::table& table) {
    if (++depth_ > base::kHclDepthMax) return base::invalid(file_ + ": nested too deeply");
    std::vector<HclItem> out;
    for (const auto& [key, node] : table) TRY(add(key, node, out));
    std::stable_sort(out.begin(), out.end(), [](const HclItem& a, const HclItem& b) {
      return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
    --depth_;
    return out;
  }

 private:
  base::Status add(const toml::key& key, const toml::node& node, std::vector<HclItem>& out) {
    const auto one = [&](const toml::node& value) -> base::Status {
      HclItem item;
      item.key = std::string(key.str());
      item.assigned = true;
      item.line = static_cast<int>(key.source().begin.line);
      item.column = static_cast<int>(key.source().begin.column);
      item.assign_line = item.line;
      ASSIGN_OR_RETURN(item.value, this->value(value));
      if (item.line == 0) {  // made by a header such as [a.b]
        item.line = item.value.line;
        item.column = item.value.column;
      }
      out.push_back(std::move(item));
      return {};
    };
    const toml::array* array = node.as_array();
    if (array == nullptr || !array->is_array_of_tables()) return one(node);
    for (const toml::node& element : *array) TRY(one(element));
    return {};
  }

  base::Result<HclValue> value(const toml::node& node) {
    HclValue out;
    out.line = static_cast<int>(node.source().begin.line);
    out.column = static_cast<int>(node.source().begin.column);
    if (const toml::table* table = node.as_table(); table != nullptr) {
      out.kind = HclValue::Kind::object;
      ASSIGN_OR_RETURN(out.object, items(*table));
    } else if (const toml::array* array = node.as_array(); array != nullptr) {
      if (++depth_ > base::kHclDepthMax) return base::invalid(file_ + ": nested too deeply");
      out.kind = HclValue::Kind::list;
      for (const toml::node& element : *array) {
        ASSIGN_OR_RETURN(HclValue one, value(element));
        out.list.push_back(std::move(one));
      }
      --depth_;
    } else {
      ASSIGN_OR_RETURN(out.scalar, scalar(node, out));
    }
    return out;
  }

  base::Result<Json> scalar(const toml::node& node, const HclValue& at) {
    if (const auto* text = node.as_string(); text != nullptr) return Json(text->get());
    if (const auto* number = node.as_integer(); number != nullptr) return Json(number->get());
    if (const auto* flag = node.as_boolean(); flag != nullptr) return Json(flag->get());
    if (const auto* real = node.as_floating_point(); real != nullptr && std::isfinite(real->get())) {
      char text[32];
      const auto end = std::to_chars(text, text + sizeof text, real->get());
      std::string written(text, end.ptr);
      if (written.find_first_of(".e") == std::string::npos) written += ".0";
      return Json::number(std::move(written));
    }
    return base::invalid(Place{file_, Format::toml}.of(at.line, at.column) + ": this kind of value has no use here");
  }

  const std::string& file_;
  size_t depth_ = 0;
};

}  // namespace

base::Result<std::vector<HclItem>> read_toml(std::string_view text, const std::string& file_name) {
  const toml::parse_result parsed = toml::parse(text, file_name);
  if (!parsed) {
    const auto& at = parsed.error().source().begin;
    const std::string where = Place{file_name, Format::toml}.of(static_cast<int>(at.line), static_cast<int>(at.column));
    return base::invalid(where + ": " + std::string(parsed.error().description()));
  }
  return Converter(file_name).items(parsed.table());
}

}  // namespace bao::config
