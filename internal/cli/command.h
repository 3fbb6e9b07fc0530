// The commands as one constant table, from which the tree, help, man pages and completions come.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "internal/cli/cli.h"
#include "internal/cli/flags.h"

namespace bao::cli {

class Invocation;

// Which of the output flags a command has.
struct OutputFlags {
  bool format = false, field = false, detailed = false;
};
inline constexpr OutputFlags kNoOutput{};
inline constexpr OutputFlags kFormat{.format = true};
inline constexpr OutputFlags kFormatField{.format = true, .field = true};
inline constexpr OutputFlags kFormatDetailed{.format = true, .detailed = true};

enum class Reading {
  flags,     // flags are read before run
  verbatim,  // run gets its arguments as they are
};

struct Command {
  std::string_view path;      // "kv metadata get"
  std::string_view synopsis;  // one line
  std::string_view usage;     // what follows the path: "[options] KEY"
  std::string_view text;      // paragraphs between the usage and the flags
  OutputFlags output = {};
  std::span<const Flag> flags = {};
  // Exit status. Null: a group, which prints its sub-commands.
  int (*run)(Invocation&) = nullptr;
  bool raw_format = false;    // -format=raw is allowed
  Reading reading = Reading::flags;
  bool hidden = false;        // not listed
};

// Every command, groups included, in no order that matters.
std::vector<const Command*> commands();
const Command* find_command(std::string_view path);
// Direct sub-commands, sorted by name; those of "" are the top level.
std::vector<const Command*> children_of(std::string_view path);
// All flags of a command: those every command has, output flags, its own.
std::vector<const Flag*> flags_of(const Command& command);
// The last word of a path.
std::string_view name_of(const Command& command);
std::string_view parent_of(std::string_view path);

// The tables, one a file.
std::span<const Command> read_commands();
std::span<const Command> write_commands();
std::span<const Command> login_commands();
std::span<const Command> status_commands();
std::span<const Command> version_commands();
std::span<const Command> kv_commands();
std::span<const Command> kv_version_commands();
std::span<const Command> kv_metadata_commands();
std::span<const Command> token_commands();
std::span<const Command> policy_commands();
std::span<const Command> lease_commands();
std::span<const Command> secrets_commands();
std::span<const Command> auth_commands();
std::span<const Command> audit_commands();
std::span<const Command> namespace_commands();
std::span<const Command> operator_commands();
std::span<const Command> root_key_commands();
std::span<const Command> file_commands();
std::span<const Command> raft_commands();
std::span<const Command> plugin_commands();
std::span<const Command> pki_commands();
std::span<const Command> engine_commands();
std::span<const Command> process_commands();

// For commands that this build knows by name only: says so, 1.
int not_there_yet(Invocation& invocation);

}  // namespace bao::cli
