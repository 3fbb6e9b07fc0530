#include "internal/raft/sim/host.h"

#include "internal/base/ensure.h"
#include "internal/raft/core/planted_bug.h"
#include "internal/raft/sim/driver.h"
#include "internal/raft/sim/recovery.h"
#include "internal/raft/sim/world.h"

namespace bao::raft::sim {
namespace {

constexpr Time kStopTimeoutsMax = 40;  // several slow fsyncs and an application, one after the other

}  // namespace

Host::Host(World& world, NodeId id)
    : world_(world), id_(id), random_(mix(world.plan().seed, mix(0x686f7374, id.value))), tick_length_(Plan::kTick) {
  if (world.plan().has(Fault::drift)) tick_length_ = Plan::kTick * random_.between(950, 1050) / 1000;
}
Host::~Host() = default;

bool Host::paused() const { return paused_until_ > world_.now(); }
bool Host::disk_full() const { return full_until_ > world_.now(); }

void Host::start() {
  if (up() || lost_ || away_) return;
  ++life_;
  paused_until_ = 0;
  world_.trace().event(world_.now(), id_, "start", life_, [] { return std::string(); });
  if (world_.plan().sqlite && !disk_.sqlite_log()) disk_.put_log_on_sqlite();
  auto recovered = recover(*this);
  if (!recovered) return;
  Options options;
  options.group = GroupId{1};
  options.id = id_;
  options.seed = mix(world_.plan().seed, mix(id_.value, life_));
  options.heartbeat_ticks = world_.plan().heartbeat_ticks;
  options.election_ticks = world_.plan().election_ticks;
  options.chain = cheap_chain;
  options.limits = world_.plan().limits;
  auto node = Node::create(options, std::move(*recovered));
  if (!node.ok()) return world_.judge().violate(0, "node " + std::to_string(id_.value) + " does not start: " + node.error().message());
  driver_ = std::make_unique<Driver>(*this, std::move(node).value());
  driver_->started(promised_);
  schedule_tick();
}

void Host::end_life() {
  ++life_;
  world_.transfers().forget(id_);
  ended_ = std::move(driver_);
  deferred_.clear();
  deferred_tick_.reset();
  promised_ = disk_.durable_log().hard;
  disk_configuration_ = nullptr;
}

void Host::crash() {
  if (!up()) return;
  world_.trace().event(world_.now(), id_, "crash", life_, [] { return std::string(); });
  end_life();
  expect(disk_.crash(random_));
}

void Host::stop() {
  if (!up() || driver_->stopping()) return;
  world_.trace().event(world_.now(), id_, "stop", life_, [] { return std::string(); });
  world_.count_stop();
  watch_stop();
  driver_->stop([this] { stopped(); });
}

void Host::stopped() {
  world_.trace().event(world_.now(), id_, "stopped", life_, [] { return std::string(); });
  end_life();
  expect(disk_.close());
  if (world_.calm()) start();
  else world_.schedule().after(random_.exponential(world_.plan().down), [this] { start(); });
}

// An end in order comes in bounded time, once its process and its disk go on.
void Host::watch_stop() {
  world_.schedule().after(kStopTimeoutsMax * world_.plan().election_timeout(), [this, life = life_] {
    if (life != life_) return;
    if (paused() || hung_until_ > world_.now()) return watch_stop();
    world_.judge().violate(18, describe(id_) + " was to stop and has not");
  });
}

void Host::expect(const base::Status& done) {
  if (!done.ok()) world_.judge().violate(21, describe(id_) + ": " + done.error().message());
}

void Host::lose() {
  crash();
  lost_ = true;
}

void Host::stay_away() {
  crash();
  away_ = true;
}

void Host::come_back() {
  away_ = false;
  start();
}

bool Host::crashes_between_steps() {
  if (!world_.strikes(Fault::step_crash) || !random_.chance(world_.plan().step_crash)) return false;
  crash();
  world_.schedule().after(random_.exponential(world_.plan().down), [this] { start(); });
  return true;
}

void Host::pause_until(Time when) {
  if (!up()) return;
  world_.trace().event(world_.now(), id_, "pause", when, [&] { return "until " + std::to_string(when); });
  paused_until_ = std::max(paused_until_, when);
  world_.schedule().after(when - world_.now(), [this, life = life_] {
    if (life == life_ && !paused()) resume();
  });
}

// A stall counts as one tick, and what arrived during it goes first: otherwise a pause would be taken for a silent leader.
void Host::resume() {
  const std::optional<Time> due = std::exchange(deferred_tick_, std::nullopt);
  const uint64_t life = life_;
  if (due && PLANTED(26)) tick(*due);
  if (life != life_) return;
  for (auto& what : std::exchange(deferred_, {})) after(0, std::move(what));
  if (due && !PLANTED(26)) after(1, [this] { tick(world_.now()); });
}

Time Host::fsync_time() {
  const Plan& plan = world_.plan();
  if (world_.calm()) return 200;
  Time time = plan.fsync / 2 + random_.exponential(plan.fsync / 2);
  if (world_.strikes(Fault::slow_disk) && random_.chance(plan.slow_fsync)) time += random_.exponential(plan.election_timeout() / 2);
  if (hung_until_ > world_.now()) time += hung_until_ - world_.now();
  return time;
}

void Host::mend() {
  paused_until_ = full_until_ = hung_until_ = 0;
  if (!up()) return;
  resume();
  driver_->writer().hurry();
}

void Host::after(Time delay, std::function<void()> what) {
  world_.schedule().after(delay, [this, life = life_, what = std::move(what)]() mutable {
    if (life != life_) return;
    if (paused()) return deferred_.push_back(std::move(what));
    if (driver_) driver_->count_event();
    what();
  });
}

void Host::schedule_tick() {
  world_.schedule().after(tick_length_, [this, life = life_] {
    if (life == life_) tick(world_.now());
  });
}

void Host::tick(Time due) {
  if (paused()) {
    deferred_tick_ = due;
    return;
  }
  const uint64_t life = life_;
  const Time missed = (world_.now() - due) / tick_length_;
  for (Time i = 0; i <= missed && life == life_; ++i) driver_->tick();
  if (life == life_) schedule_tick();
}

void Host::receive(const Envelope& envelope) {
  if (!up() || driver_->stopping()) return;
  if (paused()) return deferred_.push_back([this, envelope] { receive(envelope); });
  world_.trace().event(world_.now(), id_, "receive", envelope.message.index() << 48 ^ envelope.term.value,
                       [&] { return describe(envelope); });
  driver_->step(envelope);
}

void Host::peer_unreachable(NodeId peer) {
  driver_->checks().window_forgotten(peer);
  driver_->input([&](Node& node) { node.on_peer_unreachable(peer); });
}

const LogImage& Host::log() const { return driver_ ? driver_->log() : disk_.log(); }

const Configuration& Host::configuration() const {
  if (driver_) return driver_->configuration();
  if (!disk_configuration_) disk_configuration_ = newest_configuration(disk_.log()).second;
  return *disk_configuration_;
}

}  // namespace bao::raft::sim
