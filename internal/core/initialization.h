// Making a node out of empty storage: what init writes (openbao-storage.md 2.1), and what is made good at unseal where
// restored data lacks it. Called by the life cycle, under its mutex.
#pragma once

#include "internal/base/result.h"
#include "internal/core/core.h"
#include "internal/core/parts.h"

namespace bao::core {

// The rules for shares and thresholds, and which parameters fit the seal. Errors: invalid, with the reference's wording.
base::Status check_init_request(const InitRequest& request, const seal::Wrapper* auto_seal);

// Writes everything in one transaction. The barrier holds the new keyring afterwards; on an error it is sealed.
// Errors: invalid "Vault is already initialized".
base::Result<InitResult> initialize_storage(Core::Parts& parts, const InitRequest& request);

// Writes what every node has and this one lacks: built-in mounts, policies, the cluster's name and id, header and wrapping keys,
// audit tables. Part of init's transaction, and of one at every unseal.
base::Status complete_storage(Core::Parts& parts, barrier::Transaction& transaction);

// Whether an initialisation was begun as unfinished and has not been finished (core/status/self-init, as the reference keeps it).
base::Result<bool> is_unfinished(const storage::ReadView& all);
base::Status put_finished(barrier::Transaction& transaction);

// core/cluster/local/info.
struct ClusterInfo {
  std::string name, id;
};
base::Result<ClusterInfo> read_cluster_info(const storage::ReadView& all);

}  // namespace bao::core
