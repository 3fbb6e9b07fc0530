// What a member shows of itself, and whom it expects: each connection is made with the credentials of the day, and decided by
// the certificate that the other side holds the key of.
#pragma once

#include <memory>
#include <string>

#include "internal/crypto/member_tls.h"
#include "internal/raft/transport/peer_table.h"

namespace bao::raft {

using Credentials = std::shared_ptr<const crypto::MemberTlsContext>;  // none: the node rests

// Errors: invalid.
base::Result<Credentials> credentials_of(const TransportCredentials& own);
// Whoever holds a key of a member; which one it is, its hello must say.
crypto::MemberTls::Expects any_member(const PeerTable& table);
// Nobody but `peer`.
crypto::MemberTls::Expects only_member(const PeerTable& table, NodeId peer);

}  // namespace bao::raft
