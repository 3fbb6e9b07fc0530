// What a client may ask of the node that answers it (ARCHITECTURE D10): at least the state that an earlier answer's X-Vault-Index
// names, the newest one of the whole cluster, or the active node itself. The index is opaque to clients:
//   base64url(version 1, 8 bytes of the epoch, varint of the index)
// An index of another epoch, before a restore or of another cluster, counts as reached; one that nobody can read has no effect.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "internal/base/ids.h"
#include "internal/core/ha/cluster.h"
#include "internal/http/wire_request.h"

namespace bao::http {

std::string encode_index(std::string_view epoch, base::Index index);
// Nothing: it cannot be read, or is of another epoch.
std::optional<base::Index> decode_index(std::string_view epoch, std::string_view text);

struct ConsistencyRules {
  std::chrono::milliseconds wait_max{2'000};  // of await-state
};

enum class Verdict : uint8_t {
  here,    // this node may answer
  active,  // the active node should
  behind,  // this node has not applied what the client names, which wants to hear of it: 412
  silent,  // the leader cannot be asked: 503
};
// By the headers X-Vault-Forward, X-Vault-Index and X-Vault-Inconsistent (fail, forward-active-node, await-state,
// require-linearizable; given twice, await-state comes first and the other says what follows). Waits where it is asked to.
// `active`: this node is the active one.
Verdict judge(const WireRequest& wire, core::Cluster& cluster, bool active, const ConsistencyRules& rules = {});

}  // namespace bao::http
