#include "internal/logical/identity_template.h"

#include <algorithm>

#include "internal/base/time_format.h"

namespace bao::logical {
namespace {

using base::Result;

constexpr std::string_view kUnbalanced = "unbalanced templating characters";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  const size_t start = text.find_first_not_of(kBlanks);
  return start == std::string_view::npos ? "" : text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

base::Error not_found() { return base::invalid("no value could be found for one of the template directives"); }

Result<std::string> present(const std::string& value) { return value.empty() ? Result<std::string>(not_found()) : value; }

Result<std::string> member(const Identity::Metadata& metadata, std::string_view key) {
  const auto found = metadata.find(std::string(key));
  return found == metadata.end() ? Result<std::string>(not_found()) : found->second;
}

// "now", "now.plus.1h", "now.minus.1h" as seconds since 1970.
Result<std::string> time_value(std::string_view selector, base::Time now) {
  if (selector == "now") return std::to_string(base::unix_seconds(now));
  const bool plus = take_prefix(selector, "now.plus.");
  if (!plus && !take_prefix(selector, "now.minus.")) return base::invalid("invalid time selector");
  ASSIGN_OR_RETURN(const base::Duration by, base::parse_api_duration(selector));
  return std::to_string(base::unix_seconds(plus ? now + by : now - by));
}

// "ACCESSOR.name": the alias that the entity has on one mount.
Result<std::string> alias_value(std::string_view selector, const Identity& identity) {
  const size_t dot = selector.find('.');
  if (dot == std::string_view::npos) return base::invalid("invalid alias selector");
  const auto alias = std::find_if(identity.aliases.begin(), identity.aliases.end(),
                                  [&](const Identity::Alias& a) { return a.mount_accessor == selector.substr(0, dot); });
  if (alias == identity.aliases.end()) return base::invalid("alias not found");
  selector.remove_prefix(dot + 1);
  if (selector == "id") return present(alias->id);
  if (selector == "name") return present(alias->name);
  if (take_prefix(selector, "metadata.")) return member(alias->metadata, selector);
  return take_prefix(selector, "custom_metadata.") ? member(alias->custom_metadata, selector) : not_found();
}

Result<std::string> entity_value(std::string_view selector, const Identity& identity) {
  if (selector == "id") return present(identity.id);
  if (selector == "name") return present(identity.name);
  if (take_prefix(selector, "metadata.")) return member(identity.metadata, selector);
  return take_prefix(selector, "aliases.") ? alias_value(selector, identity) : not_found();
}

// "ids.ID.name", "names.NAME.metadata.KEY": of a group that the entity is a member of. A name ends at its first dot.
Result<std::string> group_value(std::string_view selector, const Identity& identity) {
  const bool by_id = take_prefix(selector, "ids.");
  if (!by_id && !take_prefix(selector, "names.")) return base::invalid("invalid groups selector");
  const size_t dot = selector.find('.');
  if (dot == std::string_view::npos) return base::invalid("invalid groups accessor");
  const std::string_view wanted = selector.substr(0, dot);
  const auto group = std::find_if(identity.groups.begin(), identity.groups.end(),
                                  [&](const Identity::Group& g) { return (by_id ? g.id : g.name) == wanted; });
  if (group == identity.groups.end()) return base::invalid("entity is not a member of group \"" + std::string(wanted) + "\"");
  selector.remove_prefix(dot + 1);
  if (selector == "id") return group->id;
  if (selector == "name") return present(group->name);
  return take_prefix(selector, "metadata.") ? member(group->metadata, selector) : not_found();
}

Result<std::string> value_of(std::string_view directive, const Identity* identity, base::Time now) {
  if (take_prefix(directive, "identity.entity.")) {
    if (identity == nullptr) return base::invalid("string contains entity template directives but no entity was provided");
    return entity_value(directive, *identity);
  }
  if (take_prefix(directive, "identity.groups.")) {
    if (identity == nullptr || identity->groups.empty()) {
      return base::invalid("string contains groups template directives but no groups were provided");
    }
    return group_value(directive, *identity);
  }
  return take_prefix(directive, "time.") ? time_value(directive, now) : not_found();
}

base::Status check_value(std::string_view value, std::string_view blocked) {
  const size_t at = value.find_first_of(blocked);
  if (at == std::string_view::npos) return {};
  return base::invalid(std::string("template substitution contains forbidden value \"") + value[at] + "\"");
}

// Calls `text` for what stands between templates and `directive` for what stands in them.
template <typename Text, typename Directive>
base::Status walk(std::string_view whole, Text text, Directive directive) {
  size_t at = whole.find("{{");
  const std::string_view head = whole.substr(0, at);
  if (head.find("}}") != std::string_view::npos) return base::invalid(std::string(kUnbalanced));
  text(head);
  while (at != std::string_view::npos) {
    const size_t next = whole.find("{{", at + 2);
    const std::string_view piece = whole.substr(at + 2, next == std::string_view::npos ? next : next - at - 2);
    const size_t end = piece.find("}}");
    if (end == std::string_view::npos || piece.find("}}", end + 2) != std::string_view::npos) {
      return base::invalid(std::string(kUnbalanced));
    }
    TRY(directive(trimmed(piece.substr(0, end))));
    text(piece.substr(end + 2));
    at = next;
  }
  return {};
}

}  // namespace

Result<bool> is_templated(std::string_view text) {
  bool found = false;
  const auto note = [&found](std::string_view) -> base::Status {
    found = true;
    return {};
  };
  TRY(walk(text, [](std::string_view) {}, note));
  return found;
}

Result<std::string> fill_template(std::string_view text, const Identity* identity, std::string_view blocked, base::Time now) {
  std::string filled;
  const auto fill = [&](std::string_view directive) -> base::Status {
    ASSIGN_OR_RETURN(const std::string value, value_of(directive, identity, now));
    TRY(check_value(value, blocked));
    filled += value;
    return {};
  };
  TRY(walk(text, [&filled](std::string_view between) { filled += between; }, fill));
  return filled;
}

}  // namespace bao::logical
