#include "internal/server/joining.h"

#include <utility>

namespace bao::server {

base::Result<std::vector<core::JoinTarget>> join_targets(const config::Storage& storage) {
  if (storage.retry_join_as_non_voter && storage.retry_join.empty()) {
    return base::invalid("error initializing storage of type raft: retry_join_as_non_voter: there is no retry_join");
  }
  std::vector<core::JoinTarget> targets;
  for (const config::RetryJoin& join : storage.retry_join) {
    core::JoinTarget target;
    target.api_address = join.leader_api_addr;
    target.tls_server_name = join.leader_tls_servername;
    target.ca_cert = join.leader_ca_cert;
    target.ca_cert_file = join.leader_ca_cert_file;
    target.client_cert = join.leader_client_cert;
    target.client_cert_file = join.leader_client_cert_file;
    target.client_key = join.leader_client_key;
    target.client_key_file = join.leader_client_key_file;
    targets.push_back(std::move(target));
  }
  return targets;
}

}  // namespace bao::server
