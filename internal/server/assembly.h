// The parts of a node out of its configuration: storage, seal, core options. Errors are the lines that the operator sees.
#pragma once

#include <memory>

#include "internal/barrier/seal/seal.h"
#include "internal/base/result.h"
#include "internal/config/config.h"
#include "internal/core/core.h"
#include "internal/storage/backend.h"

namespace bao::server {

// Opens the storage of the configuration's `storage` block.
base::Result<std::unique_ptr<storage::Backend>> open_storage(const config::Config& config);
// nullptr: Shamir.
base::Result<std::unique_ptr<seal::Wrapper>> make_seal(const config::Config& config);
// Without the seal.
base::Result<core::CoreOptions> core_options(const config::Config& config);

}  // namespace bao::server
