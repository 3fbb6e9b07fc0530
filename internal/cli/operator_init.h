// bao operator init: makes keys and root token, or tells whether there are any (openbao-cli.md 4).
#pragma once

namespace bao::cli {

class Invocation;
int operator_init(Invocation& run);

}  // namespace bao::cli
