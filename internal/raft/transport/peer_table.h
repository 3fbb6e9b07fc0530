// Who may speak, and as whom: what streams ask while they are opened. Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "internal/base/mutex.h"
#include "internal/base/seldom.h"
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
  // Counts that a peer's stream may not go on, and logs it, though not each of many.
  void note_refusal(const std::string& address, const base::Error& error) const;

 private:
  const Hello self_;
  mutable base::Seldom refusals_;
  mutable base::Mutex mutex_{base::Rank::raft_peers};
  std::shared_ptr<const Peers> peers_ GUARDED_BY(mutex_) = std::make_shared<const Peers>();
};

// Whether who is at the other end of a stream may go on: asked with each frame, decided at the first, which must bear the
// hello, and again whenever the members changed. Owned by the stream, thread-compatible.
class Admission {
 public:
  // Errors: denied, with what does not fit.
  base::Status check(const PeerTable& table, const std::optional<Hello>& hello, std::string_view certificate);
  NodeId node() const { return hello_->node; }  // once a check went well

 private:
  std::optional<Hello> hello_;
  std::shared_ptr<const Peers> admitted_by_;
};

// The same certificate however its lines are broken.
bool same_certificate(std::string_view a, std::string_view b);

}  // namespace bao::raft
