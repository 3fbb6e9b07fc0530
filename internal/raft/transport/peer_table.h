// Who may speak, and as whom: what streams ask while they are opened. Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "internal/base/mutex.h"
#include "internal/raft/transport/transport.h"

namespace bao::raft {

class PeerTable {
 public:
  explicit PeerTable(Hello self) : self_(std::move(self)) {}
  const Hello& self() const { return self_; }

  void set(Peers peers) EXCLUDES(mutex_);
  std::shared_ptr<const Peers> peers() const EXCLUDES(mutex_);
  // The member that this certificate (PEM) belongs to.
  std::optional<NodeId> owner_of(std::string_view certificate) const EXCLUDES(mutex_);
  // Whether a stream that proved `certificate` may go on as what it says. Errors: denied, with what does not fit.
  base::Status admit(const Hello& hello, std::string_view certificate) const EXCLUDES(mutex_);

 private:
  const Hello self_;
  mutable base::Mutex mutex_{base::Rank::raft_peers};
  std::shared_ptr<const Peers> peers_ GUARDED_BY(mutex_) = std::make_shared<const Peers>();
};

// The same certificate however its lines are broken.
bool same_certificate(std::string_view a, std::string_view b);

}  // namespace bao::raft
