// How this node joins a cluster that it isn't part of yet, as http and the seal's life cycle need it. Implemented by
// internal/cluster/join.h. Thread-safe.
#pragma once

#include <optional>
#include <string>

#include "internal/api/tls_options.h"
#include "internal/barrier/seal/seal.h"
#include "internal/base/result.h"
#include "internal/base/secret.h"

namespace bao::core {

// A node of the cluster to ask, by its API's address.
using JoinTarget = api::TrustedServer;

class Joining {
 public:
  virtual ~Joining() = default;

  enum class Retry : uint8_t { no, until_joined };
  // Asks once, and for as long as that takes, or leaves the asking to the background. True: it is a member, or will be as soon
  // as the unseal key is there (awaits_key). False: it will go on trying. A node that belongs to a cluster: true when the
  // address is one of that cluster's, else an error (invalid). Errors: internal, "failed to join raft cluster: …".
  virtual base::Result<bool> join(JoinTarget target, Retry retry, bool non_voter) = 0;

  // Shamir: the seal of the cluster that asked, whose shares are needed before this node can answer. Nothing: it awaits none.
  virtual std::optional<seal::SealConfig> awaits_key() const = 0;
  // The key that the shares combine to. Answers in the background, again and again until this node is a member: no I/O here.
  // Errors: invalid (not the cluster's key), conflict (it awaits none).
  virtual base::Status complete(base::SecretBytes unseal_key) = 0;
};

}  // namespace bao::core
