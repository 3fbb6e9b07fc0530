#include "internal/server/joining.h"

namespace bao::server {

base::Result<std::vector<core::JoinTarget>> join_targets(const config::Storage& storage) {
  if (storage.retry_join_as_non_voter && storage.retry_join.empty()) {
    return base::invalid("error initializing storage of type raft: retry_join_as_non_voter: there is no retry_join");
  }
  return storage.retry_join;
}

}  // namespace bao::server
