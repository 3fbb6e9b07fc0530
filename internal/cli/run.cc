// Finds the command that arguments name and runs it, as hashicorp/cli and the reference's main do (openbao-cli.md 1).

#include "internal/base/letters.h"
#include "internal/cli/cli.h"
#include "internal/cli/environment.h"
#include "internal/cli/help.h"
#include "internal/cli/invocation.h"
#include "internal/cli/paths.h"

namespace bao::cli {
namespace {

constexpr int kUnknownCommand = 127;

// Settings of output, understood before and after positionals alike.
struct OutputSettings {
  std::string format;
  bool detailed = false;
  bool prints_only = false;  // -output-curl-string or -output-policy
};

bool is_flag(std::string_view argument, std::string_view name) {
  return argument.starts_with('-') && argument.substr(argument.starts_with("--") ? 2 : 1) == name;
}

std::optional<std::string> flag_value(std::string_view argument, std::string_view name) {
  if (!argument.starts_with('-')) return std::nullopt;
  argument.remove_prefix(argument.starts_with("--") ? 2 : 1);
  if (!argument.starts_with(name) || argument.size() <= name.size() || argument[name.size()] != '=') return std::nullopt;
  return std::string(argument.substr(name.size() + 1));
}

OutputSettings output_settings(const std::vector<std::string>& arguments) {
  OutputSettings settings;
  std::optional<bool> detailed;
  for (size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string& argument = arguments[i];
    if (is_flag(argument, "output-curl-string") || is_flag(argument, "output-policy")) settings.prints_only = true;
    if (const auto value = flag_value(argument, "format")) settings.format = *value;
    if (is_flag(argument, "format") && i + 1 < arguments.size()) settings.format = arguments[++i];
    if (is_flag(argument, "detailed")) detailed = true;
    if (const auto value = flag_value(argument, "detailed")) detailed = parse_boolean(*value).ok() && *parse_boolean(*value);
  }
  if (settings.format.empty()) settings.format = environment_or_empty("BAO_FORMAT");
  settings.format = settings.format.empty() ? "table" : base::lower_case(settings.format);
  if (!detailed) {
    const auto value = parse_boolean(environment_or_empty("BAO_DETAILED"));
    detailed = value.ok() && *value;
  }
  settings.detailed = *detailed;
  return settings;
}

// What the arguments say before any flag is read.
struct Asked {
  bool help = false;
  bool flags_before_command = false;
  std::string path;                    // the longest command that the first words name; empty for none
  std::vector<std::string> arguments;  // after those words
};

// The longest run of words from `at` on that is a command.
void find_path(const std::vector<std::string>& words, size_t at, Asked& asked) {
  std::string path;
  asked.path = words[at];
  asked.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
  for (size_t i = at; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.empty() || word[0] == '-' || word.find(' ') != std::string::npos) return;
    path += (path.empty() ? "" : " ") + word;
    if (find_command(path) == nullptr) return;
    asked.path = path;
    asked.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
  }
}

Asked ask(const std::vector<std::string>& arguments) {
  Asked asked;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") break;
    if (is_flag(argument, "h") || is_flag(argument, "help")) {
      asked.help = asked.help || argument != "--h";
    } else if (asked.path.empty() && argument.starts_with('-')) {
      asked.flags_before_command = true;
    } else if (asked.path.empty() && !argument.empty()) {
      find_path(arguments, i, asked);
    }
  }
  return asked;
}

// With -output-curl-string and -output-policy: what was made of the command's request, or why there is none.
int print_request(Ui& ui, const Invocation& invocation, int status) {
  const std::string held = ui.take_held();
  const Session* session = invocation.session_if_open();
  if (session != nullptr && session->printed()) {
    ui.output(*session->printed());
    return 0;
  }
  if (status == 0) {
    ui.error_now("Could not generate what the command would send\n");
    return 1;
  }
  ui.error_now(held + "Unable to generate cURL string or policy from command\n");
  return status;
}

int run_command(const Command& command, const Asked& asked, const Entry& entry, const OutputSettings& settings, Ui& ui) {
  if (asked.help) {
    ui.output(help_of(command));
    return 0;
  }
  if (asked.flags_before_command) {
    ui.error_now("Invalid flags before the subcommand. If these flags are for\n"
                 "the subcommand, please put them after the subcommand.\n\n" + help_of(command) + "\n");
    return 1;
  }
  if (command.run == nullptr) {
    ui.error_now(help_of(command) + "\n");
    return 1;
  }
  if (settings.prints_only) ui.hold_errors();
  Invocation invocation(command, entry, ui);
  const auto read = invocation.read(asked.arguments);
  const int status = read.ok() ? command.run(invocation) : invocation.fail(1, read.error().message());
  return settings.prints_only ? print_request(ui, invocation, status) : status;
}

}  // namespace

int run(const std::vector<std::string>& given, const Entry& entry) {
  const bool version = given.size() == 1 && (given[0] == "-v" || given[0] == "-version" || given[0] == "--version");
  const std::vector<std::string> arguments = version ? std::vector<std::string>{"version"} : given;
  const OutputSettings settings = output_settings(arguments);
  Ui ui(settings.format, settings.detailed);
  if (!ui.known()) {
    ui.error("Invalid output format: " + settings.format);
    return 1;
  }
  const Asked asked = ask(arguments);
  if (asked.help && asked.path.empty()) {
    ui.output(overview());
    return 0;
  }
  const Command* command = find_command(asked.path);
  if (command == nullptr) {
    ui.error_now(overview() + "\n");
    return kUnknownCommand;
  }
  return run_command(*command, asked, entry, settings, ui);
}

}  // namespace bao::cli
