// Help texts, laid out as the reference's: usage, paragraphs, flags by section, sub-commands.
#pragma once

#include <string>

#include "internal/cli/command.h"

namespace bao::cli {

// `bao -h`: the commands used most, then all others.
std::string overview();
// `bao COMMAND -h`; of a group, with its sub-commands.
std::string help_of(const Command& command);
// What a flag does, with its alias, default and environment variable said.
std::string described(const Flag& flag);
// "string" of -address=<string>; empty for flags without a value.
std::string_view example_of(const Flag& flag);

}  // namespace bao::cli
