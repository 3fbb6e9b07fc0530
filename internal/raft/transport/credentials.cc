#include "internal/raft/transport/credentials.h"

#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/base/seldom.h"

namespace bao::raft {
namespace {

constexpr char kProtocol[] = "h2";  // gRPC's, by ALPN

bool judged(bool counts, const char* direction, base::Seldom& remarks) {
  static base::Counter& strangers = base::counter("raft.transport.strangers");
  if (counts) return true;
  strangers.add();
  if (const auto left_out = remarks.due())
    base::log_warn("raft", "a connection with a certificate of nobody who is expected was refused",
                   {{"direction", direction}, {"others_lately", std::to_string(*left_out)}});
  return false;
}

}  // namespace

base::Result<Credentials> credentials_of(const TransportCredentials& own) {
  return crypto::MemberTlsContext::make(own.certificate, own.private_key, kProtocol);
}

crypto::MemberTls::Expects any_member(const PeerTable& table) {
  static base::Seldom remarks;
  return [&table](const std::string& certificate) { return judged(table.owner_of(certificate).has_value(), "incoming", remarks); };
}

crypto::MemberTls::Expects only_member(const PeerTable& table, NodeId peer) {
  static base::Seldom remarks;
  return [&table, peer](const std::string& certificate) { return judged(table.owner_of(certificate) == peer, "outgoing", remarks); };
}

}  // namespace bao::raft
