#include "internal/engines/kv/custom_metadata.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "internal/logical/field.h"

namespace bao::engines::kv {
namespace {

constexpr size_t kPairsMax = 64, kNameBytesMax = 128, kValueBytesMax = 512;
constexpr char kPrefix[] = "custom_metadata validation failed: ";

struct Range {
  uint32_t first, last;
};
// What Go's unicode.IsPrint refuses: controls, spaces other than ' ', format characters, private use.
constexpr std::array<Range, 14> kUnprintable = {{{0x00, 0x1f},
                                                 {0x7f, 0xa0},
                                                 {0xad, 0xad},
                                                 {0x61c, 0x61c},
                                                 {0x1680, 0x1680},
                                                 {0x180e, 0x180e},
                                                 {0x2000, 0x200f},
                                                 {0x2028, 0x202f},
                                                 {0x205f, 0x206f},
                                                 {0x3000, 0x3000},
                                                 {0xd800, 0xf8ff},
                                                 {0xfeff, 0xfeff},
                                                 {0xfff0, 0xfffb},
                                                 {0xe0000, 0x10ffff}}};

// The code point at `at`, which moves past it; the text is UTF-8.
uint32_t next_code_point(std::string_view text, size_t& at) {
  const auto lead = static_cast<uint8_t>(text[at++]);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  uint32_t point = lead & (0x3fu >> more);
  for (int i = 0; i < more && at < text.size(); ++i) point = point << 6 | (static_cast<uint8_t>(text[at++]) & 0x3fu);
  return point;
}

bool is_printable(uint32_t point) {
  return std::none_of(kUnprintable.begin(), kUnprintable.end(),
                      [&](const Range& range) { return point >= range.first && point <= range.last; });
}

bool is_printable(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (!is_printable(next_code_point(text, at))) return false;
  }
  return true;
}

// As Go's %q.
std::string quoted(std::string_view text) {
  static constexpr std::string_view kEscaped = "\a\b\f\n\r\t\v\\\"", kLetters = "abfnrtv\\\"";
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const uint32_t point = next_code_point(text, at);
    const size_t escape = point < 0x80 ? kEscaped.find(static_cast<char>(point)) : kEscaped.npos;
    if (escape != kEscaped.npos) {
      (out += '\\') += kLetters[escape];
    } else if (is_printable(point)) {
      out += text.substr(start, at - start);
    } else {
      char code[16];
      std::snprintf(code, sizeof code, point < 0x80 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x", point);
      out += code;
    }
  }
  return out + "\"";
}

base::Error joined(const std::vector<std::string>& errors) {
  std::string text = errors.size() == 1 ? "1 error occurred:" : std::to_string(errors.size()) + " errors occurred:";
  for (const std::string& error : errors) text += "\n\t* " + std::string(kPrefix) + error;
  return base::invalid(text + "\n\n");
}

void check_pair(const std::string& name, const std::string& value, std::vector<std::string>& errors) {
  if (name.empty() || name.size() > kNameBytesMax) {
    errors.push_back("length of key " + quoted(name) + " is " + std::to_string(name.size()) +
                     " but must be 0 < len(key) <= " + std::to_string(kNameBytesMax));
  }
  if (value.empty() || value.size() > kValueBytesMax) {
    errors.push_back("length of value for key " + quoted(name) + " is " + std::to_string(value.size()) +
                     " but must be 0 < len(value) <= " + std::to_string(kValueBytesMax));
  }
  if (!is_printable(name)) errors.push_back("key " + quoted(name) + " (" + name + ") contains unprintable characters");
  if (!is_printable(value)) errors.push_back("value for key " + quoted(name) + " contains unprintable characters");
}

}  // namespace

base::Result<std::map<std::string, std::string>> read_custom_metadata(const codec::Json& object, Nulls nulls) {
  std::map<std::string, std::string> pairs;
  for (const auto& [name, value] : object.members()) {
    if (value.is_null() && nulls == Nulls::are_left_out) continue;
    const auto text = logical::coerce(logical::FieldType::string, value);
    if (!text.ok()) return base::invalid(kPrefix + text.error().message());
    pairs[name] = text->as_string();
  }
  std::vector<std::string> errors;
  if (pairs.size() > kPairsMax) {
    return joined({"payload must contain at most " + std::to_string(kPairsMax) + " keys, provided " + std::to_string(pairs.size())});
  }
  for (const auto& [name, value] : pairs) check_pair(name, value, errors);
  if (!errors.empty()) return joined(errors);
  return pairs;
}

}  // namespace bao::engines::kv
