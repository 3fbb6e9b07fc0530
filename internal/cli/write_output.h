// What commands that change something print of the answer.
#pragma once

#include <string>

#include "internal/cli/invocation.h"

namespace bao::cli {

using Answer = base::Result<std::optional<Secret>>;

// "Error writing data to PATH: …" (2), "Success! Data written to: PATH", or the secret that came back (or its -field).
int print_written(Invocation& run, const std::string& path, const Answer& answer);
// The same without a -field flag's influence where the command has none; "Success! Data deleted (if it existed) at: PATH".
int print_deleted(Invocation& run, const std::string& path, const Answer& answer);
// Says that a login waits for its second factor.
void warn_of_pending_mfa(Ui& ui);

}  // namespace bao::cli
