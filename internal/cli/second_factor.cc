#include "internal/cli/second_factor.h"

#include <unistd.h>

#include "internal/cli/go_values.h"
#include "internal/cli/prompt.h"
#include "internal/cli/wrap.h"

namespace bao::cli {
namespace {

using codec::Json;

// The only method of the only constraint; nullptr when there is a choice.
const Json* only_method(const Json& requirement) {
  const auto& constraints = requirement["mfa_constraints"].members();
  if (constraints.size() != 1) return nullptr;
  const Json& methods = constraints.begin()->second["any"];
  return methods.size() == 1 ? &methods.items()[0] : nullptr;
}

base::Result<std::string> ask_passcode(const Json& method) {
  const std::string question = "Enter the passphrase for methodID " + go_quoted(method["id"].as_string()) + " of type " +
                               go_quoted(method["type"].as_string()) + ": ";
  auto asked = ask_hidden(stdout, question);
  if (asked.ok()) return asked;
  return base::invalid("failed to read passphrase: " + asked.error().message() +
                       ". please validate the login by sending a request to sys/mfa/validate");
}

// "" for methods that ask by other ways than a passcode.
base::Result<std::string> passcode_of(Invocation& run, const Json& method) {
  if (method["uses_passcode"].as_bool()) return ask_passcode(method);
  run.ui().warn("Asking Vault to perform MFA validation with upstream service. You should receive a push notification in your "
                "authenticator app shortly");
  return std::string();
}

}  // namespace

bool waits_for_second_factor(const Secret& secret) { return !secret.auth["mfa_requirement"].is_null(); }

bool can_ask_for_second_factor(const Invocation& run, const Secret& pending) {
  return only_method(pending.auth["mfa_requirement"]) != nullptr && !run.no_stdin() && isatty(STDIN_FILENO) != 0;
}

base::Result<Secret> give_second_factor(Invocation& run, Session& session, const Secret& pending) {
  const Json& requirement = pending.auth["mfa_requirement"];
  const Json& method = *only_method(requirement);
  ASSIGN_OR_RETURN(const std::string passcode, passcode_of(run, method));
  const Json payload = Json::object({{method["id"].as_string(), Json::strings({passcode})}});
  ASSIGN_OR_RETURN(std::optional<Secret> login,
                   session.post("sys/mfa/validate",
                                Json::record({{"mfa_request_id", requirement["mfa_request_id"]}, {"mfa_payload", payload}})));
  if (!login) return base::invalid("data from server response is empty");
  return std::move(*login);
}

void warn_of_pending_factor(Ui& ui) {
  ui.warn(wrap("A login request was issued that is subject to MFA validation. Please make sure to validate the login by sending "
               "another request to sys/mfa/validate endpoint.") + "\n");
}

}  // namespace bao::cli
