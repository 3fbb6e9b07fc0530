// The one JSON writer, with Go's escaping and key order.
#include <algorithm>

#include "internal/codec/json.h"

namespace bao::codec {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u00";
  out += kHex[(static_cast<unsigned char>(c) >> 4) & 15];
  out += kHex[static_cast<unsigned char>(c) & 15];
}

bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

// U+2028 and U+2029, which end lines in JavaScript.
bool is_line_separator(std::string_view rest) {
  return rest.size() >= 3 && rest[0] == '\xe2' && rest[1] == '\x80' && (rest[2] == '\xa8' || rest[2] == '\xa9');
}

std::vector<const Json::Member*> members_in_order(const Json& value) {
  std::vector<const Json::Member*> order;
  order.reserve(value.members().size());
  for (const auto& member : value.members()) order.push_back(&member);
  if (value.kind() != Json::Kind::object) return order;
  const auto by_name = [](const auto* a, const auto* b) { return a->first < b->first; };
  std::stable_sort(order.begin(), order.end(), by_name);
  // Of duplicates the last one counts, as in Go's map.
  std::vector<const Json::Member*> unique;
  for (const auto* member : order) {
    if (!unique.empty() && unique.back()->first == member->first) unique.pop_back();
    unique.push_back(member);
  }
  return unique;
}

class Writer {
 public:
  Writer(std::string& out, bool indented) : out_(out), indented_(indented) {}

  void write(const Json& value) {
    switch (value.kind()) {
      case Json::Kind::null: out_ += "null"; return;
      case Json::Kind::boolean: out_ += value.as_bool() ? "true" : "false"; return;
      case Json::Kind::number: out_ += value.text(); return;
      case Json::Kind::string: write_json_string_to(out_, value.text()); return;
      case Json::Kind::array: return write_array(value);
      case Json::Kind::object:
      case Json::Kind::record: return write_object(value);
      case Json::Kind::raw: return write_raw(value);
    }
  }

 private:
  void write_array(const Json& value) {
    out_ += '[';
    bool first = true;
    ++depth_;
    for (const Json& item : value.items()) {
      begin_item(first);
      write(item);
    }
    --depth_;
    end_items(first, ']');
  }

  void write_object(const Json& value) {
    out_ += '{';
    bool first = true;
    ++depth_;
    for (const auto* member : members_in_order(value)) {
      begin_item(first);
      write_json_string_to(out_, member->first);
      out_ += indented_ ? ": " : ":";
      write(member->second);
    }
    --depth_;
    end_items(first, '}');
  }

  void write_raw(const Json& value) {
    if (!indented_) {
      out_ += value.text();
      return;
    }
    const auto parsed = parse_json(value.text());
    if (parsed.ok()) write(*parsed);
    else out_ += value.text();
  }

  void begin_item(bool& first) {
    if (!first) out_ += ',';
    first = false;
    new_line();
  }

  void end_items(bool was_empty, char bracket) {
    if (!was_empty) new_line();
    out_ += bracket;
  }

  void new_line() {
    if (!indented_) return;
    out_ += '\n';
    out_.append(depth_ * 2, ' ');
  }

  std::string& out_;
  const bool indented_;
  size_t depth_ = 0;
};

}  // namespace

void write_json_string_to(std::string& out, std::string_view text) {
  out += '"';
  size_t run = 0;  // start of what needs no escape
  for (size_t i = 0; i < text.size();) {
    const bool separator = is_line_separator(text.substr(i));
    if (is_plain(text[i]) && !separator) {
      ++i;
      continue;
    }
    out.append(text, run, i - run);
    if (separator) {
      out += text[i + 2] == '\xa8' ? "\\u2028" : "\\u2029";
      i += 3;
    } else {
      append_escaped(out, text[i]);
      ++i;
    }
    run = i;
  }
  out.append(text, run, text.size() - run);
  out += '"';
}

void write_json_to(std::string& out, const Json& value) { Writer(out, false).write(value); }

std::string write_json(const Json& value) {
  std::string out;
  write_json_to(out, value);
  return out;
}

std::string write_json_indented(const Json& value) {
  std::string out;
  Writer(out, true).write(value);
  return out;
}

}  // namespace bao::codec
