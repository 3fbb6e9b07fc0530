#include "internal/testing/linear/history_text.h"

#include <array>
#include <charconv>
#include <utility>
#include <vector>

namespace bao::testing::linear {
namespace {

using base::Result;

constexpr std::array<std::pair<Kind, std::string_view>, 5> kKinds{{{Kind::get, "get"},
                                                                   {Kind::local_get, "local_get"},
                                                                   {Kind::put, "put"},
                                                                   {Kind::remove, "delete"},
                                                                   {Kind::cas, "cas"}}};
constexpr std::array<std::pair<Outcome, std::string_view>, 4> kOutcomes{{{Outcome::ok, "ok"},
                                                                         {Outcome::mismatch, "mismatch"},
                                                                         {Outcome::refused, "refused"},
                                                                         {Outcome::unknown, "unknown"}}};

template <typename Table, typename Name>
std::string_view name_of(const Table& table, Name wanted) {
  for (const auto& [value, name] : table) {
    if (value == wanted) return name;
  }
  return {};
}

template <typename Name, size_t N>
Result<Name> named(const std::array<std::pair<Name, std::string_view>, N>& table, std::string_view word) {
  for (const auto& [value, name] : table) {
    if (name == word) return value;
  }
  return base::invalid("nothing is called " + std::string(word));
}

template <typename Number>
Result<Number> number(std::string_view word) {
  Number value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) return base::invalid("no number: " + std::string(word));
  return value;
}

// A word stands for itself; what would break a line is %XX, the empty text is "%", a lone "-" is "%2D".
std::string encoded(std::string_view text) {
  if (text.empty()) return "%";
  if (text == "-") return "%2D";
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > ' ' && byte < 0x7F && c != '%' && c != '#') {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

Result<std::string> decoded(std::string_view word) {
  if (word == "%") return std::string();
  std::string out;
  for (size_t i = 0; i < word.size(); ++i) {
    if (word[i] != '%') {
      out += word[i];
      continue;
    }
    unsigned byte = 0;
    const std::string_view digits = word.substr(i + 1, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return base::invalid("% without two hex digits");
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

std::string encoded(const Value& value) { return value ? encoded(std::string_view(*value)) : "-"; }

Result<Value> decoded_value(std::string_view word) {
  if (word == "-") return Value();
  ASSIGN_OR_RETURN(std::string text, decoded(word));
  return Value(std::move(text));
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  line = line.substr(0, line.find('#'));
  while (true) {
    const size_t begin = line.find_first_not_of(" \t\r");
    if (begin == line.npos) return words;
    const size_t end = std::min(line.find_first_of(" \t\r", begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
}

bool names_a_value(const Operation& o) { return o.kind == Kind::put || (is_read(o) && o.outcome == Outcome::ok); }

// Behind KEY: the value of a put or of a read that was answered, EXPECTED and WRITTEN of a cas.
base::Status read_values(Operation& o, const std::vector<std::string_view>& words) {
  const size_t values = o.kind == Kind::cas ? 2 : names_a_value(o) ? 1 : 0;
  if (words.size() != 8 + values) return base::invalid(std::to_string(values) + " words must follow the key");
  if (o.kind == Kind::cas) {
    ASSIGN_OR_RETURN(o.expected, decoded_value(words[8]));
  }
  if (values > 0) {
    ASSIGN_OR_RETURN(o.value, decoded_value(words.back()));
  }
  if (o.kind == Kind::put && !o.value) return base::invalid("a put writes a value; use delete");
  return {};
}

Result<Operation> read_operation(const std::vector<std::string_view>& words) {
  if (words.size() < 8) return base::invalid("CALL RETURN CLIENT NODE INDEX OUTCOME KIND KEY must be there");
  Operation o;
  ASSIGN_OR_RETURN(o.call_ns, number<int64_t>(words[0]));
  ASSIGN_OR_RETURN(o.return_ns, number<int64_t>(words[1]));
  if (o.return_ns < o.call_ns) return base::invalid("it returns before it is called");
  ASSIGN_OR_RETURN(o.client, decoded(words[2]));
  if (words[3] != "-") {
    ASSIGN_OR_RETURN(o.node, decoded(words[3]));
  }
  if (words[4] != "-") {
    ASSIGN_OR_RETURN(const uint64_t index, number<uint64_t>(words[4]));
    o.index = base::Index{index};
  }
  ASSIGN_OR_RETURN(o.outcome, named(kOutcomes, words[5]));
  ASSIGN_OR_RETURN(o.kind, named(kKinds, words[6]));
  if (o.outcome == Outcome::mismatch && o.kind != Kind::cas) return base::invalid("only a cas has a mismatch");
  ASSIGN_OR_RETURN(o.key, decoded(words[7]));
  TRY(read_values(o, words));
  return o;
}

Result<Applied> read_applied(const std::vector<std::string_view>& words) {
  if (words.size() != 4) return base::invalid("applied INDEX KEY VALUE");
  Applied applied;
  ASSIGN_OR_RETURN(const uint64_t index, number<uint64_t>(words[1]));
  applied.index = base::Index{index};
  ASSIGN_OR_RETURN(applied.key, decoded(words[2]));
  ASSIGN_OR_RETURN(applied.value, decoded_value(words[3]));
  return applied;
}

base::Status read_line(const std::vector<std::string_view>& words, History& history) {
  if (words.empty()) return {};
  if (words[0] != "applied") {
    ASSIGN_OR_RETURN(Operation operation, read_operation(words));
    history.operations.push_back(std::move(operation));
    return {};
  }
  ASSIGN_OR_RETURN(Applied applied, read_applied(words));
  if (!history.applied.empty() && applied.index < history.applied.back().index) return base::invalid("applied goes back");
  history.applied.push_back(std::move(applied));
  return {};
}

std::string written(const Operation& o) {
  std::string line = std::to_string(o.call_ns) + ' ' + std::to_string(o.return_ns) + ' ' + encoded(std::string_view(o.client)) + ' ';
  line += o.node.empty() ? "-" : encoded(std::string_view(o.node));
  line += ' ' + (o.index ? std::to_string(o.index->value) : "-") + ' ';
  line += std::string(name_of(kOutcomes, o.outcome)) + ' ' + std::string(name_of(kKinds, o.kind)) + ' ' +
          encoded(std::string_view(o.key));
  if (o.kind == Kind::cas) line += ' ' + encoded(o.expected);
  if (o.kind == Kind::cas || names_a_value(o)) line += ' ' + encoded(o.value);
  return line + '\n';
}

}  // namespace

Result<History> parse_history(std::string_view text) {
  History history;
  for (size_t line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    const base::Status read = read_line(words_of(text.substr(0, end)), history);
    if (!read.ok()) return read.error().within("line " + std::to_string(line));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return history;
}

std::string write_history(const History& history) {
  std::string text;
  for (const Operation& operation : history.operations) text += written(operation);
  for (const Applied& a : history.applied) {
    text += "applied " + std::to_string(a.index.value) + ' ' + encoded(std::string_view(a.key)) + ' ' + encoded(a.value) + '\n';
  }
  return text;
}

std::string describe(const Value& value) { return encoded(value); }

std::string describe(const Operation& o) {
  std::string text = std::string(name_of(kKinds, o.kind)) + ' ' + encoded(std::string_view(o.key));
  if (o.kind == Kind::cas) text += ' ' + encoded(o.expected);
  if (o.kind == Kind::cas || o.kind == Kind::put) text += ' ' + encoded(o.value);
  if (is_read(o) && o.outcome == Outcome::ok) return text + " -> " + encoded(o.value);
  return o.outcome == Outcome::ok ? text : text + " -> " + std::string(name_of(kOutcomes, o.outcome));
}

}  // namespace bao::testing::linear
