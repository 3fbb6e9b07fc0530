// What commands that change something print of the answer.
#pragma once

#include <string>

#include "internal/cli/invocation.h"

namespace bao::cli {

using Answer = base::Result<std::optional<Secret>>;

// "Error writing data to PATH: …" (2), "Success! Data written to: PATH", or the secret that came back (or its -field). A login
// that waits for its second factor is completed first, where that can be asked for.
int print_written(Invocation& run, const std::string& path, const Answer& answer);
// The same without a -field flag's influence where the command has none; "Success! Data deleted (if it existed) at: PATH".
int print_deleted(Invocation& run, const std::string& path, const Answer& answer);

}  // namespace bao::cli
