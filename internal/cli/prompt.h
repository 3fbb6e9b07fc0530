// Values asked for on the terminal without showing them.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::cli {

// Prints the question to `stream`, reads a line without echo, ends the line. Error when stdin is no terminal.
base::Result<std::string> ask_hidden(std::FILE* stream, std::string_view question);

}  // namespace bao::cli
