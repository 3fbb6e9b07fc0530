// PGP public keys named on the command line: files, armoured or not, as the API takes them (base64 of the binary form).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/cli/flags.h"

namespace bao::cli {

// The keys that the files of the flag NAME hold; of a flag that wasn't given none. Errors: invalid, worded as one of the flag's value:
// commands read keys before they ask a server. A keybase user's key would have to be fetched from the Internet, which this program does not do.
base::Result<std::vector<std::string>> pgp_keys_of(const FlagValues& flags, std::string_view name);
// Of a flag that names one: "" when it wasn't given.
base::Result<std::string> pgp_key_of(const FlagValues& flags, std::string_view name);

}  // namespace bao::cli
