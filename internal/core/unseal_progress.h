// The shares given so far towards an unsealing (openbao-api.md 2.1). Guarded by the life cycle's mutex.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/base/secret.h"

namespace bao::core {

// Text of a share as hex or base64, as the API takes it, and whether a share can be of that length. Errors: invalid, with the
// reference's wording.
base::Result<base::SecretBytes> share_bytes(std::string_view text);
base::Status check_share(const base::SecretBytes& bytes);

class UnsealProgress {
 public:
  // A share that is there already changes nothing. The first one starts a progress with a fresh nonce.
  void add(base::SecretBytes share);
  void reset();
  size_t count() const { return shares_.size(); }
  const std::string& nonce() const { return nonce_; }  // "" before the first share
  // What the shares combine to; the progress starts over whether they fit or not. Error: invalid.
  base::Result<base::SecretBytes> combine(int threshold);

 private:
  std::vector<base::SecretBytes> shares_;
  std::string nonce_;
};

}  // namespace bao::core
