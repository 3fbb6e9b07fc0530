// Where the token of `bao login` is kept: a file below $HOME, or a program of the user's choice (openbao-cli.md 1.4).
#pragma once

#include <memory>
#include <string>

#include "internal/base/result.h"

namespace bao::cli {

class TokenHelper {
 public:
  virtual ~TokenHelper() = default;
  virtual base::Result<std::string> get() = 0;  // empty when there is none
  virtual base::Status store(const std::string& token) = 0;
};

// The helper that the CLI's configuration (~/.bao, or BAO_CONFIG_PATH) names, else the token file (BAO_TOKEN_PATH, else
// ~/.vault-token; mode 0600, replaced as a whole). `server_address` is told to a helper program by BAO_ADDR and VAULT_ADDR.
base::Result<std::unique_ptr<TokenHelper>> configured_token_helper(const std::string& server_address);

}  // namespace bao::cli
