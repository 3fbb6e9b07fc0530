// The configuration's `initialize` blocks (internal/profile): requests that a new node asks itself once. README: what happens when they fail.
#pragma once

#include <string>

#include "internal/base/result.h"
#include "internal/config/config.h"
#include "internal/core/core.h"

namespace bao::server {

// What the blocks' sources see of this machine.
request_profile::Host this_machine();

// What is wrong with the blocks before anything runs, but for what another machine may have. Errors: invalid.
base::Status check_initialize_blocks(const request_profile::Profile& blocks);

// Whose data a node without data will have.
enum class Start : uint8_t { its_own, of_others };

// A started node without data becomes one: initialised, the blocks' requests asked by a root token that is revoked then, no key handed
// out. Nothing where there are no blocks, where there is data, and on a node that joins others. Errors: invalid before anything was done;
// else what failed, and the data is unusable.
base::Status initialize_self(core::Core& core, const request_profile::Profile& blocks, const request_profile::Host& host, Start start);

// The blocks' requests alone, by somebody's token.
base::Status run_initialize_blocks(core::Core& core, const request_profile::Profile& blocks, const request_profile::Host& host, const std::string& token);

}  // namespace bao::server
