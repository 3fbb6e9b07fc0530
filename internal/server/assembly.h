// The parts of a node out of its configuration: storage, seal, core options. Errors are the lines that the operator sees.
#pragma once

#include <memory>

#include "internal/barrier/seal/seal.h"
#include "internal/base/result.h"
#include "internal/cluster/node.h"
#include "internal/config/config.h"
#include "internal/core/core.h"
#include "internal/storage/backend.h"

namespace bao::server {

// The storage of a node: one that knows no cluster, or a member of one.
struct OpenedStorage {
  std::unique_ptr<storage::Backend> alone;
  std::unique_ptr<cluster::Node> member;
  storage::Backend& backend() { return member ? member->storage() : *alone; }
};
// Opens the storage of the configuration's `storage` block.
base::Result<OpenedStorage> open_storage(const config::Config& config);
// The seal in force, nullptr for Shamir; and of a disabled block the one that it takes the place of (core/seal_migration.h).
struct Seals {
  std::unique_ptr<seal::Wrapper> current, former;
};
base::Result<Seals> make_seals(const config::Config& config);
// Without the seal.
base::Result<core::CoreOptions> core_options(const config::Config& config);
// Its audit devices, and what the API may do with such.
core::audit::ServerOptions audit_options(const config::Config& config);

}  // namespace bao::server
