#include "internal/cli/command.h"

#include <algorithm>

#include "internal/cli/global_flags.h"
#include "internal/cli/invocation.h"

namespace bao::cli {

std::vector<const Command*> commands() {
  static constexpr std::span<const Command> (*kTables[])() = {
      read_commands,   write_commands,   login_commands,     status_commands,   version_commands,  kv_commands,
      kv_version_commands, kv_metadata_commands, token_commands, policy_commands, lease_commands, secrets_commands,
      auth_commands,   audit_commands,   namespace_commands, operator_commands, root_key_commands, file_commands,     raft_commands,
      plugin_commands, pki_commands,   engine_commands,  process_commands};
  std::vector<const Command*> all;
  for (const auto table : kTables) {
    for (const Command& command : table()) all.push_back(&command);
  }
  return all;
}

const Command* find_command(std::string_view path) {
  for (const Command* command : commands()) {
    if (command->path == path) return command;
  }
  return nullptr;
}

std::string_view parent_of(std::string_view path) {
  const size_t space = path.rfind(' ');
  return space == std::string_view::npos ? std::string_view() : path.substr(0, space);
}

std::string_view name_of(const Command& command) {
  const size_t space = command.path.rfind(' ');
  return space == std::string_view::npos ? command.path : command.path.substr(space + 1);
}

std::vector<const Command*> children_of(std::string_view path) {
  std::vector<const Command*> children;
  for (const Command* command : commands()) {
    if (parent_of(command->path) == path && !command->hidden) children.push_back(command);
  }
  std::sort(children.begin(), children.end(), [](const Command* a, const Command* b) { return a->path < b->path; });
  return children;
}

std::vector<const Flag*> flags_of(const Command& command) {
  std::vector<const Flag*> flags;
  for (const Flag& flag : http_flags()) flags.push_back(&flag);
  if (command.output.field) flags.push_back(&kFieldFlag);
  if (command.output.format) flags.push_back(&kFormatFlag);
  if (command.output.detailed) flags.push_back(&kDetailedFlag);
  for (const Flag& flag : command.flags) flags.push_back(&flag);
  return flags;
}

int not_there_yet(Invocation& invocation) {
  invocation.ui().error("\"bao " + std::string(invocation.command().path) + "\" is not part of this build yet.");
  return 1;
}

}  // namespace bao::cli
