// The only file that sees toml++. With exceptions, which end here. toml++ 3.3 asserts what a file may well say ("[>x]"):
// its assertions become exceptions too, instead of ending the process.
#undef NDEBUG
#include <stdexcept>
namespace bao::config {
[[noreturn]] static void assertion_of_tomlplusplus_failed(const char* condition) { throw std::logic_error(condition); }
}  // namespace bao::config
#define TOML_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::bao::config::assertion_of_tomlplusplus_failed(#condition))
#define TOML_EXCEPTIONS 1
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
#include "internal/config/toml_text.h"

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
    const toml::array* array = node.as_array();
    const bool repeats = array != nullptr && array->is_array_of_tables();
    const auto one = [&](const toml::node& value) -> base::Status {
      HclItem item;
      item.key = std::string(key.str());
      item.assigned = true;
      item.line = static_cast<int>(key.source().begin.line);
      item.column = static_cast<int>(key.source().begin.column);
      item.assign_line = repeats ? 0 : item.line;
      ASSIGN_OR_RETURN(item.value, this->value(value));
      if (item.line == 0) {  // made by a header such as [a.b]
        item.line = item.value.line;
        item.column = item.value.column;
      }
      out.push_back(std::move(item));
      return {};
    };
    if (!repeats) return one(node);
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

bool begins_key(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '"' || c == '\'';
}

// Where a table's header holds no key, for the error; 1:1 when there is none.
std::pair<int, int> place_of_bad_header(std::string_view text) {
  int line = 1;
  for (size_t start = 0; start < text.size(); ++line) {
    const size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view content = text.substr(start, end - start);
    const size_t bracket = content.find_first_not_of(" \t");
    const size_t key = content.find_first_not_of("[ \t");
    const bool header = bracket != std::string_view::npos && content[bracket] == '[';
    if (header && (key == std::string_view::npos || !begins_key(content[key]))) {
      return {line, static_cast<int>(std::min(key, content.size())) + 1};
    }
    start = end + 1;
  }
  return {1, 1};
}

}  // namespace

base::Result<std::vector<HclItem>> read_toml(std::string_view text, const std::string& file_name) {
  if (const auto at = non_ascii_outside_strings(text); at) {
    return base::invalid(Place{file_name, Format::toml}.of(at->first, at->second) +
                         ": only strings and comments may hold characters that are not ASCII");
  }
  try {
    return Converter(file_name).items(toml::parse(text, file_name));
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    const std::string where = Place{file_name, Format::toml}.of(static_cast<int>(at.line), static_cast<int>(at.column));
    return base::invalid(where + ": " + std::string(error.description()));
  } catch (const std::logic_error&) {
    const auto [line, column] = place_of_bad_header(text);
    return base::invalid(Place{file_name, Format::toml}.of(line, column) + ": Error while parsing key: expected a key");
  }
}

}  // namespace bao::config
