// A share of an unseal or recovery key for an attempt that wants several: given, from stdin, or asked for.
#pragma once

#include <optional>
#include <string>

#include "internal/cli/invocation.h"

namespace bao::cli {

struct KeyShare {
  std::string key, nonce;  // nonce: the attempt that it is for
};

// The argument (- is stdin) with -nonce; or, asked for on the terminal, with the attempt's own nonce. `label` begins the line
// that names it ("Operation nonce"), `kind` the question ("Unseal"). Nothing when there is none, which was said.
std::optional<KeyShare> take_key_share(Invocation& run, const std::string& attempt_nonce, const std::string& label,
                                       const std::string& kind);

// A share of an unseal key: argument number `at`, or asked for on the terminal. Nothing when there is none, which was said.
std::optional<std::string> take_unseal_key(Invocation& run, size_t at);

}  // namespace bao::cli
