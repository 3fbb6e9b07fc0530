// PGP public keys named on the command line: files, armoured or not, as the API takes them (base64 of the binary form).
#pragma once

#include <string>
#include <vector>

#include "internal/base/result.h"

namespace bao::cli {

// Errors: invalid; a keybase user's key would have to be fetched from the Internet, which this program does not do.
base::Result<std::string> read_pgp_key(const std::string& name);
base::Result<std::vector<std::string>> read_pgp_keys(const std::vector<std::string>& names);

}  // namespace bao::cli
