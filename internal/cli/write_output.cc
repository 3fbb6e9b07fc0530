#include "internal/cli/write_output.h"

#include "internal/cli/output.h"
#include "internal/cli/wrap.h"

namespace bao::cli {
namespace {

int print_answer(Invocation& run, const std::optional<Secret>& secret, const std::string& success) {
  if (!secret) {
    if (run.table()) run.ui().output(success);
    return 0;
  }
  if (!secret->auth["mfa_requirement"].is_null()) warn_of_pending_mfa(run.ui());
  if (!run.field().empty()) return print_field(run.ui(), *secret, run.field());
  return print_secret(run.ui(), *secret);
}

}  // namespace

void warn_of_pending_mfa(Ui& ui) {
  ui.warn(wrap("A login request was issued that is subject to MFA validation. Please make sure to validate the login by sending "
               "another request to sys/mfa/validate endpoint.") + "\n");
}

int print_written(Invocation& run, const std::string& path, const Answer& answer) {
  if (!answer.ok()) return run.fail("Error writing data to " + path + ": " + answer.error().message());
  return print_answer(run, *answer, "Success! Data written to: " + path);
}

int print_deleted(Invocation& run, const std::string& path, const Answer& answer) {
  if (!answer.ok()) return run.fail("Error deleting " + path + ": " + answer.error().message());
  return print_answer(run, *answer, "Success! Data deleted (if it existed) at: " + path);
}

}  // namespace bao::cli
