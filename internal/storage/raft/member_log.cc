#include "internal/storage/raft/member_log.h"

#include <cstring>

#include "internal/crypto/hash.h"

namespace bao::storage::raft {
namespace {

using namespace ::bao::raft;

// Never used again, and positive in SQLite's signed numbers.
NodeId new_node_id() {
  uint64_t number = 0;
  while (number == 0) {
    std::memcpy(&number, crypto::random_bytes(sizeof(number)).data(), sizeof(number));
    number >>= 1;
  }
  return NodeId{number};
}

base::Status begin(LogStore& log, const std::string& context) {
  const NodeId node = log.identity().node;
  ASSIGN_OR_RETURN(const Configuration alone, first_configuration({{node, context}}));
  auto first = std::make_shared<Entry>(Entry{Index{1}, Term{1}, EntryKind::configuration, encode(alone), {}});
  first->chain = sha256_chain({}, *first);
  const LogWrite write{kGroup, {}, {}, {first}, HardState{Term{1}, kNobody, first->index}};
  return log.write({&write, 1});
}

}  // namespace

base::Result<std::unique_ptr<LogStore>> open_member_log(const std::string& file, const std::string& vfs, const HeldState& held,
                                                        const std::string& context) {
  ASSIGN_OR_RETURN(auto log, LogStore::open(file, sha256_chain, {vfs}));
  const bool unused = log->last(kGroup) == Index{} && log->start(kGroup) == LogStart{};
  if (!unused || held.at.last.index > Index{}) return log;
  if (log->identity().node == kNobody) TRY(log->set_identity(crypto::random_uuid(), new_node_id()));
  TRY(begin(*log, context));
  return log;
}

}  // namespace bao::storage::raft
