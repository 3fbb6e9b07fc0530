#include "internal/raft/sim/client.h"

#include "internal/raft/sim/driver.h"
#include "internal/raft/sim/world.h"

namespace bao::raft::sim {

Client::Client(World& world, uint64_t id) : world_(world), random_(mix(world.plan().seed, mix(0x636c69, id))) { command_.client = id; }

void Client::start() {
  stopped_ = false;
  think();
}

void Client::think() {
  world_.schedule().after(random_.exponential(world_.plan().think), [this] { begin(); });
}

void Client::begin() {
  if (stopped_ || working_) return;
  working_ = true;
  tries_ = 0;
  floor_ = world_.oracle().floor();
  kind_ = static_cast<Kind>(random_.below(3));
  command_.key = random_.below(world_.plan().keys);
  if (kind_ != Kind::read) {
    ++command_.sequence;
    command_.kind = kind_ == Kind::put ? Command::Kind::put : Command::Kind::cas;
    command_.value = command_.client << 32 | command_.sequence;
    command_.expected = last_value_;
  }
  attempt();
}

Host* Client::choose() {
  auto& hosts = world_.hosts();
  if (const auto found = hosts.find(target_); found != hosts.end() && found->second->up()) return found->second.get();
  std::vector<Host*> candidates;  // a client that waits for a connection in vain is a fault, too
  for (const auto& [id, host] : hosts)
    if (!world_.calm() || host->up()) candidates.push_back(host.get());
  return candidates[random_.below(candidates.size())];
}

void Client::attempt() {
  ++tries_;
  const uint64_t attempt = attempt_ = world_.next_attempt();
  Host* host = choose();
  world_.schedule().after(500 + random_.exponential(1'000), [this, host, attempt] {
    if (attempt == attempt_) send(*host, attempt);
  });
  world_.schedule().after(world_.plan().election_timeout() / 2 + random_.exponential(world_.plan().election_timeout()), [this, attempt] {
    if (attempt != attempt_) return;
    target_ = kNobody;
    if (!world_.calm() && tries_ > 5 && random_.chance(0.3)) return give_up();
    this->attempt();
  });
}

void Client::send(Host& host, uint64_t attempt) {
  if (!host.up() || host.paused()) return;
  const Reply reply = [this, attempt](const Answer& answer) {
    world_.schedule().after(500 + random_.exponential(1'000), [this, attempt, answer] { answered(attempt, answer); });
  };
  if (kind_ == Kind::read) return host.driver()->serving().read(command_.key, reply);
  Command command = command_;
  command.attempt = attempt;
  host.driver()->serving().write(command, reply);
  if (!world_.calm() && random_.chance(0.02)) insist(host);
}

void Client::insist(Host& host) {
  Command command = command_;
  for (uint64_t more = random_.between(5, 40); more > 0 && host.up(); --more) {
    command.attempt = world_.next_attempt();
    host.driver()->serving().write(command, [](const Answer&) {});
  }
}

void Client::answered(uint64_t attempt, const Answer& answer) {
  if (attempt != attempt_) return;
  target_ = answer.leader;
  if (answer.done) return finish(answer);
  if (random_.chance(0.2)) target_ = kNobody;
  attempt_ = 0;
  world_.schedule().after(5'000 + random_.exponential(20'000), [this] { if (attempt_ == 0 && working_) this->attempt(); });
}

void Client::finish(const Answer& answer) {
  world_.count_operation();
  world_.trace().event(world_.now(), kNobody, "answered", answer.index.value,
                       [&] { return "client " + std::to_string(command_.client) + " index " + std::to_string(answer.index.value); });
  if (kind_ == Kind::read) {
    world_.oracle().read_answered(command_.key, answer.value, answer.index, floor_);
    last_value_ = answer.value;
  } else {
    world_.oracle().write_acknowledged(command_, answer.index, answer.value, floor_);
    last_value_ = command_.value;
  }
  if (kind_ == Kind::read && random_.chance(0.3)) target_ = kNobody;  // followers serve reads too
  give_up();
}

void Client::give_up() {
  working_ = false;
  attempt_ = 0;
  think();
}

}  // namespace bao::raft::sim
