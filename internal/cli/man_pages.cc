// bao.1 with what all commands share, and a page for each command of the top level, its sub-commands included.
#include <algorithm>

#include "internal/cli/command.h"
#include "internal/cli/documents.h"
#include "internal/cli/global_flags.h"
#include "internal/cli/help.h"

namespace bao::cli {
namespace {

// Text as roff takes it.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

// Help paragraphs: indented lines are examples, the rest is running text.
std::string paragraphs(std::string_view text) {
  std::string out;
  bool example = false, blank = true;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t indent = line.find_first_not_of(' ');
    const bool now_example = indent != std::string_view::npos && indent >= 6;
    if (indent == std::string_view::npos) {
      blank = true;
      continue;
    }
    if (example && !now_example) out += ".fi\n.RE\n";
    if (blank && !(now_example && example)) out += ".PP\n";
    if (now_example && !example) out += ".RS 4\n.nf\n";
    example = now_example;
    blank = false;
    out += escaped(line.substr(indent)) + "\n";
  }
  return example ? out + ".fi\n.RE\n" : out;
}

std::string flag_entry(const Flag& flag) {
  std::string out = ".TP\n\\fB\\-" + escaped(flag.name) + "\\fR";
  if (const std::string_view example = example_of(flag); !example.empty()) out += "=\\fI" + escaped(example) + "\\fR";
  return out + "\n" + escaped(described(flag)) + "\n";
}

std::string flag_entries(std::vector<const Flag*> flags) {
  std::sort(flags.begin(), flags.end(), [](const Flag* a, const Flag* b) { return a->name < b->name; });
  std::string out;
  for (const Flag* flag : flags) {
    if (!flag->hidden) out += flag_entry(*flag);
  }
  return out;
}

// The flags that bao.1 doesn't describe.
std::string own_flags(const Command& command) {
  std::vector<const Flag*> flags;
  for (const Flag* flag : flags_of(command)) {
    if (flag->section != http_flags().front().section) flags.push_back(flag);
  }
  return flag_entries(std::move(flags));
}

std::string synopsis_line(const Command& command) {
  return ".B bao " + escaped(command.path) + "\n" + (command.usage.empty() ? "" : escaped(command.usage) + "\n");
}

std::string head(std::string_view title, std::string_view name, std::string_view synopsis) {
  return ".\\\" Made from the table of commands by bao_docs; `make docs` makes it anew.\n.TH " + escaped(upper(title)) +
         " 1 \"\" \"bao\" \"bao\"\n.SH NAME\n" + escaped(name) + " \\- " + escaped(synopsis) + "\n";
}

void add_sub_commands(std::string& out, const Command& group) {
  for (const Command* command : children_of(group.path)) {
    out += ".SS bao " + escaped(command->path) + "\n" + escaped(command->synopsis) + ".\n.PP\n" + synopsis_line(*command) +
           paragraphs(command->text) + (command->run == nullptr ? "" : own_flags(*command));
    add_sub_commands(out, *command);
  }
}

std::string page_of(const Command& command) {
  const std::string title = "bao-" + std::string(command.path);
  std::string out = head(title, title, command.synopsis) + ".SH SYNOPSIS\n" + synopsis_line(command) + ".SH DESCRIPTION\n" +
                    paragraphs(command.text);
  if (command.run != nullptr) {
    const std::string flags = own_flags(command);
    if (!flags.empty()) out += ".SH OPTIONS\n" + flags;
  }
  if (!children_of(command.path).empty()) {
    out += ".SH COMMANDS\n";
    add_sub_commands(out, command);
  }
  return out + ".SH SEE ALSO\n.BR bao (1),\nwhich describes the options that every command has, variables, files and exit statuses.\n";
}

constexpr char kOverviewText[] =
    ".SH SYNOPSIS\n.B bao\n<command> [args]\n"
    ".SH DESCRIPTION\n"
    "bao keeps secrets: it stores them encrypted, makes some on the spot, and gives them to those whom policies allow. This "
    "program is the server, and the command line that talks to one.\n"
    ".PP\n"
    "Flags may be written with one dash or two, with their value behind a space or an equals sign; they come before "
    "other arguments. \\fBbao\\fR \\fIcommand\\fR \\fB\\-h\\fR shows a command's flags.\n";

constexpr char kOverviewEnd[] =
    ".SH ENVIRONMENT\n"
    "Each variable BAO_X is looked up first, and only if it is not set VAULT_X. Beside those named above:\n"
    ".TP\n.B BAO_TOKEN\nThe token to use, before the token helper's.\n"
    ".TP\n.B BAO_TOKEN_PATH\nThe token file, in place of ~/.vault\\-token.\n"
    ".TP\n.B BAO_CONFIG_PATH\nThe configuration of the command line, in place of ~/.bao; and of the server.\n"
    ".TP\n.B BAO_CACERT_BYTES\nThe CA certificate itself (PEM).\n"
    ".TP\n.B BAO_CLIENT_TIMEOUT\nHow long to wait for an answer; 60s unless set.\n"
    ".TP\n.B BAO_MAX_RETRIES\nHow often to try again when a server cannot answer; 0 unless set.\n"
    ".TP\n.BR BAO_PROXY_ADDR ,\\  BAO_HTTP_PROXY\nA proxy.\n"
    ".TP\n.B BAO_FORMAT\nHow to print.\n"
    ".TP\n.BR BAO_CLI_NO_COLOR ,\\  NO_COLOR\nIf set, nothing is coloured.\n"
    ".SH FILES\n"
    ".TP\n.I ~/.vault\\-token\nThe token of \\fBbao login\\fR, readable for its owner alone.\n"
    ".TP\n.I ~/.bao\nHCL with one key, token_helper: a program that is called with get, store or erase to keep the token.\n"
    ".SH EXIT STATUS\n"
    ".TP\n.B 0\nDone.\n"
    ".TP\n.B 1\nThe command line was wrong: a flag, an argument, a file.\n"
    ".TP\n.B 2\nThe server could not be reached, refused, or has no such thing. (\\fBbao status\\fR: it is sealed.)\n"
    ".TP\n.B 127\nNo such command.\n";

std::string overview_page() {
  std::string out = head("bao", "bao", "keep secrets, and give them to those who may have them") + kOverviewText + ".SH COMMANDS\n";
  for (const Command* command : children_of("")) {
    out += ".TP\n.BR bao\\-" + escaped(command->path) + " (1)\n" + escaped(command->synopsis) + ".\n";
  }
  std::vector<const Flag*> shared;
  for (const Flag& flag : http_flags()) shared.push_back(&flag);
  return out + ".SH OPTIONS\nThese are flags of every command.\n" + flag_entries(std::move(shared)) + kOverviewEnd;
}

}  // namespace

Documents man_pages() {
  Documents pages;
  pages["man/bao.1"] = overview_page();
  for (const Command* command : children_of("")) pages["man/bao-" + std::string(command->path) + ".1"] = page_of(*command);
  return pages;
}

}  // namespace bao::cli
