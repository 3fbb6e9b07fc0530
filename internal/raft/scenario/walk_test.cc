// Random walks: whatever is delivered, dropped, repeated, written late, crashed or changed, in any order, the committed
// entries agree and each core's invariants hold. RAFT_WALK=seed plays one, RAFT_WALKS=n that
// many; the simulator does this with time and clients.
#include <gtest/gtest.h>

#include <cstdlib>

#include "internal/raft/core/planted_bug.h"
#include "internal/raft/core/random.h"
#include "internal/raft/scenario/world.h"

namespace bao::raft {
namespace {

class Walk {
 public:
  explicit Walk(uint64_t seed)
      : random_(seed), world_([this](const std::string& line) { note(line); }) {
    std::map<NodeId, std::string> voters;
    for (uint64_t id = 1; id <= 1 + random_.below(5); ++id) voters[NodeId{id}] = "";
    if (chance(2)) world_.limits.cache_bytes_max = 300;
    if (chance(2)) world_.limits.append_bytes_max = 200;
    if (chance(3)) world_.limits.window_messages_max = 2;
    for (const auto& [id, context] : voters) {
      world_.make(id.value, *first_configuration(voters));
      world_.start(id.value);
    }
    for (uint64_t id = voters.size() + 1; id <= 6; ++id) {
      world_.make(id, {});
      world_.start(id);
    }
    loss_ = random_.below(30);
    slow_disks_ = chance(2);
  }

  // Empty, or what broke.
  std::string run(int steps) {
    for (int i = 0; i < steps; ++i) {
      step();
      world_.work();
      if (!broken_.empty()) return broken_;
      if (const std::string broken = world_.broken(); !broken.empty()) return broken;
    }
    return converge();
  }
  const std::string& trace() const { return trace_; }
  size_t committed() const { return committed_; }

 private:
  void note(const std::string& line) {
    trace_ += line + "\n";
    if (line.starts_with("BROKEN") || line.find(" stop (") != std::string::npos) broken_ = line;
  }
  bool chance(uint32_t of) { return random_.below(of) == 0; }
  uint64_t someone() { return 1 + random_.below(6); }
  Node* up(uint64_t id) { return world_.machine(id).node.get(); }

  void step() {
    const uint64_t id = someone();
    switch (random_.below(40)) {
      case 0: return crash_or_start(id);
      case 1: return propose();
      case 2: return change();
      case 3: return read(id);
      case 4: return compact(id);
      case 5: return cut_or_heal();
      case 6: if (up(id) && chance(8)) up(id)->on_peer_unreachable(NodeId{someone()}); return;
      case 7: if (chance(6)) transfer(); return;
      case 8: if (slow_disks_) world_.machine(id).disk.held = chance(2); return;
      case 9: world_.persist(id, 1 + random_.below(3)); return;
      case 10: if (chance(4)) disk_full(id); return;
      case 11: world_.installs_held = chance(2); return;
      case 12: if (chance(3)) world_.install(id, !chance(3)); return;
      case 13: if (chance(10)) for (auto& [n, m] : world_.machines()) if (m.node) for (int t = 0; t < 20; ++t) m.node->tick(); return;
      case 14: case 15: case 16: case 17: case 18: if (up(id)) up(id)->tick(); return;
      default: return move_message();
    }
  }

  void move_message() {
    auto& network = world_.network();
    if (network.empty()) return;
    // Mostly in order; sometimes any.
    const size_t at = chance(4) ? random_.below(static_cast<uint32_t>(network.size())) : 0;
    const Envelope envelope = network[at];
    network.erase(network.begin() + static_cast<std::ptrdiff_t>(at));
    if (random_.below(100) < loss_) return;
    if (chance(20)) network.push_back(envelope);
    if (up(envelope.to.value) == nullptr || cuts_.contains({envelope.from.value, envelope.to.value})) return;
    trace_ += describe(envelope) + "\n";
    up(envelope.to.value)->step(envelope);
  }

  void crash_or_start(uint64_t id) {
    trace_ += "crash or start " + std::to_string(id) + "\n";
    if (up(id) == nullptr) world_.start(id);
    else if (chance(3)) world_.crash(id);
  }

  Node* leading() {
    Node* found = nullptr;
    for (auto& [id, m] : world_.machines()) {
      if (m.node && m.node->view().role == Role::leader && (found == nullptr || chance(2))) found = m.node.get();
    }
    return found;
  }

  void propose() {
    std::vector<std::string> payloads;
    for (uint32_t i = 0; i <= random_.below(3); ++i) payloads.push_back("p" + std::to_string(++proposed_));
    if (Node* node = leading()) (void)node->propose(payloads);
  }

  void change() {
    Node* node = leading();
    if (node == nullptr || !chance(2)) return;
    using Kind = ChangeStep::Kind;
    ConfigurationChange steps;
    for (uint32_t i = 0; i <= random_.below(3); ++i) {
      steps.push_back({static_cast<Kind>(random_.below(5)), NodeId{someone()}, "c"});
      if (steps.back().kind == Kind::remove && chance(2)) steps.back().kind = Kind::add_learner;
    }
    // A member that was removed keeps its disk here; what matters is that its old answers count for nothing.
    (void)node->propose_configuration(steps);
  }

  void read(uint64_t id) { if (up(id)) up(id)->read_index(++proposed_); }
  void transfer() { if (Node* node = leading()) (void)node->transfer_leadership(chance(2) ? std::nullopt : std::optional(NodeId{someone()})); }

  void compact(uint64_t id) {
    if (!up(id) || !chance(3)) return;
    const Index to = std::min(world_.machine(id).machine.applied.index, world_.machine(id).disk.last());
    if (to.value > 2) world_.compact(id, to - random_.below(3));
  }

  void cut_or_heal() {
    if (chance(2)) return cuts_.clear();
    const uint64_t a = someone(), b = someone();
    cuts_.insert({a, b});
    if (chance(2)) cuts_.insert({b, a});
  }

  void disk_full(uint64_t id) {
    Machine& m = world_.machine(id);
    m.disk.full = !m.disk.full && chance(3);
    if (!m.disk.full && m.node) m.node->on_storage_health(StorageHealth::good);
  }

  // Without faults somebody leads and everybody who belongs to the group catches up.
  std::string converge() {
    trace_ += "no faults from here\n";
    cuts_.clear();
    world_.installs_held = false;
    for (auto& [id, m] : world_.machines()) {
      m.disk.held = m.disk.full = false;
      if (m.node == nullptr) world_.start(id);
      world_.persist(id, 1000);
      m.node->on_storage_health(StorageHealth::good);
      world_.install(id, true);
    }
    for (int tick = 0; tick < 400; ++tick) {
      world_.settle();
      for (auto& [id, m] : world_.machines()) {
        if (m.node) m.node->tick();
        if (m.node && tick % 50 == 0) give_up_streams(*m.node);
      }
      if (!broken_.empty()) return broken_;
      if (const std::string broken = world_.broken(); !broken.empty()) return broken;
      if (trace_.size() > (size_t{64} << 20)) return "it does not come to rest";
    }
    Node* leader_now = leading();
    if (leader_now == nullptr) return "nobody leads";
    const View view = leader_now->view();
    committed_ = view.commit.value;
    if (view.configuration->joint()) return "a joint phase does not end";
    if (view.commit != view.last.index) return "the leader does not commit";
    for (const PeerView& peer : view.peers) {
      if (peer.match != view.last.index || peer.applied != view.commit) return "node " + std::to_string(peer.id.value) + " does not catch up";
    }
    return {};
  }

  // The driver's deadline for a stream whose offer was lost.
  static void give_up_streams(Node& node) {
    for (const PeerView& peer : node.view().peers) {
      if (peer.state == PeerView::State::snapshot) node.on_snapshot_sent(peer.id, peer.session, SnapshotOutcome::failed);
    }
  }

  Random random_;
  std::string trace_, broken_;
  World world_;
  std::set<std::pair<uint64_t, uint64_t>> cuts_;
  uint32_t loss_ = 0;
  bool slow_disks_ = false;
  uint64_t proposed_ = 0;
  size_t committed_ = 0;
};

TEST(Walk, CommittedEntriesAgreeWhateverHappens) {
  const char* one = std::getenv("RAFT_WALK");
  const char* many = std::getenv("RAFT_WALKS");
  const uint64_t first = one ? std::strtoull(one, nullptr, 10) : 1;
  const uint64_t last = one ? first : many ? std::strtoull(many, nullptr, 10) : 20;
#ifdef BAO_PLANTED_BUGS
  if (const char* planted = std::getenv("PLANTED_BUG")) planted_bug = std::atoi(planted);
#endif
  size_t committed = 0;
  for (uint64_t seed = first; seed <= last; ++seed) {
    if (std::getenv("RAFT_WALK_SHOW")) std::fprintf(stderr, "%llu\n", static_cast<unsigned long long>(seed));
    Walk walk(seed);
    const std::string broken = walk.run(3000);
    committed += walk.committed();
    ASSERT_EQ(broken, "") << "RAFT_WALK=" << seed << (one ? "\n" + walk.trace() : "");
  }
  EXPECT_GT(committed, last - first) << "the walks do something";
}

}  // namespace
}  // namespace bao::raft
