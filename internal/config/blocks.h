// The blocks of a configuration: storage, seals, listeners, requests of the server's own.
#pragma once

#include "internal/config/config.h"
#include "internal/config/source.h"

namespace bao::config {

// "one may be given" of a kind. Errors: invalid, `error parsing 'storage': …`.
base::Status read_storage(const std::vector<codec::HclItem>& items, std::string_view key, const Place& place,
                          Config& config, std::optional<Storage>& out);
// The `retry_join` of a raft storage's block, and whether the node then votes. Unknown keys are noted.
base::Status read_retry_join(const codec::HclValue& block, const Place& place, Config& config, Storage& storage);
base::Status read_seals(const std::vector<codec::HclItem>& items, std::string_view key, const Place& place,
                        Config& config);
base::Status read_listeners(const std::vector<codec::HclItem>& items, const Place& place, Config& config);
// Unknown keys are warnings; the last block that names a key wins. Errors: invalid, with their place.
base::Status read_outbound(const std::vector<codec::HclItem>& items, const Place& place, Config& config);
// The last block of a type wins. Errors: invalid, with their place.
base::Status read_user_lockouts(const std::vector<codec::HclItem>& items, const Place& place, Config& config);
// Errors: invalid, with their place.
base::Status read_audits(const std::vector<codec::HclItem>& items, const Place& place, Config& config);
// Values stay as they are written. Errors: invalid, with their place; unknown keys among them.
base::Status read_initialize(const std::vector<codec::HclItem>& items, const Place& place, Config& config);
// The `custom_response_headers` of a listener's block; without them Strict-Transport-Security alone.
base::Status read_response_headers(const std::vector<codec::HclItem>& block, Listener& listener);

// "unknown or unsupported field X found in configuration at F:L:C".
std::string unknown_field(const std::string& key, const std::string& where);
std::string without_effect(const std::string& key, const std::string& where);

}  // namespace bao::config
