// bao login: logging in by a method, and what becomes of the token.
#include "internal/cli/environment.h"
#include "internal/cli/invocation.h"
#include "internal/cli/key_values.h"
#include "internal/cli/login_method.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"
#include "internal/cli/second_factor.h"
#include "internal/cli/token_helper.h"
#include "internal/cli/wrap.h"

namespace bao::cli {
namespace {

constexpr int kWrappingsMax = 8;  // of one login, each in another

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

// Whether the token is printed instead of being kept.
bool only_printed(const FlagValues& flags) { return flags.boolean("no-store") || flags.boolean("token-only"); }

// A token that is there.
int keep_and_print(Invocation& run, const Session& session, const Secret& secret) {
  const bool token_only = run.flags().boolean("token-only");
  if (!only_printed(run.flags())) {
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

// The login that a wrapped answer holds, or holds wrapped once more.
base::Result<Secret> unwrapped(Session& session, Secret secret) {
  for (int i = 0; secret.auth.is_null(); ++i) {
    if (!secret.wrapped() || i == kWrappingsMax) return base::invalid("no auth or wrapping info in response");
    if (secret.wrap_info["wrapped_accessor"].as_string().empty()) {
      return base::invalid("wrapped response does not contain a token");
    }
    session.set_token(secret.wrap_info["token"].as_string());
    ASSIGN_OR_RETURN(std::optional<Secret> inner, session.unwrap(""));
    if (!inner) return base::invalid("empty response from auth helper");
    secret = std::move(*inner);
  }
  return secret;
}

// There is no token yet.
int print_pending(Invocation& run, const Secret& pending) {
  warn_of_token_variable(run.ui());
  warn_of_pending_factor(run.ui());
  return print_secret(run.ui(), pending);
}

int finish(Invocation& run, Session& session, Secret secret) {
  if (waits_for_second_factor(secret)) {
    if (!can_ask_for_second_factor(run, secret)) return print_pending(run, secret);
    run.ui().warn("Initiating Interactive MFA Validation...");
    auto login = give_second_factor(run, session, secret);
    if (!login.ok()) return run.fail(login.error().message());
    secret = std::move(login).value();
  }
  if (secret.wrapped() && only_printed(run.flags()) && !secret.wrap_info["wrapped_accessor"].as_string().empty()) {
    return run.flags().boolean("token-only") ? print_field(run.ui(), secret, "wrapping_token") : print_secret(run.ui(), secret);
  }
  session.forget_wrapping();
  const auto login = unwrapped(session, std::move(secret));
  if (!login.ok()) return run.fail("Error extracting token: " + login.error().message());
  return keep_and_print(run, session, *login);
}

// Nullptr when there is no such method, which was said.
const LoginMethod* method_of(Invocation& run) {
  std::string name = without_slashes(run.flags().text("method"));
  if (name.empty()) name = "token";
  const LoginMethod* method = find_login_method(name);
  if (method == nullptr) {
    run.fail(wrap("Unknown auth method: " + name + ". Use \"bao auth list\" to see the complete list of auth methods. "
                  "Additionally, some auth methods are only available via the HTTP API."));
  } else if (method->log_in == nullptr) {
    run.fail("Logging in by the method \"" + name + "\" is not part of this build yet.");
  }
  return method != nullptr && method->log_in != nullptr ? method : nullptr;
}

base::Result<LoginRequest> request_of(const Invocation& run, const LoginMethod& method) {
  std::vector<std::string> arguments = run.arguments();
  const bool token = method.name == "token" && !arguments.empty() && arguments[0].find('=') == std::string::npos;
  if (token) arguments[0] = "token=" + arguments[0];
  LoginRequest request{.values = {}, .mount = run.flags().text("path"), .non_interactive = run.no_stdin()};
  ASSIGN_OR_RETURN(request.values, parse_text_values(arguments, run.no_stdin()));
  if (const std::string* mount = request.find("mount"); mount != nullptr && !mount->empty()) request.mount = *mount;
  if (request.mount.empty()) request.mount = method.name;
  return request;
}

int login(Invocation& run) {
  if (only_printed(run.flags()) && run.flags().boolean("no-print")) {
    return run.fail(1, "-no-store and -no-print cannot be used together");
  }
  const LoginMethod* method = method_of(run);
  if (method == nullptr) return 1;
  const auto request = request_of(run, *method);
  if (!request.ok()) return run.fail(1, "Error parsing configuration: " + request.error().message());
  Session* session = run.session_without_token();
  if (session == nullptr) return 2;
  auto secret = method->log_in(*session, *request);
  if (!secret.ok()) return run.fail("Error authenticating: " + secret.error().message());
  return finish(run, *session, std::move(secret).value());
}

constexpr Flag kFlags[] = {
    {.name = "method", .text = "The kind of auth method to log in by: userpass, ldap, cert and others. See \"bao auth help\".", .fallback = "token"},
    {.name = "path", .text = "Where the method is enabled; by default at its kind's name."},
    {.name = "no-store", .kind = FlagKind::boolean, .text = "Do not keep the token in the token helper.", .fallback = "false"},
    {.name = "no-print", .kind = FlagKind::boolean, .text = "Print nothing.", .fallback = "false"},
    {.name = "token-only", .kind = FlagKind::boolean, .text = "Print the token alone and do not keep it.", .fallback = "false"},
};

constexpr Command kCommands[] = {
    {.path = "login", .synopsis = "Authenticate locally", .usage = "[options] [AUTH K=V...]",
     .text = "  Logs in and keeps the token that comes of it for later commands. With the token method, the default, the\n"
             "  argument is a token; without one it is asked for, with - it is read from stdin.\n\n"
             "      $ bao login\n      $ bao login -no-print - < token.txt\n\n"
             "  By another method what it takes is given as K=V (\"bao auth help METHOD\"); -path says where it is enabled.\n\n"
             "      $ bao login -method=userpass -path=staff username=ada\n\n"
             "  With -wrap-ttl the token comes wrapped, and is unwrapped here unless -no-store or -token-only is given.",
     .output = kFormatField, .flags = kFlags, .run = login},
};

}  // namespace

std::span<const Command> login_commands() { return kCommands; }

}  // namespace bao::cli
