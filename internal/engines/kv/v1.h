// KV version 1: a secret is the JSON object that was written, stored under its path (openbao-storage.md 6.1,
// openbao-api.md 4.1). Immutable after construction, thread-safe.
#pragma once

#include <string>

#include "internal/logical/backend.h"

namespace bao::engines::kv {

class PlainBackend final : public logical::Backend {
 public:
  explicit PlainBackend(const logical::BackendConfig& config);
  std::string help() const override;

 private:
  logical::Reply read(const logical::Call& call, const storage::ReadView& view) const;
  const base::Duration default_lease_ttl_;
};

// The lease duration that a stored secret hints at by its member "ttl", or else "lease"; `otherwise` when it has none or
// it is no duration.
base::Duration lease_hint(std::string_view stored, base::Duration otherwise);

}  // namespace bao::engines::kv
