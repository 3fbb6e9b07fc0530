#include "internal/logical/path_pattern.h"

#include <algorithm>

#include "internal/base/ensure.h"

namespace bao::logical {
namespace {

using Kind = PatternPart::Kind;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    const size_t bar = text.find('|');
    words.emplace_back(text.substr(0, bar));
    if (bar == std::string_view::npos) return words;
    text.remove_prefix(bar + 1);
  }
}

PatternPart capture_part(std::string_view inside) {
  const size_t colon = inside.find(':');
  PatternPart part;
  part.text = std::string(inside.substr(0, colon));
  const std::string_view what = colon == std::string_view::npos ? "name" : inside.substr(colon + 1);
  if (what == "name") part.kind = Kind::name;
  else if (what == "name_at") part.kind = Kind::name_at;
  else if (what == "segment") part.kind = Kind::segment;
  else if (what == "any") part.kind = Kind::any;
  else if (what == "all") part.kind = Kind::all;
  else {
    part.kind = Kind::words;
    part.words = split_words(what);
  }
  return part;
}

class Compiler {
 public:
  explicit Compiler(std::string_view pattern) : rest_(pattern) {}

  std::vector<PatternPart> parts(bool inside_optional) {
    std::vector<PatternPart> parts;
    while (!rest_.empty()) {
      if (rest_.front() == ']') {
        ENSURE(inside_optional, "a pattern closes a part that it did not open");
        return parts;
      }
      add_next(parts);
    }
    ENSURE(!inside_optional, "a pattern leaves an optional part open");
    return parts;
  }

 private:
  void add_next(std::vector<PatternPart>& parts) {
    if (rest_.front() == '{') return parts.push_back(capture());
    if (rest_.front() == '[') return parts.push_back(optional());
    if (rest_.starts_with("/?")) {
      rest_.remove_prefix(2);
      return parts.push_back({Kind::maybe_slash, "", {}, {}});
    }
    if (parts.empty() || parts.back().kind != Kind::literal) parts.push_back({});
    parts.back().text += rest_.front();
    rest_.remove_prefix(1);
  }

  PatternPart capture() {
    const size_t end = rest_.find('}');
    ENSURE(end != std::string_view::npos, "a pattern leaves a capture open");
    PatternPart part = capture_part(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return part;
  }

  PatternPart optional() {
    rest_.remove_prefix(1);
    PatternPart part{Kind::optional, "", {}, parts(true)};
    rest_.remove_prefix(1);
    return part;
  }

  std::string_view rest_;
};

// The longest text that a capture may take at the start of `rest`; 0 also when it cannot take any.
size_t longest(const PatternPart& part, std::string_view rest) {
  if (part.kind == Kind::all || part.kind == Kind::any) return rest.size();
  if (part.kind == Kind::segment) return std::min(rest.find('/'), rest.size());
  size_t end = 0;
  while (end < rest.size() && (is_word(rest[end]) || rest[end] == '-' || rest[end] == '.' ||
                               (rest[end] == '@' && part.kind == Kind::name_at))) {
    ++end;
  }
  return end;
}

bool is_capture(const PatternPart& part) {
  return part.kind != Kind::literal && part.kind != Kind::optional && part.kind != Kind::maybe_slash;
}

class Matcher {
 public:
  explicit Matcher(Captures& captures) : captures_(captures) {}

  // What is still to match: parts, then what follows the optional part that they belong to.
  struct Tail {
    const PatternPart* next;
    const PatternPart* end;
    const Tail* after;
  };

  bool match(const Tail& tail, std::string_view rest) {
    if (tail.next == tail.end) return tail.after == nullptr ? rest.empty() : match(*tail.after, rest);
    const PatternPart& part = *tail.next;
    const Tail following{tail.next + 1, tail.end, tail.after};
    switch (part.kind) {
      case Kind::literal:
        return rest.starts_with(part.text) && match(following, rest.substr(part.text.size()));
      case Kind::maybe_slash:
        return (rest.starts_with('/') && match(following, rest.substr(1))) || match(following, rest);
      case Kind::optional: return match_optional(part, following, rest);
      case Kind::words: return match_words(part, following, rest);
      default: return match_capture(part, following, rest);
    }
  }

 private:
  bool match_optional(const PatternPart& part, const Tail& following, std::string_view rest) {
    const Tail inside{part.inner.data(), part.inner.data() + part.inner.size(), &following};
    const size_t before = captures_.size();
    if (match(inside, rest)) return true;
    captures_.resize(before);
    leave_out(part);
    if (match(following, rest)) return true;
    captures_.resize(before);
    return false;
  }

  void leave_out(const PatternPart& part) {
    for (const PatternPart& inner : part.inner) {
      if (is_capture(inner)) captures_.emplace_back(inner.text, "");
      leave_out(inner);
    }
  }

  bool match_words(const PatternPart& part, const Tail& following, std::string_view rest) {
    return std::any_of(part.words.begin(), part.words.end(), [&](const std::string& word) {
      return rest.starts_with(word) && take(part, word.size(), following, rest);
    });
  }

  bool match_capture(const PatternPart& part, const Tail& following, std::string_view rest) {
    const bool is_name = part.kind == Kind::name || part.kind == Kind::name_at;
    const size_t shortest = part.kind == Kind::all ? 0 : 1;
    if (is_name && (rest.empty() || !is_word(rest.front()))) return false;
    for (size_t size = longest(part, rest) + 1; size-- > shortest;) {
      if (is_name && !is_word(rest[size - 1])) continue;
      if (take(part, size, following, rest)) return true;
      if (size == 0) break;
    }
    return false;
  }

  bool take(const PatternPart& part, size_t size, const Tail& following, std::string_view rest) {
    const size_t before = captures_.size();
    captures_.emplace_back(part.text, rest.substr(0, size));
    if (match(following, rest.substr(size))) return true;
    captures_.resize(before);
    return false;
  }

  Captures& captures_;
};

std::string capture_regex(const PatternPart& part) {
  const std::string open = "(?P<" + part.text + ">";
  switch (part.kind) {
    case Kind::name: return open + "\\w(([\\w-.]+)?\\w)?)";
    case Kind::name_at: return open + "\\w(([\\w-.@]+)?\\w)?)";
    case Kind::segment: return open + "[^/]+)";
    case Kind::any: return open + ".+)";
    case Kind::all: return open + ".*)";
    default: break;
  }
  std::string words;
  for (const std::string& word : part.words) words += (words.empty() ? "" : "|") + word;
  return open + words + ")";
}

}  // namespace

std::vector<PatternPart> compile_pattern(std::string_view pattern) { return Compiler(pattern).parts(false); }

bool match_pattern(const std::vector<PatternPart>& pattern, std::string_view path, Captures& captures) {
  if (!pattern.empty() && pattern.front().kind == Kind::literal && !path.starts_with(pattern.front().text)) return false;
  captures.clear();
  return Matcher(captures).match({pattern.data(), pattern.data() + pattern.size(), nullptr}, path);
}

std::string pattern_regex(const std::vector<PatternPart>& pattern) {
  std::string regex;
  for (const PatternPart& part : pattern) {
    if (part.kind == Kind::literal) regex += part.text;
    else if (part.kind == Kind::maybe_slash) regex += "/?";
    else if (part.kind == Kind::optional) regex += "(" + pattern_regex(part.inner) + ")?";
    else regex += capture_regex(part);
  }
  return regex;
}

}  // namespace bao::logical
