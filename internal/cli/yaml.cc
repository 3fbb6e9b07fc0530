#include "internal/cli/yaml.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "internal/cli/columns.h"

namespace bao::cli {
namespace {

using codec::Json;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Words that YAML 1.1 reads as null, a truth value or a special number.
bool is_reserved_word(std::string_view text) {
  static constexpr std::string_view kWords[] = {
      "",     "~",    "null", "Null", "NULL",  "true",  "True",  "TRUE", "false", "False", "FALSE", "y",     "Y",
      "yes",  "Yes",  "YES",  "on",   "On",    "ON",    "n",     "N",    "no",    "No",    "NO",    "off",   "Off",
      "OFF",  ".nan", ".NaN", ".NAN", ".inf",  ".Inf",  ".INF",  "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
      "<<"};
  return std::find(std::begin(kWords), std::end(kWords), text) != std::end(kWords);
}

// Whether YAML reads the text as an integer or a float: decimal with underscores, 0x, 0b, 0o, exponents, base 60.
bool looks_numeric(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c != '_') plain += c;
  }
  std::string_view rest = plain;
  if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest.empty() || !(is_digit(rest[0]) || rest[0] == '.')) return false;
  if (rest.size() > 2 && rest[0] == '0' && (rest[1] == 'x' || rest[1] == 'b' || rest[1] == 'o')) {
    const int base = rest[1] == 'x' ? 16 : rest[1] == 'b' ? 2 : 8;
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest.data() + 2, rest.data() + rest.size(), value, base);
    return error == std::errc() && end == rest.data() + rest.size();
  }
  char* end = nullptr;
  std::strtod(plain.c_str(), &end);
  if (*end == 0 && rest.find_first_not_of("0123456789.eE+-") == std::string_view::npos && rest != ".") return true;
  const bool sexagesimal = rest.find(':') != std::string_view::npos && rest.find_first_not_of("0123456789:.") == std::string_view::npos;
  return sexagesimal && is_digit(rest.back());
}

// 2006-01-02 and 2006-01-02T15:04:05… are timestamps.
bool looks_like_time(std::string_view text) {
  if (text.size() < 8) return false;
  static constexpr std::string_view kShape = "dddd-";
  for (size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == 'd' ? !is_digit(text[i]) : text[i] != '-') return false;
  }
  const size_t second_dash = text.find('-', 5);
  if (second_dash == std::string_view::npos || second_dash > 7) return false;
  return std::all_of(text.begin() + 5, text.end(), [](char c) {
    return is_digit(c) || c == '-' || c == ':' || c == '.' || c == '+' || c == 'T' || c == 't' || c == 'Z' || c == ' ';
  });
}

bool has_special_bytes(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return (c < ' ' && c != '\n' && c != '\t') || c == 0x7f; });
}

// Whether a plain scalar would not be read back as this string.
bool plain_is_impossible(std::string_view text) {
  static constexpr std::string_view kLeaders = "#,[]{}&*!|>'\"%@`";
  const char first = text.front();
  if (kLeaders.find(first) != std::string_view::npos || first == ' ' || text.back() == ' ') return true;
  if ((first == '-' || first == '?' || first == ':') && (text.size() == 1 || text[1] == ' ')) return true;
  if (text.starts_with("---") || text.starts_with("...")) return true;
  return text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos || text.back() == ':' ||
         text.find('\t') == 0;
}

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      case 0: out += "\\0"; break;
      case 0x1b: out += "\\e"; break;
      default:
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
          static constexpr char kHex[] = "0123456789ABCDEF";
          out += std::string("\\x") + kHex[(c >> 4) & 15] + kHex[c & 15];
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

// A block scalar: |, with - or + for the newlines at its end.
std::string literal(std::string_view text, size_t indent) {
  std::string out = "|";
  if (text.front() == ' ' || text.front() == '\n') out += std::to_string(2);
  if (text.back() != '\n') {
    out += '-';
  } else if (text.size() == 1 || text[text.size() - 2] == '\n') {
    out += '+';
  }
  out += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0) out.append(indent, ' ').append(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!rest.empty()) out += '\n';
  }
  return out;
}

// A long line goes on in the next one at a space, once it is past column 80. `before`: columns written already.
std::string folded(std::string_view text, size_t indent, size_t before) {
  constexpr size_t kWidth = 80;
  std::string out;
  size_t column = before;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool between_words = text[i] == ' ' && i > 0 && i + 1 < text.size() && text[i - 1] != ' ' && text[i + 1] != ' ';
    if (between_words && column > kWidth) {
      out.append("\n").append(indent, ' ');
      column = indent;
      continue;
    }
    out += text[i];
    if ((text[i] & 0xc0) != 0x80) ++column;
  }
  return out;
}

std::string scalar_text(std::string_view text, size_t indent, size_t before) {
  if (text.empty()) return "\"\"";
  if (is_reserved_word(text) || looks_numeric(text) || looks_like_time(text)) return double_quoted(text);
  if (has_special_bytes(text)) return double_quoted(text);
  if (text.find('\n') != std::string_view::npos) {
    return text.find('\t') == 0 ? double_quoted(text) : literal(text, indent);
  }
  if (text.find('\t') != std::string_view::npos) return double_quoted(text);
  return folded(plain_is_impossible(text) ? single_quoted(text) : std::string(text), indent, before);
}

// Columns of the line that is being written.
size_t column_of(const std::string& out) {
  const size_t line = out.rfind('\n');
  return columns_of(std::string_view(out).substr(line == std::string::npos ? 0 : line + 1));
}

// Numbers go through an int64 or a float64, as they do there: 1.50 becomes 1.5.
std::string number_text(const std::string& text) {
  if (text.find_first_of(".eE") == std::string::npos) return text;
  const double value = std::strtod(text.c_str(), nullptr);
  char buffer[64];
  const double size = std::abs(value);
  const bool scientific = value != 0 && (size < 1e-4 || size >= 1e21);
  const auto result = scientific ? std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific)
                                 : std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::fixed);
  return std::string(buffer, result.ptr);
}

void write(std::string& out, const Json& value, size_t indent);

void write_members(std::string& out, const Json& value, size_t indent) {
  std::vector<const Json::Member*> members;
  for (const Json::Member& member : value.members()) members.push_back(&member);
  std::stable_sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  bool first = true;
  for (const Json::Member* member : members) {
    if (!first) out.append(indent, ' ');
    first = false;
    out += scalar_text(member->first, indent + 2, indent) + ":";
    const Json& item = member->second;
    if (item.is_object() && !item.empty()) {
      out.append("\n").append(indent + 2, ' ');
      write(out, item, indent + 2);
    } else if (item.is_array() && !item.empty()) {
      out.append("\n").append(indent, ' ');
      write(out, item, indent);
    } else {
      out += ' ';
      write(out, item, indent + 2);
    }
  }
}

void write(std::string& out, const Json& value, size_t indent) {
  switch (value.kind()) {
    case Json::Kind::null: out += "null\n"; return;
    case Json::Kind::boolean: out += value.as_bool() ? "true\n" : "false\n"; return;
    case Json::Kind::number: out += number_text(value.text()) + "\n"; return;
    case Json::Kind::array:
      if (value.empty()) out += "[]\n";
      for (const Json& item : value.items()) {
        if (&item != &value.items().front()) out.append(indent, ' ');
        out += "- ";
        write(out, item, indent + 2);
      }
      return;
    case Json::Kind::object:
    case Json::Kind::record:
      if (value.empty()) {
        out += "{}\n";
      } else {
        write_members(out, value, indent);
      }
      return;
    default: out += scalar_text(value.text(), indent == 0 ? 2 : indent, column_of(out)) + "\n";
  }
}

}  // namespace

std::string write_yaml(const Json& value) {
  std::string out;
  write(out, value, 0);
  return out;
}

}  // namespace bao::cli
