// KV version 2: every write makes a version; versions are deleted, undeleted and destroyed; each key has metadata
// (openbao-api.md 4.2, openbao-storage.md 6.2). Thread-safe.
#pragma once

#include <string>

#include "internal/engines/kv/mount_store.h"
#include "internal/logical/backend.h"

namespace bao::engines::kv {

class VersionedBackend final : public logical::Backend {
 public:
  // ENSURE: config.clock is set and config.backend_aware_uuid is not empty.
  explicit VersionedBackend(const logical::BackendConfig& config);
  base::Status initialize(storage::WriteView& view) override;
  // Moves what version 1 stored, some at a time. Requests are refused with 400 meanwhile.
  base::Result<bool> upgrade_step(storage::WriteView& view) override;
  void invalidate(std::string_view key, base::Index index) override { store_.invalidate(key, index); }
  std::string help() const override;

 private:
  logical::Reads guarded(logical::ReadHandler handler) const;
  logical::Writes guarded(logical::WriteHandler handler) const;
  logical::Path config_path() const;
  logical::Path data_path() const;
  logical::Path metadata_path() const;
  logical::Path detailed_metadata_path() const;
  logical::Path subkeys_path() const;
  logical::Path versions_path(std::string_view verb) const;

  MountStore store_;
  const base::Clock& clock_;
};

}  // namespace bao::engines::kv
