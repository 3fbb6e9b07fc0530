// bao operator rotate-keys: new shares of the unseal or recovery key (openbao-cli.md 4).
#pragma once

namespace bao::cli {

class Invocation;
int rotate_keys(Invocation& run);

}  // namespace bao::cli
