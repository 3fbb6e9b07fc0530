// From the text of a policy to its rules, with the reference's checks in its order and its wording, because the texts
// show up in answers of sys/policies/acl.
#include <algorithm>
#include <charconv>

#include "internal/base/letters.h"
#include "internal/base/limits.h"
#include "internal/base/time_format.h"
#include "internal/codec/hcl.h"
#include "internal/core/policy/keys_filter.h"
#include "internal/core/policy/policy.h"
#include "internal/core/policy/rule_path.h"
#include "internal/logical/identity_template.h"

namespace bao::core {
namespace {

using codec::HclItem;
using codec::HclValue;
using codec::Json;

constexpr std::string_view kPolicyKeys[] = {"name", "path"};
constexpr std::string_view kRuleKeys[] = {
    "comment", "policy", "capabilities", "allowed_parameters", "denied_parameters", "required_parameters",
    "min_wrapping_ttl", "max_wrapping_ttl", "mfa_methods", "pagination_limit", "expiration",
    "list_scan_response_keys_filter_path"};

std::string in_path(std::string_view path, std::string_view message) {
  return "path " + quoted(path) + ": " + std::string(message);
}

// Every unknown key, as one list of errors; `prefix` stands before each.
template <size_t N>
base::Status check_keys(const std::vector<HclItem>& items, const std::string_view (&known)[N], const std::string& prefix) {
  std::string list;
  size_t count = 0;
  for (const HclItem& item : items) {
    if (std::find(std::begin(known), std::end(known), item.key) != std::end(known)) continue;
    ++count;
    list += "\n\t* " + prefix + "invalid key " + quoted(item.key) + " on line " + std::to_string(item.assign_line);
  }
  if (count == 0) return {};
  return base::invalid(std::to_string(count) + (count == 1 ? " error" : " errors") + " occurred:" + list + "\n\n");
}

std::string_view type_name(const HclValue& value) {
  switch (value.kind) {
    case HclValue::Kind::scalar: return "*ast.LiteralType";
    case HclValue::Kind::list: return "*ast.ListType";
    case HclValue::Kind::object: return "*ast.ObjectList";
  }
  return "";
}

base::Error wrong_type(const HclValue& value, const std::string& message) {
  return codec::hcl_error(value.line, value.column, message + " " + std::string(type_name(value)));
}

base::Result<std::string> as_text(const HclValue& value, const std::string& name) {
  if (value.kind == HclValue::Kind::scalar) {
    if (value.scalar.is_string()) return value.scalar.text();
    const bool integer = value.scalar.is_number() && value.scalar.text().find_first_of(".e") == std::string::npos;
    if (integer) return value.scalar.text();
  }
  return wrong_type(value, name + ": unknown type for string");
}

base::Result<int64_t> as_integer(const HclValue& value, const std::string& name) {
  const bool number = value.kind == HclValue::Kind::scalar && (value.scalar.is_string() || value.scalar.is_number());
  if (!number) return wrong_type(value, name + ": unknown type");
  int64_t parsed = 0;
  const std::string& text = value.scalar.text();
  const auto end = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) {
    return base::invalid("strconv.ParseInt: parsing " + quoted(text) + ": invalid syntax");
  }
  return parsed;
}

// The elements of a list; an object stands for a list of itself.
base::Result<std::vector<HclValue>> as_list(const HclValue& value) {
  if (value.kind == HclValue::Kind::list) return value.list;
  if (value.kind == HclValue::Kind::object) return std::vector<HclValue>{value};
  return wrong_type(value, "unknown slice type:");
}

base::Status add_texts(const HclValue& value, const std::string& name, std::vector<std::string>& out) {
  ASSIGN_OR_RETURN(const std::vector<HclValue> list, as_list(value));
  for (size_t i = 0; i < list.size(); ++i) {
    ASSIGN_OR_RETURN(std::string text, as_text(list[i], name + "[" + std::to_string(i) + "]"));
    out.push_back(std::move(text));
  }
  return {};
}

base::Status add_parameter(const std::string& name, const HclValue& value, ParameterValues& out) {
  ASSIGN_OR_RETURN(const std::vector<HclValue> list, as_list(value));
  std::vector<Json>& values = out[base::lower_case(name)];
  for (const HclValue& one : list) values.push_back(codec::hcl_to_json(one));
  return {};
}

base::Status add_parameters(const HclItem& item, const std::string& name, std::optional<ParameterValues>& out) {
  if (!out) out.emplace();
  if (!item.labels.empty()) return add_parameter(item.labels.front(), item.value, *out);
  if (item.value.kind != HclValue::Kind::object) return wrong_type(item.value, name + ": not an object type for map");
  for (const HclItem& parameter : item.value.object) TRY(add_parameter(parameter.key, parameter.value, *out));
  return {};
}

base::Result<base::Duration> as_duration(const HclValue& value) {
  const bool scalar = value.kind == HclValue::Kind::scalar && !value.scalar.is_bool();
  if (!scalar) return base::invalid("could not parse duration from input");
  if (value.scalar.is_string()) return base::parse_api_duration(value.scalar.text());
  double seconds = 0;
  const std::string& text = value.scalar.text();
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr double kSecondsMax = 9'000'000'000.0;
  if (!(seconds > -kSecondsMax && seconds < kSecondsMax)) return base::invalid("duration multiplication overflow");
  return base::seconds(static_cast<int64_t>(seconds));
}

base::Result<base::Time> as_time(std::string_view text) {
  if (const auto time = base::parse_rfc3339(text); time.ok()) return *time;
  int64_t seconds = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr int64_t kSecondsMax = 9'000'000'000;
  const bool whole = end.ec == std::errc() && end.ptr == text.data() + text.size();
  if (!whole || seconds > kSecondsMax || seconds < -kSecondsMax) {
    return base::invalid("could not parse string as date and time");
  }
  return base::Time(base::seconds(seconds));
}

// What a block says, before it is checked.
struct Draft {
  std::string policy, expiration;
  std::vector<std::string> capabilities, mfa_methods;
  std::optional<HclValue> min_wrapping_ttl, max_wrapping_ttl;
};

base::Status read_member(const HclItem& item, PathRule& rule, Draft& draft) {
  const std::string name = "root." + item.key;
  const auto text_into = [&](std::string& target) -> base::Status {
    ASSIGN_OR_RETURN(target, as_text(item.value, name));
    return {};
  };
  if (item.key == "policy") return text_into(draft.policy);
  if (item.key == "expiration") return text_into(draft.expiration);
  if (item.key == "list_scan_response_keys_filter_path") return text_into(rule.response_keys_filter_path);
  if (item.key == "capabilities") return add_texts(item.value, name, draft.capabilities);
  if (item.key == "required_parameters") return add_texts(item.value, name, rule.required_parameters);
  if (item.key == "mfa_methods") return add_texts(item.value, name, draft.mfa_methods);
  if (item.key == "allowed_parameters") return add_parameters(item, name, rule.allowed_parameters);
  if (item.key == "denied_parameters") return add_parameters(item, name, rule.denied_parameters);
  if (item.key == "min_wrapping_ttl") draft.min_wrapping_ttl = item.value;
  if (item.key == "max_wrapping_ttl") draft.max_wrapping_ttl = item.value;
  if (item.key == "pagination_limit") {
    ASSIGN_OR_RETURN(rule.pagination_limit, as_integer(item.value, name));
  }
  return {};
}

base::Status expand_old_policy(std::string_view key, Draft& draft) {
  const auto add = [&draft](std::initializer_list<const char*> names) -> base::Status {
    draft.capabilities.insert(draft.capabilities.end(), names.begin(), names.end());
    return {};
  };
  if (draft.policy.empty()) return {};
  if (draft.policy == "deny") {
    draft.capabilities = {"deny"};
    return {};
  }
  if (draft.policy == "read") return add({"read", "list"});
  if (draft.policy == "write") return add({"create", "read", "update", "delete", "list"});
  if (draft.policy == "sudo") return add({"create", "read", "update", "delete", "list", "sudo"});
  return base::invalid(in_path(key, "invalid policy " + quoted(draft.policy)));
}

std::optional<Capabilities> capability(std::string_view name) {
  constexpr std::pair<std::string_view, Capabilities> kNames[] = {
      {"deny", kDeny}, {"create", kCreate}, {"read", kRead}, {"update", kUpdate}, {"delete", kDelete},
      {"list", kList}, {"sudo", kSudo}, {"patch", kPatch}, {"scan", kScan}};
  for (const auto& [known, bit] : kNames) {
    if (known == name) return bit;
  }
  return std::nullopt;
}

base::Status set_wrapping_ttls(const Draft& draft, PathRule& rule) {
  const auto set = [](const std::optional<HclValue>& value, const char* name, base::Duration& out) -> base::Status {
    if (!value) return {};
    const auto parsed = as_duration(*value);
    if (!parsed.ok()) return parsed.error().within(std::string("error parsing ") + name);
    out = *parsed;
    return {};
  };
  TRY(set(draft.min_wrapping_ttl, "min_wrapping_ttl", rule.min_wrapping_ttl));
  TRY(set(draft.max_wrapping_ttl, "max_wrapping_ttl", rule.max_wrapping_ttl));
  constexpr base::Duration kNone{0};
  if (rule.min_wrapping_ttl != kNone && rule.max_wrapping_ttl != kNone && rule.max_wrapping_ttl < rule.min_wrapping_ttl) {
    return base::invalid("max_wrapping_ttl cannot be less than min_wrapping_ttl");
  }
  return {};
}

base::Status check_keys_filter(const PathRule& rule) {
  const std::string& filter = rule.response_keys_filter_path;
  if (filter.empty()) return {};
  if ((rule.capabilities & kList) == 0) {
    return base::invalid("list_scan_response_keys_filter_path needs to be used on a path with the list capability");
  }
  const auto one = keys_filter_path(filter, rule.path, "first"), two = keys_filter_path(filter, rule.path, "second");
  if (!one.ok() || !two.ok()) {
    return one.error().within("unable to compile template for list_scan_response_keys_filter_path");
  }
  if (*one == *two) {
    return base::invalid("list_scan_response_keys_filter_path resulted in same path for two different keys");
  }
  return {};
}

// "deny" anywhere leaves nothing else of the block.
base::Status set_constraints(std::string_view key, Draft& draft, PathRule& rule) {
  TRY(expand_old_policy(key, draft));
  for (const std::string& name : draft.capabilities) {
    const auto bit = capability(name);
    if (!bit) return base::invalid(in_path(key, "invalid capability " + quoted(name)));
    if (*bit != kDeny) {
      rule.capabilities |= *bit;
      continue;
    }
    PathRule denied;
    denied.written = rule.written;
    denied.path = rule.path;
    denied.prefix = rule.prefix;
    denied.has_segment_wildcards = rule.has_segment_wildcards;
    denied.templated = rule.templated;
    denied.expiration = rule.expiration;
    denied.capabilities = kDeny;
    rule = std::move(denied);
    return {};
  }
  TRY(set_wrapping_ttls(draft, rule));
  return check_keys_filter(rule);
}

base::Result<PathRule> parse_rule(const HclItem& item) {
  PathRule rule;
  const std::string key = item.labels.empty() ? "path" : item.labels.front();
  const auto templated = logical::is_templated(key);
  if (!templated.ok()) return templated.error().within("failed to validate policy templating");
  rule.written = key;
  rule.templated = *templated;
  if (item.value.kind != HclValue::Kind::object) {
    return base::invalid(in_path(key, "cannot check HCL keys of type " + std::string(type_name(item.value))));
  }
  TRY(check_keys(item.value.object, kRuleKeys, in_path(key, "")));
  Draft draft;
  for (const HclItem& member : item.value.object) {
    const base::Status read = read_member(member, rule, draft);
    if (!read.ok()) return base::invalid(in_path(key, read.error().message()));
  }
  if (!draft.expiration.empty()) {
    const auto time = as_time(draft.expiration);
    if (!time.ok()) return base::invalid(in_path(key, "invalid expiration time: " + time.error().message()));
    rule.expiration = *time;
  }
  TRY(set_rule_path(rule, key));
  TRY(set_constraints(key, draft, rule));
  return rule;
}

base::Result<std::vector<PathRule>> parse_items(std::string_view text) {
  ASSIGN_OR_RETURN(const std::vector<HclItem> items, codec::parse_hcl(text));
  TRY(check_keys(items, kPolicyKeys, ""));
  std::vector<PathRule> rules;
  for (const HclItem& item : items) {
    if (item.key == "name") TRY(as_text(item.value, "root.name"));
  }
  for (const HclItem& item : items) {
    if (item.key != "path") continue;
    ASSIGN_OR_RETURN(PathRule rule, parse_rule(item));
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else if (c == '\r') out += "\\r";
    else out += c;
  }
  return out + '"';
}

base::Status set_rule_path(PathRule& rule, std::string path) {
  if (!path.empty() && path.front() == '/') path.erase(0, 1);
  if (path.find("+*") != std::string::npos) {
    return base::invalid(in_path(path, "invalid use of wildcards ('+*' is forbidden)"));
  }
  rule.has_segment_wildcards = path == "+" || path.find("/+") != std::string::npos || path.starts_with("+/");
  rule.prefix = !path.empty() && path.back() == '*';
  if (rule.prefix) path.pop_back();
  rule.path = std::move(path);
  return {};
}

base::Result<std::vector<PathRule>> parse_policy_rules(std::string_view text) {
  if (text.size() > base::kPolicyTextBytesMax) {
    return base::Error(base::Code::too_large,
                       "policy is larger than " + std::to_string(base::kPolicyTextBytesMax) + " bytes");
  }
  auto rules = parse_items(text);
  if (!rules.ok()) return rules.error().within("failed to parse policy");
  return rules;
}

bool has_templates(const std::vector<PathRule>& rules) {
  return std::any_of(rules.begin(), rules.end(), [](const PathRule& rule) { return rule.templated; });
}

}  // namespace bao::core
