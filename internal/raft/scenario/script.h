// Scenarios as text: lines that begin with "> " are commands, the lines below each are what happened, "#" comments.
// Commands: README.md.
#pragma once

#include <string>
#include <string_view>

namespace bao::raft {

// The same text with what happens now below each command.
std::string play(std::string_view script);

}  // namespace bao::raft
