#include "internal/cli/key_share.h"

#include "internal/cli/key_values.h"
#include "internal/cli/paths.h"
#include "internal/cli/prompt.h"
#include "internal/cli/wrap.h"

namespace bao::cli {
namespace {

std::optional<KeyShare> ask_for_share(Invocation& run, const std::string& nonce, const std::string& label, const std::string& kind) {
  if (run.no_stdin()) {
    run.fail(wrap("Refusing to read from stdin with -non-interactive specified; specify nonce via the -nonce flag"));
    return std::nullopt;
  }
  run.ui().output(label + ": " + nonce);
  const auto asked = ask_hidden(stdout, kind + " Key (will be hidden): ");
  if (asked.ok()) return KeyShare{trimmed(*asked), nonce};
  run.fail(wrap("An error occurred attempting to ask for the key. The raw error message is shown below, but usually this is because "
                "you attempted to pipe a value into the command or you are executing outside of a terminal (tty). If you want to "
                "pipe the value, pass \"-\" as the argument to read from stdin. The raw error was: " + asked.error().message()));
  return std::nullopt;
}

}  // namespace

std::optional<KeyShare> take_key_share(Invocation& run, const std::string& attempt_nonce, const std::string& label,
                                       const std::string& kind) {
  const std::string given = run.arguments().empty() ? "" : trimmed(run.arguments()[0]);
  if (given.empty()) return ask_for_share(run, attempt_nonce, label, kind);
  const std::string& nonce = run.flags().text("nonce");
  if (nonce.empty()) {
    run.fail("Missing nonce value: specify it via the -nonce flag");
    return std::nullopt;
  }
  if (given != "-") return KeyShare{given, nonce};
  return KeyShare{run.no_stdin() ? "" : trimmed(read_stdin()), nonce};
}

std::optional<std::string> take_unseal_key(Invocation& run, size_t at) {
  if (run.arguments().size() > at) return trimmed(run.arguments()[at]);
  if (run.no_stdin()) {
    run.fail(wrap("Refusing to read from stdin with -non-interactive specified; specify unseal key as an argument to this command"));
    return std::nullopt;
  }
  const auto asked = ask_hidden(stdout, "Unseal Key (will be hidden): ");
  if (asked.ok()) return trimmed(*asked);
  run.fail(wrap("An error occurred attempting to ask for an unseal key. The raw error message is shown below, but usually this is "
                "because you attempted to pipe a value into the unseal command or you are executing outside of a terminal (tty). "
                "You should run the unseal command from a terminal for maximum security. If this is not an option, the unseal key "
                "can be provided as the first argument to the unseal command. The raw error was:\n\n" + asked.error().message()));
  return std::nullopt;
}

}  // namespace bao::cli
