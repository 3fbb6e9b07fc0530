// The commands of scenarios.
#include "internal/raft/scenario/script.h"

#include <algorithm>
#include <sstream>

#include "internal/base/ensure.h"
#include "internal/raft/scenario/world.h"

namespace bao::raft {
namespace {

using Words = std::vector<std::string>;

Words split(const std::string& line, char separator = ' ') {
  Words words;
  std::istringstream in(line);
  for (std::string word; std::getline(in, word, separator);) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

uint64_t number(const std::string& word) { return std::stoull(word); }

std::vector<uint64_t> numbers(const std::string& list) {
  std::vector<uint64_t> out;
  for (const std::string& word : split(list, ',')) out.push_back(number(word));
  return out;
}

// "1->2", "1->*", "*->2" and kinds like "Append", "HeartbeatReply", all of which must match.
std::function<bool(const Envelope&)> filter(const Words& words, size_t from) {
  const Words parts(words.begin() + static_cast<std::ptrdiff_t>(std::min(from, words.size())), words.end());
  return [parts](const Envelope& envelope) {
    const Words said = split(describe(envelope));
    const std::string link = said[0], kind = said[3];
    for (const std::string& part : parts) {
      const size_t arrow = part.find("->");
      if (arrow == std::string::npos) {
        if (part != kind) return false;
        continue;
      }
      const std::string a = part.substr(0, arrow), b = part.substr(arrow + 2);
      if (a != "*" && number(a) != envelope.from.value) return false;
      if (b != "*" && number(b) != envelope.to.value) return false;
    }
    return true;
  };
}

class Player {
 public:
  Player() : world_([this](const std::string& line) { if (!silent_) out_ += line + "\n"; }) {}

  std::string run(const std::string& command) {
    out_.clear();
    silent_ = command[0] == '@';
    Words words = split(silent_ ? command.substr(1) : command);
    if (!(setup(words) || faults(words) || messages(words) || requests(words) || disks(words) || shows(words))) {
      out_ += "unknown command\n";
    }
    world_.work();
    if (const std::string broken = world_.broken(); !broken.empty()) out_ += "BROKEN: " + broken + "\n";
    return out_;
  }

 private:
  void say(const std::string& line) { out_ += line + "\n"; }
  template <typename R>
  void result(const R& r) {
    if (!r.ok()) say("error: " + r.error().message());
  }

  bool setup(const Words& w) {
    if (w[0] == "nodes") {  // nodes 1,2,3 [learners 4] [without 5]
      Configuration configuration;
      std::set<uint64_t> all;
      const auto add = [&](const std::string& list, std::set<NodeId>* role) {
        for (uint64_t id : numbers(list)) {
          configuration.members[NodeId{id}] = Member{Session{1}, ""};
          role->insert(NodeId{id});
          all.insert(id);
        }
      };
      add(w[1], &configuration.voters);
      if (w.size() > 3 && w[2] == "learners") add(w[3], &configuration.learners);
      for (uint64_t id : all) {
        world_.make(id, configuration);
        world_.start(id);
      }
    } else if (w[0] == "joiner") {  // joiner 4: an empty node that knows nobody
      world_.make(number(w[1]), {});
      world_.start(number(w[1]));
    } else if (w[0] == "written") {  // written 1 term 8 [log 1,1,4]: a node that finds this at its start
      world_.crash(number(w[1]));
      if (w.size() > 5) world_.write_log(number(w[1]), numbers(w[5]), number(w[3]));
      else world_.set_term(number(w[1]), number(w[3]));
      world_.start(number(w[1]));
    } else if (w[0] == "limit") {  // limit window 2: before nodes
      size_t& limit = w[1] == "window" ? world_.limits.window_messages_max
                      : w[1] == "append" ? world_.limits.append_bytes_max
                      : w[1] == "uncommitted" ? world_.limits.uncommitted_bytes_max
                      : w[1] == "cache" ? world_.limits.cache_bytes_max
                      : w[1] == "reads" ? world_.limits.reads_waiting_max : world_.limits.apply_bytes_max;
      limit = number(w[2]);
    } else {
      return false;
    }
    return true;
  }

  bool faults(const Words& w) {
    if (w[0] == "crash") world_.crash(number(w[1]));
    else if (w[0] == "restart") world_.crash(number(w[1])), world_.start(number(w[1]));
    else if (w[0] == "wipe") world_.crash(number(w[1])), world_.make(number(w[1]), {}), world_.machine(number(w[1])).disk = {}, world_.machine(number(w[1])).machine = {}, world_.start(number(w[1]));
    else if (w[0] == "cut") for (uint64_t a : numbers(w[1])) for (uint64_t b : numbers(w[2])) world_.cut(a, b), world_.cut(b, a);
    else if (w[0] == "heal") world_.heal();
    else if (w[0] == "health") world_.node(number(w[1])).on_storage_health(w[2] == "good" ? StorageHealth::good : w[2] == "full" ? StorageHealth::full : StorageHealth::stalled);
    else if (w[0] == "unreachable") world_.node(number(w[1])).on_peer_unreachable(NodeId{number(w[2])});
    else return false;
    return true;
  }

  bool messages(const Words& w) {
    if (w[0] == "deliver" && w.size() == 1) world_.settle();
    else if (w[0] == "deliver") world_.work(), count(world_.deliver(filter(w, 1)));
    else if (w[0] == "step") world_.work(), world_.deliver(filter(w, 1));  // the messages there are now, not their answers
    else if (w[0] == "drop") world_.work(), count(world_.drop(filter(w, 1)));
    else if (w[0] == "hold") world_.work(), count(world_.hold(filter(w, 1)));
    else if (w[0] == "release") world_.release();
    else if (w[0] == "repeat") repeat(w);
    else return false;
    return true;
  }

  void count(size_t n) { if (n == 0) say("no such message"); }

  void repeat(const Words& w) {
    world_.work();
    const auto matches = filter(w, 1);
    const std::deque<Envelope> now = world_.network();
    for (const Envelope& envelope : now) {
      if (matches(envelope)) world_.network().push_back(envelope);
    }
  }

  bool requests(const Words& w) {
    const uint64_t id = w.size() > 1 ? std::strtoull(w[1].c_str(), nullptr, 10) : 0;
    if (w[0] == "tick") tick(w);
    else if (w[0] == "campaign") world_.node(id).campaign();
    else if (w[0] == "propose") result(world_.node(id).propose(Words(w.begin() + 2, w.end())));
    else if (w[0] == "read") world_.node(id).read_index(++cookies_);
    else if (w[0] == "change") result(world_.node(id).propose_configuration(change(w)));
    else if (w[0] == "transfer") result(world_.node(id).transfer_leadership(w.size() > 2 ? std::optional(NodeId{number(w[2])}) : std::nullopt));
    else return false;
    return true;
  }

  void tick(const Words& w) {
    const uint64_t times = w.size() > 2 ? number(w[2]) : 1;
    for (uint64_t i = 0; i < times; ++i) {
      for (auto& [id, machine] : world_.machines()) {
        if (machine.node == nullptr || (w[1] != "all" && number(w[1]) != id)) continue;
        machine.node->tick();
      }
      if (w[1] == "all") world_.settle();
      world_.work();
    }
  }

  // change 1 add 4 promote 3 remove 2
  static ConfigurationChange change(const Words& w) {
    ConfigurationChange steps;
    for (size_t i = 2; i + 1 < w.size(); i += 2) {
      using Kind = ChangeStep::Kind;
      const Kind kind = w[i] == "add" ? Kind::add_learner : w[i] == "promote" ? Kind::promote : w[i] == "demote" ? Kind::demote
                        : w[i] == "remove" ? Kind::remove : Kind::update_context;
      steps.push_back({kind, NodeId{number(w[i + 1])}, "c" + w[i + 1]});
    }
    return steps;
  }

  bool disks(const Words& w) {
    const uint64_t id = w.size() > 1 ? std::strtoull(w[1].c_str(), nullptr, 10) : 0;
    if (w[0] == "slow" && w[1] == "disk") world_.machine(number(w[2])).disk.held = true;
    else if (w[0] == "fast" && w[1] == "disk") world_.machine(number(w[2])).disk.held = false, world_.persist(number(w[2]), 1000);
    else if (w[0] == "slow" && w[1] == "apply") world_.machine(number(w[2])).machine.held = true;
    else if (w[0] == "fast" && w[1] == "apply") world_.machine(number(w[2])).machine.held = false, world_.apply(number(w[2]), 1000);
    else if (w[0] == "full") world_.machine(id).disk.full = true;
    else if (w[0] == "freed") world_.machine(id).disk.full = false, world_.node(id).on_storage_health(StorageHealth::good);
    else if (w[0] == "persist") world_.work(), world_.persist(id, w.size() > 2 ? number(w[2]) : 1000);
    else if (w[0] == "apply") world_.work(), world_.apply(id, w.size() > 2 ? number(w[2]) : 1000);
    else if (w[0] == "compact") world_.compact(id, Index{number(w[2])});
    else if (w[0] == "snapshots") world_.snapshots_held = w[1] == "held";
    else if (w[0] == "installs") world_.installs_held = w[1] == "held";
    else if (w[0] == "snapshot") world_.make_snapshots();
    else if (w[0] == "install") world_.install(id, w.size() < 3 || w[2] != "fails");
    else return false;
    return true;
  }

  bool shows(const Words& w) {
    if (w[0] != "log" && w[0] != "status" && w[0] != "disk" && w[0] != "peers" && w[0] != "network" && w[0] != "data") return false;
    world_.work();
    if (w[0] == "network") {
      for (const Envelope& envelope : world_.network()) say(describe(envelope));
      return true;
    }
    for (auto& [id, machine] : world_.machines()) {
      if (w.size() > 1 && number(w[1]) != id) continue;
      say(std::to_string(id) + ": " + (w[0] == "disk" || w[0] == "log" ? show_disk(machine) : w[0] == "data" ? show_data(machine)
                                       : machine.node == nullptr ? "down" : w[0] == "status" ? show_status(machine) : show_peers(machine)));
    }
    return true;
  }

  static std::string show_data(const Machine& machine) {
    std::string out = "applied " + std::to_string(machine.machine.applied.index.value);
    for (const std::string& payload : machine.machine.data) out += " " + payload;
    return out;
  }

  static std::string show_disk(const Machine& machine) {
    const Disk& disk = machine.disk;
    std::string out = "term " + std::to_string(disk.hard.term.value) + " vote " + std::to_string(disk.hard.vote.value);
    if (disk.start.position.index.value > 0) out += " after " + std::to_string(disk.start.position.index.value) + "/" + std::to_string(disk.start.position.term.value);
    out += " log";
    for (const EntryPtr& entry : disk.log) {
      const char* kinds[] = {"", "c", ""};
      out += " " + std::to_string(entry->term.value) + kinds[static_cast<int>(entry->kind)] + (entry->payload.empty() || entry->kind == EntryKind::configuration ? "" : ":" + entry->payload);
    }
    return out;
  }

  static std::string show_status(const Machine& machine) {
    const View view = machine.node->view();
    const char* roles[] = {"follower", "pre-candidate", "candidate", "leader"};
    std::string out = roles[static_cast<int>(view.role)];
    out += " term " + std::to_string(view.term.value) + " leader " + std::to_string(view.leader.value) + " last " +
           std::to_string(view.last.index.value) + "/" + std::to_string(view.last.term.value) + " durable " + std::to_string(view.durable.value) +
           " commit " + std::to_string(view.commit.value) + " applied " + std::to_string(view.applied.value) + ", " + describe(*view.configuration);
    return out + (view.transferring ? ", transferring" : "");
  }

  static std::string show_peers(const Machine& machine) {
    const char* states[] = {"probe", "replicate", "snapshot"};
    std::string out;
    for (const PeerView& peer : machine.node->view().peers) {
      out += (out.empty() ? "" : "; ") + std::to_string(peer.id.value) + " " + states[static_cast<int>(peer.state)] + " match " +
             std::to_string(peer.match.value) + " next " + std::to_string(peer.next.value) + (peer.recently_active ? "" : " silent");
    }
    return out.empty() ? "none" : out;
  }

  std::string out_;
  bool silent_ = false;
  uint64_t cookies_ = 0;
  World world_;
};

}  // namespace

std::string play(std::string_view script) {
  Player player;
  std::string out;
  std::istringstream in{std::string(script)};
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') {
      out += line + "\n";
    } else if (line.starts_with("> ")) {
      out += line + "\n" + player.run(line.substr(2));
    }
  }
  return out;
}

}  // namespace bao::raft
