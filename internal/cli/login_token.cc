#include "internal/cli/go_values.h"
#include "internal/cli/login_method.h"
#include "internal/cli/paths.h"
#include "internal/cli/prompt.h"

namespace bao::cli {
namespace {

base::Result<std::string> token_of(const LoginRequest& request) {
  std::string token;
  if (const std::string* given = request.find("token")) {
    token = trimmed(*given);
  } else if (request.non_interactive) {
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

}  // namespace

// It is looked up so that a bad one is found out here, and what the token may do is told as after any login.
base::Result<Secret> log_in_by_token(Session& session, const LoginRequest& request) {
  bool look_up = true;
  if (const std::string* given = request.find("lookup")) {
    const auto parsed = parse_boolean(*given);
    if (!parsed.ok()) return base::invalid("Failed to parse \"lookup\" as boolean: " + parsed.error().message());
    look_up = *parsed;
  }
  ASSIGN_OR_RETURN(const std::string token, token_of(request));
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

}  // namespace bao::cli
