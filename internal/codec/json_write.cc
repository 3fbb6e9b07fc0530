// The one JSON writer, with Go's escaping and key order.
#include <algorithm>
#include <array>

#include "internal/codec/encoding.h"
#include "internal/codec/json_replace.h"
#include "internal/codec/plain_run.h"

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

// What is written as it is, in ASCII.
constexpr std::array<bool, 256> plain_table() {
  std::array<bool, 256> table{};
  for (size_t c = 0x20; c < 0x80; ++c) table[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
  return table;
}
constexpr std::array<bool, 256> kPlain = plain_table();

// U+2028 and U+2029, which end lines in JavaScript.
bool is_line_separator(std::string_view rest) {
  return rest.size() >= 3 && rest[0] == '\xe2' && rest[1] == '\x80' && (rest[2] == '\xa8' || rest[2] == '\xa9');
}

// Whether the members stand in the order in which an object is written, each name once.
bool is_sorted_and_unique(const std::vector<Json::Member>& members) {
  for (size_t i = 1; i < members.size(); ++i) {
    if (!(members[i - 1].first < members[i].first)) return false;
  }
  return true;
}

// Sorted; of duplicates the last one counts, as in Go's map.
std::vector<const Json::Member*> members_in_order(const std::vector<Json::Member>& members) {
  std::vector<const Json::Member*> order;
  order.reserve(members.size());
  for (const auto& member : members) order.push_back(&member);
  const auto by_name = [](const auto* a, const auto* b) { return a->first < b->first; };
  std::stable_sort(order.begin(), order.end(), by_name);
  const auto same_name = [](const auto* a, const auto* b) { return a->first == b->first; };
  order.erase(order.begin(), std::unique(order.rbegin(), order.rend(), same_name).base());
  return order;
}

class Writer {
 public:
  Writer(std::string& out, bool indented, const StringReplacement* replacement = nullptr)
      : out_(out), indented_(indented), replacement_(replacement) {}

  void write(const Json& value) {
    switch (value.kind()) {
      case Json::Kind::null: out_ += "null"; return;
      case Json::Kind::boolean: out_ += value.as_bool() ? "true" : "false"; return;
      case Json::Kind::number: out_ += value.text(); return;
      case Json::Kind::string: return write_string(value.text());
      case Json::Kind::array: return write_array(value);
      case Json::Kind::object:
      case Json::Kind::record: return write_object(value);
      case Json::Kind::raw: return write_raw(value);
    }
  }

 private:
  void write_string(std::string_view text) {
    if (replacement_ == nullptr || kept_) write_json_string_to(out_, text);
    else replacement_->append(out_, text);
  }

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
    const auto& members = value.members();
    if (value.kind() == Json::Kind::record || is_sorted_and_unique(members)) {
      for (const Json::Member& member : members) write_member(member, first);
    } else {
      for (const auto* member : members_in_order(members)) write_member(*member, first);
    }
    --depth_;
    end_items(first, '}');
  }

  void write_member(const Json::Member& member, bool& first) {
    begin_item(first);
    write_json_string_to(out_, member.first);
    out_ += indented_ ? ": " : ":";
    const bool kept_around = kept_;
    kept_ = replacement_ != nullptr && replacement_->keeps_below(member.first);
    write(member.second);
    kept_ = kept_around;
  }

  void write_raw(const Json& value) {
    if (!indented_ && replacement_ == nullptr) {
      out_ += value.text();
      return;
    }
    if (replacement_ != nullptr && replacement_->keeps_nothing() && replace_json_strings(out_, value.text(), *replacement_)) return;
    const auto parsed = parse_json(value.text());
    if (parsed.ok()) write(*parsed);
    else if (replacement_ != nullptr) write_string(value.text());
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
  const StringReplacement* const replacement_;
  bool kept_ = false;  // strings here are not replaced
  size_t depth_ = 0;
};

}  // namespace

void write_json_string_to(std::string& out, std::string_view text) {
  out += '"';
  size_t run = 0;  // start of what needs no escape
  const auto escape = [&](size_t at, size_t length, std::string_view escaped) {
    out.append(text, run, at - run);
    out += escaped;
    run = at + length;
  };
  for (size_t i = 0; i < text.size();) {
    i += plain_words(text.substr(i), special_when_written);
    while (i < text.size() && kPlain[static_cast<unsigned char>(text[i])]) ++i;
    if (i == text.size()) break;
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      escape(i, 1, "");
      append_escaped(out, text[i++]);
    } else if (const size_t length = utf8_length(text.substr(i)); length == 0) {
      escape(i++, 1, "\\ufffd");  // not UTF-8: as Go writes it, byte by byte
    } else {
      if (is_line_separator(text.substr(i))) escape(i, length, text[i + 2] == '\xa8' ? "\\u2028" : "\\u2029");
      i += length;
    }
  }
  out.append(text, run, text.size() - run);
  out += '"';
}

void write_json_to(std::string& out, const Json& value) { Writer(out, false).write(value); }

void write_json_replaced_to(std::string& out, const Json& value, const StringReplacement& replacement) {
  Writer(out, false, &replacement).write(value);
}

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
