// Mutual TLS from memory, with peers known by their certificates. gRPC 1.51 can't exchange certificates of a running server
// or channel: rotation makes new ones (ARCHITECTURE D18).
#pragma once

#include <memory>
#include <optional>

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include "internal/raft/transport/peer_table.h"

namespace bao::raft {

// Lets in whoever holds a key of a member; which one it is, the stream's hello must say.
std::shared_ptr<grpc::ServerCredentials> server_credentials(const TransportCredentials& own,
                                                            std::shared_ptr<const PeerTable> table);
// Connects to nobody but `peer`.
std::shared_ptr<grpc::ChannelCredentials> channel_credentials(const TransportCredentials& own, NodeId peer,
                                                              std::shared_ptr<const PeerTable> table);

}  // namespace bao::raft
