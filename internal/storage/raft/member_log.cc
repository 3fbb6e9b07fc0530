#include "internal/storage/raft/member_log.h"

#include <cstring>

#include "internal/crypto/hash.h"

namespace bao::storage::raft {
namespace {

using namespace ::bao::raft;

// Forming ended between its two writes.
base::Status finish_forming(LogStore& log) {
  ASSIGN_OR_RETURN(const Recovered recovered, log.recover(kGroup, 0));
  const auto& voters = recovered.configurations.current().voters;
  return log.set_identity(crypto::random_uuid(), *voters.begin());
}

}  // namespace

NodeId new_node_id() {
  uint64_t number = 0;
  while (number == 0) {
    std::memcpy(&number, crypto::random_bytes(sizeof(number)).data(), sizeof(number));
    number >>= 1;
  }
  return NodeId{number};
}

base::Result<std::unique_ptr<LogStore>> open_member_log(const std::string& file, const std::string& vfs) {
  ASSIGN_OR_RETURN(auto log, LogStore::open(file, sha256_chain, {vfs}));
  if (log->identity().node == kNobody && log->last(kGroup) > Index{}) TRY(finish_forming(*log));
  return log;
}

// The configuration first: a log that has an identity and nothing else is of a member that waits for its group's data.
base::Status form_group(LogStore& log, NodeId node, const std::string& context) {
  ASSIGN_OR_RETURN(const Configuration alone, first_configuration({{node, context}}));
  auto first = std::make_shared<Entry>(Entry{Index{1}, Term{1}, EntryKind::configuration, encode(alone), {}});
  first->chain = sha256_chain({}, *first);
  const LogWrite write{kGroup, {}, {}, {first}, HardState{Term{1}, kNobody, first->index}};
  TRY(log.write({&write, 1}));
  return log.set_identity(crypto::random_uuid(), node);
}

}  // namespace bao::storage::raft
