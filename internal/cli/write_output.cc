#include "internal/cli/write_output.h"

#include "internal/cli/output.h"
#include "internal/cli/second_factor.h"

namespace bao::cli {
namespace {

int print_answer(Invocation& run, const std::optional<Secret>& secret, const std::string& success) {
  if (!secret) {
    if (run.table()) run.ui().output(success);
    return 0;
  }
  if (!run.field().empty()) return print_field(run.ui(), *secret, run.field());
  return print_secret(run.ui(), *secret);
}

// A login that was written, with its second factor where somebody can be asked for it.
int print_pending(Invocation& run, const Secret& pending) {
  if (!can_ask_for_second_factor(run, pending)) {
    warn_of_pending_factor(run.ui());
    return print_answer(run, pending, "");
  }
  const auto login = give_second_factor(run, *run.session(), pending);
  return login.ok() ? print_answer(run, *login, "") : run.fail(login.error().message());
}

}  // namespace

int print_written(Invocation& run, const std::string& path, const Answer& answer) {
  if (!answer.ok()) return run.fail("Error writing data to " + path + ": " + answer.error().message());
  if (*answer && waits_for_second_factor(**answer)) return print_pending(run, **answer);
  return print_answer(run, *answer, "Success! Data written to: " + path);
}

int print_deleted(Invocation& run, const std::string& path, const Answer& answer) {
  if (!answer.ok()) return run.fail("Error deleting " + path + ": " + answer.error().message());
  return print_answer(run, *answer, "Success! Data deleted (if it existed) at: " + path);
}

}  // namespace bao::cli
