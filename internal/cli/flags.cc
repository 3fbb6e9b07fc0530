#include "internal/cli/flags.h"

#include <charconv>

#include "internal/base/ensure.h"
#include "internal/base/time_format.h"
#include "internal/cli/environment.h"

namespace bao::cli {
namespace {

bool repeats(FlagKind kind) { return kind == FlagKind::list || kind == FlagKind::map || kind == FlagKind::keys; }

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return out + "\"";
}

// strconv.ParseInt and ParseUint with base 0: 0x, 0o, 0b and plain 0 prefixes, underscores aside.
template <typename Integer>
base::Result<Integer> parse_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string_view digits = text;
  if (negative || text.starts_with('+')) digits.remove_prefix(1);
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    const char kind = static_cast<char>(digits[1] | 0x20);
    base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
    digits.remove_prefix(kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1);
  }
  const std::string sign_and_digits = (negative ? "-" : "") + std::string(digits);
  Integer value{};
  const char* end = sign_and_digits.data() + sign_and_digits.size();
  const auto [stop, error] = std::from_chars(sign_and_digits.data(), end, value, base);
  if (error == std::errc::result_out_of_range) return base::invalid("value out of range");
  if (error != std::errc() || stop != end) return base::invalid("parse error");
  return value;
}

base::Result<base::Duration> parse_duration(std::string_view text) {
  if (text == "system") return base::Duration(std::chrono::seconds(-1));
  return base::parse_api_duration(text);
}

// What is wrong with a value; each kind's reader says it.
base::Status check(FlagKind kind, std::string_view text) {
  switch (kind) {
    case FlagKind::boolean:
    case FlagKind::boolean_or_unset: { TRY(parse_boolean(text)); return {}; }
    case FlagKind::integer: { TRY(parse_integer<int64_t>(text)); return {}; }
    case FlagKind::unsigned_integer: { TRY(parse_integer<uint64_t>(text)); return {}; }
    case FlagKind::duration: { TRY(parse_duration(text)); return {}; }
    case FlagKind::map:
      if (text.find('=') == std::string_view::npos) return base::invalid("missing = in KV pair: " + quoted(text));
      return {};
    default: return {};
  }
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t comma = std::min(text.find(',', begin), text.size());
    items.emplace_back(trimmed(text.substr(begin, comma - begin)));
    begin = comma + 1;
  }
  return items;
}

}  // namespace

base::Result<bool> parse_boolean(std::string_view text) {
  for (const std::string_view word : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (text == word) return true;
  }
  for (const std::string_view word : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (text == word) return false;
  }
  return base::invalid("parse error");
}

FlagValues::FlagValues(std::vector<const Flag*> flags) {
  for (const Flag* flag : flags) {
    Value value{flag, false, {}};
    if (!flag->fallback.empty()) value.texts = {std::string(flag->fallback)};
    const auto set = flag->environment.empty() ? std::nullopt : environment(flag->environment);
    if (set && repeats(flag->kind)) value.texts = split_list(*set);
    if (set && !repeats(flag->kind) && check(flag->kind, *set).ok()) value.texts = {*set};
    values_.push_back(std::move(value));
  }
}

FlagValues::Value* FlagValues::find(std::string_view name) {
  for (Value& value : values_) {
    if (value.flag->name == name || (!value.flag->alias.empty() && value.flag->alias == name)) return &value;
  }
  return nullptr;
}

base::Status FlagValues::parse(const std::vector<std::string>& arguments) {
  size_t at = 0;
  base::Status status;
  while (at < arguments.size() && status.ok()) {
    const std::string& argument = arguments[at];
    if (argument.size() < 2 || argument[0] != '-') break;
    if (argument == "--") {
      ++at;
      break;
    }
    status = parse_one(arguments, at);
  }
  positionals_.assign(arguments.begin() + static_cast<std::ptrdiff_t>(at), arguments.end());
  return status;
}

base::Status FlagValues::parse_one(const std::vector<std::string>& arguments, size_t& at) {
  const std::string& argument = arguments[at];
  std::string_view name = std::string_view(argument).substr(argument[1] == '-' ? 2 : 1);
  if (name.empty() || name[0] == '-' || name[0] == '=') return base::invalid("bad flag syntax: " + argument);
  ++at;
  const size_t equals = name.find('=');
  const bool has_value = equals != std::string_view::npos;
  std::string value(has_value ? name.substr(equals + 1) : std::string_view());
  name = name.substr(0, equals);
  Value* flag = find(name);
  if (flag == nullptr) return base::invalid("flag provided but not defined: -" + std::string(name));
  if (flag->flag->kind == FlagKind::boolean || flag->flag->kind == FlagKind::boolean_or_unset) {
    if (!has_value) value = "true";
    const auto status = check(FlagKind::boolean, value);
    if (!status.ok()) {
      return base::invalid("invalid boolean value " + quoted(value) + " for -" + std::string(name) + ": " + status.error().message());
    }
  } else {
    if (!has_value && at >= arguments.size()) return base::invalid("flag needs an argument: -" + std::string(name));
    if (!has_value) value = arguments[at++];
    const auto status = check(flag->flag->kind, value);
    if (!status.ok()) {
      return base::invalid("invalid value " + quoted(value) + " for flag -" + std::string(name) + ": " + status.error().message());
    }
  }
  if (flag->flag->kind == FlagKind::list) value = trimmed(value);
  if (!flag->given && !(flag->flag->kind == FlagKind::list)) flag->texts.clear();
  flag->given = true;
  if (!repeats(flag->flag->kind)) flag->texts.clear();
  if (flag->flag->kind == FlagKind::keys) {
    for (std::string& item : split_list(value)) flag->texts.push_back(std::move(item));
  } else {
    flag->texts.push_back(std::move(value));
  }
  return {};
}

const FlagValues::Value& FlagValues::at(std::string_view name) const {
  for (const Value& value : values_) {
    if (value.flag->name == name) return value;
  }
  static const Flag kNone{.name = "", .kind = FlagKind::text, .text = ""};
  static const Value kUnset{&kNone, false, {}};
  return kUnset;
}

bool FlagValues::given(std::string_view name) const { return at(name).given; }

const std::string& FlagValues::text(std::string_view name) const {
  static const std::string kEmpty;
  const Value& value = at(name);
  return value.texts.empty() ? kEmpty : value.texts.back();
}

bool FlagValues::boolean(std::string_view name) const {
  const auto value = parse_boolean(text(name));
  return value.ok() && *value;
}

int64_t FlagValues::integer(std::string_view name) const {
  const auto value = parse_integer<int64_t>(text(name));
  return value.ok() ? *value : 0;
}

base::Duration FlagValues::duration(std::string_view name) const {
  const auto value = parse_duration(text(name));
  return value.ok() ? *value : base::Duration(0);
}

const std::vector<std::string>& FlagValues::list(std::string_view name) const { return at(name).texts; }

std::map<std::string, std::string> FlagValues::map(std::string_view name) const {
  std::map<std::string, std::string> pairs;
  for (const std::string& text : list(name)) {
    const size_t equals = text.find('=');
    pairs[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return pairs;
}

}  // namespace bao::cli
