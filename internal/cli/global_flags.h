// Flags that every command has, and those about output (openbao-cli.md 1.2).
#pragma once

#include <span>

#include "internal/cli/flags.h"

namespace bao::cli {

std::span<const Flag> http_flags();
extern const Flag kFieldFlag, kFormatFlag, kDetailedFlag;

}  // namespace bao::cli
