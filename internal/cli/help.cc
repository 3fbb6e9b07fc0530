#include "internal/cli/help.h"

#include <algorithm>

#include "internal/cli/wrap.h"

namespace bao::cli {
namespace {

constexpr std::string_view kCommon[] = {"read",  "write",  "delete", "list", "login",
                                        "agent", "server", "status", "unwrap"};

std::string listed(const std::vector<const Command*>& commands, size_t gap) {
  size_t widest = 0;
  for (const Command* command : commands) widest = std::max(widest, name_of(*command).size());
  std::string out;
  for (const Command* command : commands) {
    const std::string_view name = name_of(*command);
    out.append("    ").append(name).append(widest - name.size() + gap, ' ').append(command->synopsis).append("\n");
  }
  return out;
}

void add_flag(std::string& out, const Flag& flag) {
  const std::string_view example = example_of(flag);
  out.append("  -").append(flag.name);
  if (!example.empty()) out.append("=<").append(example).append(">");
  out.append("\n").append(wrap(described(flag), 6)).append("\n\n");
}

std::string flag_sections(const Command& command) {
  std::vector<const Flag*> flags = flags_of(command);
  std::vector<std::string_view> sections;
  for (const Flag* flag : flags) {
    if (std::find(sections.begin(), sections.end(), flag->section) == sections.end()) sections.push_back(flag->section);
  }
  std::stable_sort(flags.begin(), flags.end(), [](const Flag* a, const Flag* b) { return a->name < b->name; });
  std::string out;
  for (const std::string_view section : sections) {
    out.append(section).append(":\n\n");
    for (const Flag* flag : flags) {
      if (flag->section == section && !flag->hidden) add_flag(out, *flag);
    }
  }
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

}  // namespace

std::string overview() {
  std::vector<const Command*> common, others;
  for (const std::string_view name : kCommon) common.push_back(find_command(name));
  for (const Command* command : children_of("")) {
    if (std::find(common.begin(), common.end(), command) == common.end()) others.push_back(command);
  }
  std::string out = "Usage: bao <command> [args]\n\nCommon commands:\n" + listed(common, 6);
  out += "\nOther commands:\n" + listed(others, 6);
  out.pop_back();
  return out;
}

std::string_view example_of(const Flag& flag) {
  if (!flag.example.empty()) return flag.example;
  switch (flag.kind) {
    case FlagKind::boolean: return "";
    case FlagKind::boolean_or_unset: return "*bool";
    case FlagKind::integer: return "int";
    case FlagKind::unsigned_integer: return "uint";
    case FlagKind::duration: return "duration";
    case FlagKind::map: return "key=value";
    case FlagKind::keys: return "keybase:user1, keybase:user2, ...";
    default: return "string";
  }
}

std::string described(const Flag& flag) {
  std::string text(flag.text);
  if (!flag.alias.empty()) text.append(" This is aliased as \"-").append(flag.alias).append("\".");
  if (!flag.fallback.empty()) text.append(" The default is ").append(flag.fallback).append(".");
  if (!flag.environment.empty()) {
    text.append(" This can also be specified via the ").append(flag.environment).append(" environment variable.");
  }
  return text;
}

std::string help_of(const Command& command) {
  std::string out = "Usage: bao " + std::string(command.path);
  if (!command.usage.empty()) out.append(" ").append(command.usage);
  out.append("\n\n").append(command.text);
  while (out.ends_with('\n')) out.pop_back();
  if (command.run != nullptr) {
    if (command.reading == Reading::verbatim && command.flags.empty()) return out;
    return out + "\n\n" + flag_sections(command);
  }
  out += "\n\nSubcommands:\n" + listed(children_of(command.path), 4);
  out.pop_back();
  return out;
}

}  // namespace bao::cli
