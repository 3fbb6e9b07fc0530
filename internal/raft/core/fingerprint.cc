// What a node will do next, as one number: for the search through a small world (../sim), which must know a state that it
// has seen before. Clocks and dice are left out, but for what they decide already: whoever searches lets any timeout happen.
#include <algorithm>
#include <string_view>

#include "internal/raft/core/state.h"

namespace bao::raft {
namespace {

// FNV-1a over numbers and bytes.
class Fingerprint {
 public:
  Fingerprint& operator<<(uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) add(static_cast<uint8_t>(number >> shift));
    return *this;
  }
  Fingerprint& operator<<(const Chain& chain) {
    for (const uint8_t byte : chain) add(byte);
    return *this;
  }
  Fingerprint& operator<<(Position at) { return *this << at.index.value << at.term.value; }
  Fingerprint& operator<<(const HardState& hard) { return *this << hard.term.value << hard.vote.value << hard.commit.value; }
  uint64_t value() const { return value_; }

 private:
  void add(uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001b3u; }
  uint64_t value_ = 0xcbf29ce484222325u;
};

void add(Fingerprint& sum, const Progress& peer, int election_ticks) {
  sum << peer.session().value << peer.match().value << peer.next().value << static_cast<uint64_t>(peer.state())
      << peer.inflight().messages() << peer.inflight().bytes() << (peer.ready() ? 1u : 0u) << (peer.poke ? 1u : 0u)
      << peer.sent_by_round.value << peer.commit_sent.value << peer.acked_round << peer.snapshot_index.value
      << static_cast<uint64_t>(std::min(peer.ticks_since_contact, election_ticks));
}

}  // namespace

uint64_t Node::State::fingerprint() const {
  Fingerprint sum;
  sum << term_.value << vote_.value << static_cast<uint64_t>(role()) << leader_id().value << commit_.value;
  sum << log_.start().position << log_.start().chain << log_.last() << log_.last_chain();
  sum << persistence_.durable().value << persistence_.handed().value << persistence_.durable_hard();
  sum << apply_.applied.value << apply_.handed.value << static_cast<uint64_t>(health_) << led_term_.value;
  sum << static_cast<uint64_t>(std::min(ticks_since_leader_, options_.election_ticks));
  if (const auto* candidate = std::get_if<Candidate>(&role_)) {
    sum << (candidate->transfer ? 1u : 0u);
    for (const auto& [id, granted] : candidate->answers) sum << id.value << (granted ? 1u : 0u);
  }
  if (const Leader* leading = leader()) {
    sum << leading->term_start.value << leading->reads.round() << static_cast<uint64_t>(leading->heartbeat_elapsed)
        << (leading->transfer ? leading->transfer->target.value : 0);
    for (const auto& [id, peer] : leading->peers) {
      sum << id.value;
      add(sum, peer, options_.election_ticks);
    }
  }
  return sum.value();
}

}  // namespace bao::raft
