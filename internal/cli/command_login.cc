// bao login. Methods other than token come with the auth methods that they belong to.
#include "internal/cli/invocation.h"
#include "internal/cli/environment.h"
#include "internal/cli/key_values.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"
#include "internal/cli/prompt.h"
#include "internal/cli/token_helper.h"
#include "internal/cli/wrap.h"

namespace bao::cli {
namespace {

using codec::Json;
using Config = std::map<std::string, std::string>;

constexpr std::string_view kLaterMethods[] = {"cert", "kerberos", "kubernetes", "ldap", "oidc", "radius", "userpass"};

base::Result<std::string> token_of(const Config& config, bool non_interactive) {
  std::string token;
  if (const auto given = config.find("token"); given != config.end()) {
    token = trimmed(given->second);
  } else if (non_interactive) {
    return base::invalid("'token' not supplied and refusing to pull from stdin");
  } else {
    const auto asked = ask_hidden(stderr, "Token (will be hidden): ");
    if (!asked.ok()) {
      return base::invalid("An error occurred attempting to ask for a token. The raw error message is shown below, but usually "
                           "this is because you attempted to pipe a value into the command or you are executing outside of a "
                           "terminal (tty). If you want to pipe the value, pass \"-\" as the argument to read from stdin. The "
                           "raw error was: " + asked.error().message());
    }
    token = trimmed(*asked);
  }
  if (token.empty()) return base::invalid("a token must be passed to auth, please view the help for more information");
  return token;
}

// Logs in with a token: unless told not to, looks it up first, so that a bad one is found out here.
base::Result<Secret> login_with_token(Session& session, const Config& config, bool non_interactive) {
  bool look_up = true;
  if (const auto given = config.find("lookup"); given != config.end()) {
    const auto parsed = parse_boolean(given->second);
    if (!parsed.ok()) return base::invalid("Failed to parse \"lookup\" as boolean: " + parsed.error().message());
    look_up = *parsed;
  }
  ASSIGN_OR_RETURN(const std::string token, token_of(config, non_interactive));
  Secret secret;
  secret.auth = auth_of_token(token);
  if (!look_up) return secret;
  session.set_token(token);
  session.forget_wrapping();
  const auto response = session.call("GET", "auth/token/lookup-self");
  if (!response.ok()) return base::invalid("error looking up token: " + response.error().message());
  ASSIGN_OR_RETURN(const std::optional<Secret> lookup, parse_secret(response->body));
  if (!lookup) return base::invalid("empty response from lookup-self");
  secret.auth = auth_of_lookup(*lookup);
  return secret;
}

void warn_of_token_variable(Ui& ui) {
  if (environment_or_empty("BAO_TOKEN").empty()) return;
  ui.warn(wrap("WARNING! The BAO_TOKEN environment variable is set! The value of this variable will take precedence; if this is "
               "unwanted please unset BAO_TOKEN or update its value accordingly.") + "\n");
}

// 0 when the token was stored.
int store(Invocation& run, const Session& session, const Secret& secret) {
  auto helper = configured_token_helper(session.address());
  if (!helper.ok()) {
    return run.fail(1, wrap("Error initializing token helper. Please verify that the token helper is available and properly "
                            "configured for your system. The error was: " + helper.error().message()));
  }
  const auto stored = (*helper)->store(secret.auth["client_token"].as_string());
  if (stored.ok()) return 0;
  run.fail("Error storing token: " + stored.error().message());
  run.fail(wrap("Authentication was successful, but the token was not persisted. The resulting token is shown below for your "
                "records.") + "\n");
  print_secret(run.ui(), secret);
  return 2;
}

int finish(Invocation& run, const Session& session, const Secret& secret) {
  const bool token_only = run.flags().boolean("token-only");
  if (!token_only && !run.flags().boolean("no-store")) {
    if (const int status = store(run, session, secret); status != 0) return status;
    warn_of_token_variable(run.ui());
  } else if (!token_only) {
    run.ui().warn(wrap("The token was not stored in token helper. Set the BAO_TOKEN environment variable or pass the token below "
                       "with each request to Vault.") + "\n");
  }
  if (run.flags().boolean("no-print")) return 0;
  if (token_only) return print_field(run.ui(), secret, "token");
  if (!run.field().empty()) return print_field(run.ui(), secret, run.field());
  if (run.table()) {
    run.ui().output(wrap("Success! You are now authenticated. The token information displayed below is already stored in the "
                         "token helper. You do NOT need to run \"bao login\" again. Future OpenBao requests will automatically "
                         "use this token.") + "\n");
  }
  return print_secret(run.ui(), secret);
}

// 0 when the method is there.
int check_method(Invocation& run, const std::string& method) {
  if (method == "token") return 0;
  for (const std::string_view later : kLaterMethods) {
    if (method == later) return run.fail(1, "Logging in by the method \"" + method + "\" is not part of this build yet.");
  }
  return run.fail(1, wrap("Unknown auth method: " + method + ". Use \"bao auth list\" to see the complete list of auth methods. "
                          "Additionally, some auth methods are only available via the HTTP API."));
}

int login(Invocation& run) {
  const FlagValues& flags = run.flags();
  const bool no_store = flags.boolean("no-store") || flags.boolean("token-only");
  if (no_store && flags.boolean("no-print")) return run.fail(1, "-no-store and -no-print cannot be used together");
  std::string method = without_slashes(flags.text("method"));
  if (method.empty()) method = "token";
  if (const int status = check_method(run, method); status != 0) return status;
  std::vector<std::string> arguments = run.arguments();
  if (!arguments.empty() && arguments[0].find('=') == std::string::npos) arguments[0] = "token=" + arguments[0];
  const auto config = parse_text_values(arguments, run.no_stdin());
  if (!config.ok()) return run.fail(1, "Error parsing configuration: " + config.error().message());
  Session* session = run.session_without_token();
  if (session == nullptr) return 2;
  const auto secret = login_with_token(*session, *config, run.no_stdin());
  if (!secret.ok()) return run.fail("Error authenticating: " + secret.error().message());
  return finish(run, *session, *secret);
}

constexpr Flag kFlags[] = {
    {.name = "method", .text = "The kind of auth method to log in by: this build knows \"token\".", .fallback = "token"},
    {.name = "path", .text = "Where the method is enabled; by default at its kind's name."},
    {.name = "no-store", .kind = FlagKind::boolean, .text = "Do not keep the token in the token helper.", .fallback = "false"},
    {.name = "no-print", .kind = FlagKind::boolean, .text = "Print nothing.", .fallback = "false"},
    {.name = "token-only", .kind = FlagKind::boolean, .text = "Print the token alone and do not keep it.", .fallback = "false"},
};

constexpr Command kCommands[] = {
    {.path = "login", .synopsis = "Authenticate locally", .usage = "[options] [AUTH K=V...]",
     .text = "  Logs in and keeps the token that comes of it for later commands. With the token method, the default, the\n"
             "  argument is a token; without one it is asked for, with - it is read from stdin.\n\n"
             "      $ bao login\n      $ bao login -no-print - < token.txt",
     .output = kFormatField, .flags = kFlags, .run = login},
};

}  // namespace

std::span<const Command> login_commands() { return kCommands; }

}  // namespace bao::cli
