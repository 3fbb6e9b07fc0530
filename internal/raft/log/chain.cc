#include <algorithm>
#include <string>

#include "internal/crypto/sha256.h"
#include "internal/raft/log/log_rows.h"
#include "internal/raft/log/log_store.h"

namespace bao::raft {

Chain sha256_chain(const Chain& previous, const Entry& entry) {
  const auto header = entry_header(entry.index, entry.term, entry.kind);
  const auto digest = crypto::sha256_of({view(previous), {header.data(), header.size()}, entry.payload});
  Chain chain;
  std::copy_n(digest.begin(), chain.size(), chain.begin());
  return chain;
}

}  // namespace bao::raft
