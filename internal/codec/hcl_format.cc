#include "internal/codec/hcl_format.h"

#include <algorithm>
#include <limits>
#include <set>

#include "internal/codec/hcl_syntax.h"

namespace bao::codec {
namespace {

using hcl::CommentGroup;
using hcl::Item;
using hcl::Node;
using hcl::Position;
using hcl::TokenKind;

// Stands before every line that keeps its own indentation (heredocs, comments of several lines); parsing refuses it.
constexpr std::string_view kKeepIndentation = "\xEE\x84\xA3";
constexpr std::string_view kIndentation = "  ";

std::string keeping_indentation(std::string_view text) {
  std::string out;
  bool line_start = false;
  for (const char c : text) {
    if (line_start && c != '\n') out += kKeepIndentation;
    out += c;
    line_start = c == '\n';
  }
  return out;
}

std::string indented(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && c != '\n') out += kIndentation;
    out += c;
    line_start = c == '\n';
  }
  return out;
}

// Takes the marks away, with what indentation put before them.
std::string without_marks(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const bool mark = text.substr(i, kKeepIndentation.size()) == kKeepIndentation;
    if (!mark || text.size() - i <= kKeepIndentation.size()) {
      out += text[i++];
      continue;
    }
    while (!out.empty() && out.back() != '\n') out.pop_back();
    i += kKeepIndentation.size();
  }
  return out;
}

bool is_heredoc(const Node& node) { return node.kind == Node::Kind::literal && node.token.kind == TokenKind::heredoc; }

void collect_attached(const std::vector<Item>& items, std::set<CommentGroup>& attached);

void collect_attached(const Node& node, std::set<CommentGroup>& attached) {
  attached.insert(node.lead);
  attached.insert(node.line);
  for (const Node& inner : node.list) collect_attached(inner, attached);
  collect_attached(node.items, attached);
}

void collect_attached(const std::vector<Item>& items, std::set<CommentGroup>& attached) {
  for (const Item& item : items) {
    attached.insert(item.lead);
    attached.insert(item.line);
    collect_attached(item.value, attached);
  }
}

class Printer {
 public:
  explicit Printer(const hcl::File& file) {
    std::set<CommentGroup> attached;
    collect_attached(file.items, attached);
    for (const CommentGroup& group : file.comments) {
      if (!attached.contains(group)) standalone_.push_back(group);
    }
  }

  std::string file(const std::vector<Item>& items) {
    constexpr Position kEnd{std::numeric_limits<size_t>::max(), std::numeric_limits<int>::max(), 0};
    std::string out;
    for (size_t i = 0;; ++i) {
      const bool end = i == items.size();
      comments_before(end ? kEnd : items[i].position(), end, out);
      if (end) return out;
      previous_ = items[i].position();
      out += item(items[i]);
      if (i + 1 == items.size()) continue;
      out += '\n';
      const bool adjacent = items[i + 1].position().line == items[i].position().line + 1;
      if (!adjacent || !is_single_line(items[i]) || !is_single_line(items[i + 1])) out += '\n';
    }
  }

 private:
  // Comments of their own between the item that was printed last and `next`, at the top level.
  void comments_before(const Position& next, bool end, std::string& out) {
    for (const CommentGroup& group : standalone_) {
      bool printed = false, separated = false;
      for (const hcl::Comment& comment : *group) {
        if (!comment.start.after(previous_) || !comment.start.before(next)) continue;
        if (!separated && previous_.valid() && end) {
          out += "\n\n";
          separated = true;
        }
        out += std::string(comment.text) + '\n';
        printed = true;
      }
      if (printed && !end) out += '\n';
    }
  }

  // A block without content, which may stand directly below another one.
  static bool is_single_line(const Item& item) {
    return item.lead == nullptr && !item.assign.valid() && item.value.kind == Node::Kind::object &&
           item.value.items.empty();
  }

  std::string value(const Node& node) {
    switch (node.kind) {
      case Node::Kind::literal: return literal(node);
      case Node::Kind::list: return is_single_line_list(node) ? single_line_list(node) : list(node);
      case Node::Kind::object: return object(node);
    }
    return {};
  }

  static std::string literal(const Node& node) {
    std::string_view text = node.token.text;
    if (is_heredoc(node) && !text.empty() && text.back() == '\n') text.remove_suffix(1);
    const bool lines = text.find('\n') != std::string_view::npos;
    return lines ? keeping_indentation(text) : std::string(text);
  }

  static std::string lines_of(const CommentGroup& group) {
    std::string out;
    for (const hcl::Comment& comment : *group) out += std::string(comment.text) + '\n';
    return out;
  }

  static std::string text_of(const CommentGroup& group) {
    std::string out;
    for (const hcl::Comment& comment : *group) out += comment.text;
    return out;
  }

  static bool value_on_key_line(const Item& item) { return item.value.position().line == item.position().line; }

  std::string item(const Item& item) {
    std::string out;
    if (item.lead != nullptr) out += lines_of(item.lead);
    if (item.line != nullptr && !value_on_key_line(item)) out += lines_of(item.line);
    for (const hcl::Token& key : item.keys) out += std::string(key.text) + ' ';
    if (item.assign.valid() && item.keys.size() == 1) out += "= ";
    out += value(item.value);
    if (item.line != nullptr && value_on_key_line(item)) out += ' ' + text_of(item.line);
    return out;
  }

  std::string object(const Node& node) {
    std::string out = "{";
    bool begun = false, commented = false;
    for (size_t index = 0;;) {
      const bool end = index == node.items.size();
      comments_inside(end ? node.end : node.items[index].position(), end, index, begun, commented, out);
      if (end) break;
      if (!begun) out += '\n';
      begun = true;
      const std::vector<const Item*> aligned = aligned_from(node.items, index);
      if (!commented && index != aligned.size()) out += '\n';
      if (!aligned.empty()) {
        previous_ = aligned.back()->position();
        out += indented(aligned_items(aligned));
      } else {
        previous_ = node.items[index].position();
        out += indented(item(node.items[index++]));
      }
      out += '\n';
    }
    previous_ = node.end;
    return out + '}';
  }

  void comments_inside(const Position& next, bool end, size_t index, bool& begun, bool& commented, std::string& out) {
    for (const CommentGroup& group : standalone_) {
      Position last;
      for (const hcl::Comment& comment : *group) {
        if (!comment.start.after(previous_) || !comment.start.before(next)) continue;
        if (!begun) out += '\n';
        begun = true;
        if (index > 0) {
          commented = true;
          out += '\n';
        }
        last = comment.start;
        out += indented(keeping_indentation(comment.text));
      }
      if (!last.valid()) continue;
      out += '\n';
      if (!end && next.line != last.line + 1) out += '\n';
    }
  }

  // Whether an item takes at most two lines: one, or one and a comment above it.
  bool is_short(const Item& item) {
    const Node& node = item.value;
    if (node.kind == Node::Kind::object && !node.items.empty()) return false;
    if (node.kind == Node::Kind::list && !is_single_line_list(node)) return false;
    const std::string text = this->item(item);
    return std::count(text.begin(), text.end(), '\n') + 1 <= 2;
  }

  // The short items on adjacent lines from `index` on, which is moved behind them.
  std::vector<const Item*> aligned_from(const std::vector<Item>& items, size_t& index) {
    std::vector<const Item*> aligned;
    if (items.size() == 1) return aligned;
    while (index < items.size() && is_short(items[index])) {
      const int line = items[index].position().line;
      const int next = index + 1 < items.size() ? items[index + 1].position().line : 0;
      const int before = index > 0 ? items[index - 1].position().line : 0;
      const bool joins_next = line + 1 == next;
      if (!joins_next && line - 1 != before) break;
      aligned.push_back(&items[index++]);
      if (!joins_next) break;
    }
    return aligned;
  }

  std::string aligned_items(const std::vector<const Item*>& items) {
    size_t key_width = 0, value_width = 0;
    for (const Item* item : items) {
      key_width = std::max(key_width, item->keys.front().text.size());
      value_width = std::max(value_width, value(item->value).size());
    }
    std::string out;
    for (const Item* item : items) {
      if (item->lead != nullptr) out += lines_of(item->lead);
      for (const hcl::Token& key : item->keys) {
        out += key.text;
        if (key.text.size() <= key_width) out.append(key_width - key.text.size() + 1, ' ');
      }
      if (item->keys.size() == 1) out += "= ";
      const std::string text = value(item->value);
      out += text;
      if (value_on_key_line(*item) && item->line != nullptr) {
        out.append(value_width - text.size() + 1, ' ');
        out += text_of(item->line);
      }
      if (item != items.back()) out += '\n';
    }
    return out;
  }

  static bool is_single_line_list(const Node& list) {
    return std::all_of(list.list.begin(), list.list.end(), [&list](const Node& node) {
      return node.position().line == list.begin.line && node.kind == Node::Kind::literal &&
             (!is_heredoc(node) || list.list.size() == 1) && node.line == nullptr;
    });
  }

  std::string single_line_list(const Node& list) {
    std::string out = "[";
    for (size_t i = 0; i < list.list.size(); ++i) {
      if (i > 0) out += ", ";
      out += value(list.list[i]);
      if (is_heredoc(list.list[i])) out += '\n';
    }
    return out + ']';
  }

  std::string list(const Node& list) {
    size_t width = 0;
    for (const Node& node : list.list) {
      if (node.kind == Node::Kind::literal) width = std::max(width, node.token.text.size());
    }
    std::string out = "[\n";
    bool blank_above = false;
    for (const Node& node : list.list) {
      const bool first = &node == &list.list.front(), last = &node == &list.list.back();
      const bool commented = node.kind == Node::Kind::literal && node.lead != nullptr;
      if (commented) {
        if (!blank_above && !first) out += '\n';
        for (const hcl::Comment& comment : *node.lead) out += indented(comment.text) + '\n';
      }
      const std::string text = value(node);
      out += indented(text);
      out += is_heredoc(node) ? "\n" + indented(",") : ",";
      if (node.kind == Node::Kind::literal && node.line != nullptr) {
        out += ' ';
        if (text.size() < width) out.append(width - text.size(), ' ');
        out += text_of(node.line);
      }
      out += '\n';
      blank_above = commented && !last;
      if (blank_above) out += '\n';
    }
    return out + ']';
  }

  std::vector<CommentGroup> standalone_;
  Position previous_;  // of what was printed last: comments are printed once, where they stood
};

}  // namespace

base::Result<std::string> format_hcl(std::string_view text) {
  ASSIGN_OR_RETURN(const hcl::File file, hcl::parse_native(text, hcl::Duplicates::refuse));
  return without_marks(Printer(file).file(file.items)) + "\n";
}

}  // namespace bao::codec
