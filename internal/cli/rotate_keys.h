// bao operator rotate-keys, and rekey by the older API: new shares of the unseal or recovery key (openbao-cli.md 4).
#pragma once

namespace bao::cli {

class Invocation;
int rotate_keys(Invocation& run);
int rekey(Invocation& run);

}  // namespace bao::cli
