// Strings beyond the standard (cel-go's ext.Strings). Places are counted in characters.
#include <algorithm>

#include "internal/cel/format.h"
#include "internal/cel/function.h"
#include "internal/cel/text.h"
#include "internal/cel/unicode.h"

namespace bao::cel {
namespace {

base::Error out_of_range(int64_t place) { return base::invalid("index out of range: " + std::to_string(place)); }

// Text with the places of its characters.
struct Indexed {
  const std::string& text;
  std::vector<size_t> starts;
  explicit Indexed(const std::string& given) : text(given), starts(character_starts(given)) {}
  int64_t size() const { return static_cast<int64_t>(starts.size()) - 1; }
  std::string part(int64_t from, int64_t to) const {
    const size_t begin = starts[static_cast<size_t>(from)];
    return text.substr(begin, starts[static_cast<size_t>(to)] - begin);
  }
  int64_t place_of(size_t byte) const { return std::lower_bound(starts.begin(), starts.end(), byte) - starts.begin(); }
};

Outcome char_at(Budget& budget, const std::string& text, const int64_t& at) {
  TRY(budget.spend(text.size()));
  const Indexed indexed(text);
  if (at < 0 || at > indexed.size()) return out_of_range(at);
  return Value(at == indexed.size() ? std::string() : indexed.part(at, at + 1));
}

Outcome index_from(Budget& budget, const std::string& text, const std::string& part, const int64_t& from) {
  TRY(budget.spend(text.size()));
  const Indexed indexed(text);
  if (from < 0) return out_of_range(from);
  if (part.empty()) return Value(std::min(from, indexed.size()));
  if (from >= indexed.size()) return Value(int64_t{-1});
  const size_t found = text.find(part, indexed.starts[static_cast<size_t>(from)]);
  return Value(found == std::string::npos ? int64_t{-1} : indexed.place_of(found));
}
Outcome index(Budget& budget, const std::string& text, const std::string& part) { return index_from(budget, text, part, 0); }

Outcome last_index_from(Budget& budget, const std::string& text, const std::string& part, const int64_t& from) {
  TRY(budget.spend(text.size()));
  const Indexed indexed(text);
  if (from < 0) return out_of_range(from);
  if (from > indexed.size()) return Value(int64_t{-1});
  if (part.empty()) return Value(from);
  const size_t found = text.rfind(part, indexed.starts[static_cast<size_t>(from)]);
  return Value(found == std::string::npos ? int64_t{-1} : indexed.place_of(found));
}
Outcome last_index(Budget& budget, const std::string& text, const std::string& part) {
  TRY(budget.spend(text.size()));
  const Indexed indexed(text);
  if (part.empty()) return Value(indexed.size());
  const size_t found = text.rfind(part);
  return Value(found == std::string::npos ? int64_t{-1} : indexed.place_of(found));
}

Outcome join_with(Budget& budget, const List& list, const std::string& separator) {
  std::string joined;
  for (size_t i = 0; i < list.items.size(); ++i) {
    const std::string* item = list.items[i].as<std::string>();
    if (item == nullptr) return base::invalid("join: invalid input: " + list.items[i].type_name());
    TRY(budget.spend(item->size() + separator.size()));
    if (i != 0) joined += separator;
    joined += *item;
  }
  return Value(joined);
}
Outcome join(Budget& budget, const List& list) { return join_with(budget, list, ""); }

template <char from, char to, int by>
Outcome shift_case(Budget&, const std::string& text) {
  std::string shifted = text;
  for (char& c : shifted) {
    if (c >= from && c <= to) c = static_cast<char>(c + by);
  }
  return Value(shifted);
}

// At most `limit` times; a negative limit is none. An empty `old` stands between all characters, as in Go.
Outcome replace_some(Budget& budget, const std::string& text, const std::string& old, const std::string& by, const int64_t& limit) {
  std::string replaced;
  int64_t left = limit < 0 ? INT64_MAX : limit;
  size_t at = 0;
  for (bool first = true; left > 0; --left, first = false) {
    size_t found = text.find(old, at);
    if (old.empty() && !first) found = at < text.size() ? at + character_bytes(std::string_view(text).substr(at)) : std::string::npos;
    if (found == std::string::npos) break;
    TRY(budget.spend(1 + by.size() + found - at));
    replaced.append(text, at, found - at).append(by);
    at = found + old.size();
  }
  return Value(replaced.append(text, at));
}
Outcome replace_all(Budget& budget, const std::string& text, const std::string& old, const std::string& by) {
  return replace_some(budget, text, old, by, -1);
}

// At most `limit` parts. An empty separator cuts into characters.
Outcome split_some(Budget& budget, const std::string& text, const std::string& separator, const int64_t& limit) {
  if (limit == 0) return Value::list({});
  const size_t parts_max = limit < 0 ? SIZE_MAX : static_cast<size_t>(limit);
  std::vector<Value> parts;
  size_t at = 0;
  while (parts.size() + 1 < parts_max) {
    size_t found = text.find(separator, at);
    if (separator.empty()) found = at < text.size() ? at + character_bytes(std::string_view(text).substr(at)) : text.size();
    if (found == std::string::npos || (separator.empty() && found >= text.size())) break;
    TRY(budget.spend(1 + found - at));
    parts.emplace_back(text.substr(at, found - at));
    at = found + separator.size();
  }
  if (!separator.empty() || at < text.size()) parts.emplace_back(text.substr(at));
  return Value::list(std::move(parts));
}
Outcome split(Budget& budget, const std::string& text, const std::string& separator) { return split_some(budget, text, separator, -1); }

Outcome substring_between(Budget& budget, const std::string& text, const int64_t& from, const int64_t& to) {
  TRY(budget.spend(text.size()));
  const Indexed indexed(text);
  if (from > to) return base::invalid("invalid substring range. start: " + std::to_string(from) + ", end: " + std::to_string(to));
  if (from < 0 || from > indexed.size()) return out_of_range(from);
  if (to > indexed.size()) return out_of_range(to);
  return Value(indexed.part(from, to));
}
Outcome substring(Budget& budget, const std::string& text, const int64_t& from) {
  const auto size = static_cast<int64_t>(characters(text));
  if (from < 0 || from > size) return out_of_range(from);
  return substring_between(budget, text, from, size);
}

bool is_space(std::string_view character) {
  static constexpr std::string_view kSpaces[] = {" ", "\t", "\n", "\v", "\f", "\r", "\u0085", "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002",
                                                 "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A", "\u2028",
                                                 "\u2029", "\u202F", "\u205F", "\u3000"};
  return std::find(std::begin(kSpaces), std::end(kSpaces), character) != std::end(kSpaces);
}

Outcome trim(Budget& budget, const std::string& text) {
  TRY(budget.spend(text.size()));
  const Indexed indexed(text);
  int64_t from = 0, to = indexed.size();
  while (from < to && is_space(indexed.part(from, from + 1))) ++from;
  while (to > from && is_space(indexed.part(to - 1, to))) --to;
  return Value(indexed.part(from, to));
}

Outcome reverse(Budget&, const std::string& text) {
  const Indexed indexed(text);
  std::string reversed;
  for (int64_t at = indexed.size(); at > 0; --at) reversed += indexed.part(at - 1, at);
  return Value(reversed);
}

Outcome quote(Budget& budget, const std::string& text) {
  TRY(budget.spend(text.size()));
  return Value(quoted(text));
}

Outcome format(Budget& budget, const std::string& text, const List& arguments) { return format_text(budget, text, arguments); }

}  // namespace

std::vector<Overload> string_functions() {
  return {method<char_at>("charAt"),           method<index>("indexOf"),
          method<index_from>("indexOf"),       method<last_index>("lastIndexOf"),
          method<last_index_from>("lastIndexOf"), method<join>("join"),
          method<join_with>("join"),           method<shift_case<'A', 'Z', 32>>("lowerAscii"),
          method<shift_case<'a', 'z', -32>>("upperAscii"), method<replace_all>("replace"),
          method<replace_some>("replace"),     method<split>("split"),
          method<split_some>("split"),         method<substring>("substring"),
          method<substring_between>("substring"), method<trim>("trim"),
          method<reverse>("reverse"),          function<quote>("strings.quote"),
          method<format>("format")};
}

}  // namespace bao::cel
