// Moving the root key from one kind of seal to another (`operator unseal -migrate`): the storage says what it is sealed by, the
// configuration by what it shall be. A node that is configured anew waits for shares of the former seal, and moves the key when it is
// active: the others of its cluster may be configured anew one by one before. Functions over the core's parts.
#pragma once

#include <optional>

#include "internal/base/result.h"
#include "internal/base/secret.h"
#include "internal/core/parts.h"
#include "internal/core/seal_storage.h"

namespace bao::core {

enum class MigrationWay : uint8_t { from_shamir, to_shamir, to_other_key };  // the last: between two auto seals

// Nothing: the storage is sealed as the configuration says. Errors: internal, when there is no way from one to the other: the former
// seal has to stand in the configuration, disabled.
base::Result<std::optional<MigrationWay>> pending_migration(const barrier::Reader& reader, const StoredSeal& stored,
                                                            const CoreOptions& options);
// Of the seal whose shares this node asks for; nullptr when there is none.
const seal::SealConfig* asked_shares(const StoredSeal& stored);
// By the active node, before anybody else writes there. `key` is what the shares of the former seal combine to. The shares stay
// what they are; the root key is a fresh one. All of it is one transaction.
base::Status migrate_seal(Core::Parts& parts, MigrationWay way, const base::SecretBytes& key);

}  // namespace bao::core
