// The second factor that a login waits for: asked for at the terminal, where it is clear what to ask, else left to the user.
#pragma once

#include "internal/cli/invocation.h"

namespace bao::cli {

// Whether an answer is a login that waits for its second factor.
bool waits_for_second_factor(const Secret& secret);
// Whether it can be asked for: one factor only would do, somebody sits at the terminal, and -non-interactive doesn't forbid it.
bool can_ask_for_second_factor(const Invocation& run, const Secret& pending);
// Asks for it; the login that the server then gives. Errors: what the server said, or that nothing could be read.
base::Result<Secret> give_second_factor(Invocation& run, Session& session, const Secret& pending);
// Says that a login waits for its second factor.
void warn_of_pending_factor(Ui& ui);

}  // namespace bao::cli
