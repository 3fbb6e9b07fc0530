// Completion of commands and flags for bash, zsh and fish.
#include <algorithm>

#include "internal/cli/command.h"
#include "internal/cli/documents.h"
#include "internal/cli/global_flags.h"

namespace bao::cli {
namespace {

constexpr char kNote[] = "# Made from the table of commands by bao_docs; `make docs` makes it anew.\n";

std::vector<const Command*> sorted_commands() {
  std::vector<const Command*> all = commands();
  std::sort(all.begin(), all.end(), [](const Command* a, const Command* b) { return a->path < b->path; });
  return all;
}

bool is_shared(const Flag& flag) { return flag.section == http_flags().front().section; }

// Those of the command's own.
std::vector<const Flag*> shown_flags(const Command& command) {
  std::vector<const Flag*> flags;
  if (command.run == nullptr) return flags;
  for (const Flag* flag : flags_of(command)) {
    if (!flag->hidden && !is_shared(*flag)) flags.push_back(flag);
  }
  std::sort(flags.begin(), flags.end(), [](const Flag* a, const Flag* b) { return a->name < b->name; });
  return flags;
}

std::string names_of(const std::vector<const Command*>& children) {
  std::string names;
  for (const Command* child : children) names.append(names.empty() ? "" : " ").append(name_of(*child));
  return names;
}

std::string single_quoted(std::string_view text, std::string_view quote) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string(quote) : std::string(1, c);
  return out + "'";
}

// The first sentence.
std::string_view first_sentence(std::string_view text) {
  const size_t end = text.find(". ");
  return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

std::string bash_flag(const Flag& flag) {
  return "-" + std::string(flag.name) + (flag.kind == FlagKind::boolean ? "" : "=");
}

std::string bash_shared_flags() {
  std::string flags;
  for (const Flag& flag : http_flags()) {
    if (!flag.hidden) flags += (flags.empty() ? "" : " ") + bash_flag(flag);
  }
  return flags;
}

std::string bash() {
  std::string out = std::string("# bash completion for bao\n") + kNote +
                    "_bao_words() {\n"
                    "  commands= flags=\n"
                    "  case \"$1\" in\n"
                    "    '') commands='" + names_of(children_of("")) + "' ;;\n";
  for (const Command* command : sorted_commands()) {
    std::string flags;
    for (const Flag* flag : shown_flags(*command)) {
      flags += (flags.empty() ? "" : " ") + bash_flag(*flag);
    }
    const std::string children = names_of(children_of(command->path));
    out.append("    '").append(command->path).append("')");
    if (!children.empty()) out += " commands='" + children + "'";
    if (!flags.empty()) out += " flags='" + flags + "'";
    out += " ;;\n";
  }
  return out +
         "  esac\n"
         "}\n"
         "_bao() {\n"
         "  local commands flags path='' word i current=\"${COMP_WORDS[COMP_CWORD]}\"\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    word=\"${COMP_WORDS[i]}\"\n"
         "    _bao_words \"$path\"\n"
         "    [[ \" $commands \" == *\" $word \"* ]] || break\n"
         "    path=\"${path:+$path }$word\"\n"
         "  done\n"
         "  _bao_words \"$path\"\n"
         "  if [[ $current == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$flags " + bash_shared_flags() + "\" -- \"$current\"))\n"
         "    [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace\n"
         "  elif ((i == COMP_CWORD)) && [[ -n $commands ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$commands\" -- \"$current\"))\n"
         "  fi\n"
         "}\n"
         "complete -o default -F _bao bao\n";
}

std::string zsh_flag(const Flag& flag) {
  return "        " + single_quoted("-" + std::string(flag.name) + ":" + std::string(first_sentence(flag.text)), "'\\''") + "\n";
}

std::string zsh() {
  std::string out = std::string("#compdef bao\n") + kNote +
                    "_bao_words() {\n"
                    "  commands=() flags=()\n"
                    "  case \"$1\" in\n";
  const auto add_children = [&out](std::string_view path) {
    const auto children = children_of(path);
    if (children.empty()) return;
    out += "      commands=(\n";
    for (const Command* child : children) {
      out += "        " + single_quoted(std::string(name_of(*child)) + ":" + std::string(child->synopsis), "'\\''") + "\n";
    }
    out += "      )\n";
  };
  out += "    '')\n";
  add_children("");
  out += "      ;;\n";
  for (const Command* command : sorted_commands()) {
    out.append("    '").append(command->path).append("')\n");
    add_children(command->path);
    const auto flags = shown_flags(*command);
    if (!flags.empty()) out += "      flags=(\n";
    for (const Flag* flag : flags) {
      out += zsh_flag(*flag);
    }
    if (!flags.empty()) out += "      )\n";
    out += "      ;;\n";
  }
  std::string shared;
  for (const Flag& flag : http_flags()) shared += flag.hidden ? "" : zsh_flag(flag);
  return out +
         "  esac\n"
         "  flags+=(\n" + shared + "      )\n"
         "}\n"
         "_bao() {\n"
         "  local -a commands flags\n"
         "  local path_words='' word i\n"
         "  for ((i = 2; i < CURRENT; i++)); do\n"
         "    word=\"${words[i]}\"\n"
         "    _bao_words \"$path_words\"\n"
         "    [[ -n ${commands[(r)$word:*]} ]] || break\n"
         "    path_words=\"${path_words:+$path_words }$word\"\n"
         "  done\n"
         "  _bao_words \"$path_words\"\n"
         "  if [[ ${words[CURRENT]} == -* ]]; then\n"
         "    _describe -o 'flag' flags\n"
         "  elif ((i == CURRENT && ${#commands})); then\n"
         "    _describe 'command' commands\n"
         "  else\n"
         "    _files\n"
         "  fi\n"
         "}\n"
         "_bao \"$@\"\n";
}

std::string fish_flag(const Flag& flag, const std::string& condition) {
  return "complete -c bao" + condition + " -o " + std::string(flag.name) + (flag.kind == FlagKind::boolean ? "" : " -r") + " -d " +
         single_quoted(first_sentence(flag.text), "\\'") + "\n";
}

std::string fish() {
  std::string out = std::string("# fish completion for bao\n") + kNote +
                    "function __bao_at\n"
                    "  set -l words (commandline -opc)\n"
                    "  set -e words[1]\n"
                    "  set -l path $argv\n"
                    "  test (count $words) -ge (count $path); or return 1\n"
                    "  for i in (seq (count $path))\n"
                    "    test \"$words[$i]\" = \"$path[$i]\"; or return 1\n"
                    "  end\n"
                    "end\n"
                    "function __bao_exactly_at\n"
                    "  test (count (commandline -opc)) -eq (math (count $argv) + 1); and __bao_at $argv\n"
                    "end\n";
  const auto add_children = [&out](std::string_view path) {
    for (const Command* child : children_of(path)) {
      out.append("complete -c bao -f -n '__bao_exactly_at").append(path.empty() ? "" : " ").append(path);
      out += "' -a " + std::string(name_of(*child)) + " -d " + single_quoted(child->synopsis, "\\'") + "\n";
    }
  };
  add_children("");
  for (const Command* command : sorted_commands()) {
    add_children(command->path);
    const std::string here = " -n '__bao_at " + std::string(command->path) + "'";
    for (const Flag* flag : shown_flags(*command)) out += fish_flag(*flag, here);
  }
  for (const Flag& flag : http_flags()) out += flag.hidden ? "" : fish_flag(flag, "");
  return out;
}

}  // namespace

Documents completions() {
  return {{"completions/bao.bash", bash()}, {"completions/_bao", zsh()}, {"completions/bao.fish", fish()}};
}

}  // namespace bao::cli
