// bao operator generate-root: a root token made with the holders of key shares (openbao-cli.md 4).
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::cli {

class Invocation;
int generate_root(Invocation& run);

// The token that an attempt of that one-time password gave: base64 without padding, XORed with it.
base::Result<std::string> decode_root_token(std::string_view encoded, std::string_view otp);

}  // namespace bao::cli
