#include "internal/raft/driver/driver.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "internal/base/limits.h"
#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/raft/core/planted_bug.h"
#include "internal/raft/driver/applier.h"
#include "internal/raft/driver/commit_news.h"
#include "internal/raft/driver/held_proposals.h"
#include "internal/raft/driver/inbox.h"
#include "internal/raft/driver/log_writer.h"
#include "internal/raft/driver/proposers.h"
#include "internal/raft/driver/readers.h"
#include "internal/raft/driver/snapshot_desk.h"
#include "internal/raft/driver/tick_schedule.h"
#include "internal/raft/log/recovery.h"

namespace bao::raft {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr int kPassesMax = 8;  // of a helper's turn, before the core thread takes over
constexpr std::chrono::milliseconds kInstallRestMax{100};  // between two pieces of a snapshot, or two tries; stopping waits for it
constexpr int kFetchTries = 3;  // then the leader offers another one
constexpr size_t kRecoveredTailBytes = size_t{32} << 20;

// What is on the disk is unknown: going on could acknowledge what is lost (D3). The process ends, and starts from what is
// there.
[[noreturn]] void end_process(std::string_view what, const base::Error& error) {
  base::log_error("raft", "the node ends, because it cannot know what its disk holds",
                  {{"while", std::string(what)}, {"error", error.message()}});
  ENSURE(false, "raft: storage failed; the log line before this one says how");
  std::terminate();
}

base::Error stopping() { return {base::Code::unavailable, "raft: this node is stopping; nothing was changed"}; }

class RunningDriver final : public Driver {
 public:
  RunningDriver(DriverOptions options, LogStore& log, StateMachine& machine, Carrier carrier, std::unique_ptr<Node> node);
  ~RunningDriver() override { stop(); }
  void stop() override;
  void run_thread() {
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "raft-core");
  }

  base::Result<Index> propose(std::string payload, Term reign) override;
  base::Result<Index> read_index() override;
  base::Result<Index> change(ConfigurationChange change) override;
  base::Status transfer_leadership(std::optional<NodeId> target) override;
  void campaign() override {
    inbox_.post([this] { node_->campaign(); });
  }
  base::Result<DriverStatus> status() override;
  void deliver(Envelope envelope) override;
  void deliver_here(Envelope envelope) override;
  void peer_unreachable(NodeId peer) override {
    inbox_.post([this, peer] { node_->on_peer_unreachable(peer); });
  }
  base::Status serve_snapshot(NodeId to, Position last, const std::string& after, const TakePiece& give) override;
  void on_role(std::function<void(const RoleChange&)> listener) override {
    inbox_.post([this, listener = std::move(listener)] {
      role_listener_ = listener;
      if (role_listener_ && role_) role_listener_(*role_);
    });
  }
  Index applied() const override { return Index{applied_.load()}; }

 private:
  void run();
  void run_tasks(std::vector<Inbox::Task>& tasks);
  void help_core();
  void propose_held();
  bool alone() const;
  void stand_alone();
  void give_up_fates(SteadyTime now);
  void storage_failed(std::string_view what, const base::Error& error);
  void watch_storage();
  void upkeep(SteadyTime now);
  void carry_out(Output output);
  void send(const std::vector<Envelope>& messages);
  void hand_to_applier(Entries entries);
  void load(const LoadRequest& request);
  void prepare_snapshot(const SnapshotOrder& order);
  base::Status stream_pieces(SnapshotReader& reader, const std::string& after, const TakePiece& give);
  void install(InstallOrder order);
  base::Status fetch_and_install(const InstallOrder& order, uint64_t attempt);
  base::Status fetch(const InstallOrder& order, uint64_t attempt);
  void show(const Output& output);
  LogWriterEvents log_events();
  ApplierEvents applier_events();
  // Posts `ask` to the core and waits for its answer.
  template <typename T>
  base::Result<T> on_core(std::function<void(WaiterPtr<T>)> ask);

  const DriverOptions options_;
  LogStore& log_;
  StateMachine& machine_;
  const Carrier carrier_;
  Inbox inbox_;
  std::atomic<uint64_t> applied_;
  std::atomic<int64_t> proposals_waiting_{0};

  // Of whoever has the core's turn.
  const std::unique_ptr<Node> node_;
  HeldProposals held_;
  Proposers proposers_;
  Readers readers_;
  CommitNews news_;
  std::function<void(const RoleChange&)> role_listener_;
  std::optional<RoleChange> role_;
  bool stopping_ = false;
  std::optional<SteadyTime> lost_lead_;  // while some of its proposers wait
  bool stalled_ = false, full_ = false;
  SteadyTime next_upkeep_{};

  LogWriter writer_;
  Applier applier_;
  SnapshotDesk desk_;
  std::atomic<uint64_t> install_attempt_{0};  // a later order ends the one under way
  QueueThread<LoadRequest> loader_;
  QueueThread<SnapshotOrder> snapshots_;
  std::thread thread_;
};

RunningDriver::RunningDriver(DriverOptions options, LogStore& log, StateMachine& machine, Carrier carrier,
                             std::unique_ptr<Node> node)
    : options_(std::move(options)),
      log_(log),
      machine_(machine),
      carrier_(std::move(carrier)),
      applied_(machine.applied().position.index.value),
      node_(std::move(node)),
      writer_(log, options_.core.group, log_events()),
      applier_(machine, applier_events()),
      loader_("raft-load", [this](std::vector<LoadRequest>& requests) {
        for (const LoadRequest& request : requests) load(request);
      }),
      snapshots_("raft-snapshot", [this](std::vector<SnapshotOrder>& orders) {
        for (const SnapshotOrder& order : orders) prepare_snapshot(order);
      }) {}

void RunningDriver::stop() {
  if (!thread_.joinable()) return;
  inbox_.close([this] { stopping_ = true; });
  thread_.join();
  ++install_attempt_;
  loader_.stop();
  snapshots_.stop();
  writer_.stop();
  applier_.stop();
  held_.end(stopping());
  proposers_.end("raft: this node stopped before the change was decided; it may have been made");
  readers_.end("raft: this node is stopping");
}

// ---- asked by any thread ----
template <typename T>
base::Result<T> RunningDriver::on_core(std::function<void(WaiterPtr<T>)> ask) {
  auto waiter = std::make_shared<Waiter<T>>();
  if (!inbox_.post([waiter, ask = std::move(ask)] { ask(waiter); })) return stopping();
  return waiter->wait();
}

base::Result<Index> RunningDriver::propose(std::string payload, Term reign) {
  const int64_t others = proposals_waiting_.fetch_add(1);
  if (others >= static_cast<int64_t>(base::kProposalQueueMax)) {
    proposals_waiting_.fetch_sub(1);
    return base::Error(base::Code::exhausted, "raft: too many changes wait to be replicated; nothing was changed");
  }
  // This thread waits for the outcome. Alone it does whatever nobody is at already, and changes no thread; among others it
  // leaves that to the own threads: what comes until they have woken up is in the same batch.
  auto waiter = std::make_shared<Waiter<Index>>();
  const bool posted = inbox_.post_quietly([this, waiter, reign, &payload] { held_.add({&payload, reign, waiter}); });
  if (!posted) {
    proposals_waiting_.fetch_sub(1);
    return stopping();
  }
  help_core();
  if (others == 0) {
    writer_.help();
    applier_.help();
  } else {
    writer_.kick();
    applier_.kick();
  }
  auto result = waiter->wait();
  proposals_waiting_.fetch_sub(1);
  return result;
}

// In the core's turn. Who is refused may ask whoever leads, or leads next.
void RunningDriver::propose_held() {
  for (const HeldProposals::Held& held : held_.take()) {
    if (held.reign != Term{} && node_->term() != held.reign) {
      held.waiter->answer(base::Error(base::Code::needs_active, "raft: this change is of another reign; nothing was changed"));
      continue;
    }
    const auto position = node_->propose({held.payload, 1});
    if (position.ok()) proposers_.add(*position, held.waiter);
    else if (position.error().code() != base::Code::unavailable) held.waiter->answer(position.error());
    else held.waiter->answer(base::Error(base::Code::needs_active, "raft: " + position.error().message() + "; nothing was changed"));
  }
}

// Runs what waits for the core, unless somebody does. Whatever it led to for the log writer and the applier waits quietly.
void RunningDriver::help_core() {
  std::vector<Inbox::Task> tasks;
  if (!inbox_.try_turn(tasks)) return;
  int passes = 0;
  do {
    run_tasks(tasks);
    if (++passes == kPassesMax) return inbox_.end_turn();
  } while (inbox_.go_on(tasks));
}

base::Result<Index> RunningDriver::change(ConfigurationChange change) {
  return on_core<Index>([this, change = std::move(change)](WaiterPtr<Index> waiter) {
    const auto position = node_->propose_configuration(change);
    if (position.ok()) proposers_.add(*position, std::move(waiter));
    else waiter->answer(position.error());
  });
}

base::Result<Index> RunningDriver::read_index() {
  auto waiter = std::make_shared<Waiter<Index>>();
  if (!inbox_.post_quietly([this, waiter] { node_->read_index(readers_.add(waiter)); })) return stopping();
  help_core();  // this thread waits for it anyway
  writer_.kick();
  applier_.kick();
  return waiter->wait();
}

base::Status RunningDriver::transfer_leadership(std::optional<NodeId> target) {
  const auto done = on_core<bool>([this, target](WaiterPtr<bool> waiter) {
    const base::Status begun = node_->transfer_leadership(target);
    waiter->answer(begun.ok() ? base::Result<bool>(true) : base::Result<bool>(begun.error()));
  });
  return done.ok() ? base::Status{} : base::Status(done.error());
}

base::Result<DriverStatus> RunningDriver::status() {
  return on_core<DriverStatus>([this](WaiterPtr<DriverStatus> waiter) {
    DriverStatus status{node_->view(), {}};
    if (status.view.configuration) status.configuration = *status.view.configuration;
    status.view.configuration = nullptr;
    waiter->answer(std::move(status));
  });
}

void RunningDriver::deliver(Envelope envelope) {
  auto shared = std::make_shared<Envelope>(std::move(envelope));
  inbox_.post([this, shared] { node_->step(std::move(*shared)); });
}

void RunningDriver::deliver_here(Envelope envelope) {
  // 27: a way of their own for heartbeats, past the inbox
  if (PLANTED(27) && std::holds_alternative<Heartbeat>(envelope.message)) return node_->step(std::move(envelope));
  auto shared = std::make_shared<Envelope>(std::move(envelope));
  if (!inbox_.post_quietly([this, shared] { node_->step(std::move(*shared)); })) return;
  help_core();
  writer_.kick();
  applier_.kick();
}

// ---- the core thread, and whoever has its turn ----
void RunningDriver::run() {
  std::vector<Inbox::Task> tasks;
  const SteadyTime start = std::chrono::steady_clock::now();
  TickSchedule schedule(start, options_.tick, options_.core.heartbeat_ticks);
  inbox_.await_turn(tasks, start);
  stand_alone();
  while (true) {
    run_tasks(tasks);
    const SteadyTime now = std::chrono::steady_clock::now();
    const bool news = news_.held_lately();
    for (const Envelope& envelope : news_.take(now))
      if (!carrier_.send(envelope)) node_->on_peer_unreachable(envelope.to);
    if (const int ticks = schedule.due(now); ticks > 0) {
      watch_storage();
      held_.let_go();
      for (int i = 0; i < ticks; ++i) node_->tick();
      stand_alone();
      give_up_fates(now);
      if (now >= next_upkeep_) upkeep(now);
      run_tasks(tasks);
    }
    if (stopping_) break;  // with the turn: nobody else gets it any more
    inbox_.end_turn();
    writer_.kick();
    applier_.kick();
    inbox_.await_turn(tasks, news ? std::min(schedule.next(), now + CommitNews::kLookEvery) : schedule.next());
  }
  base::counter("raft.core.stalls").add(schedule.stalls());
}

void RunningDriver::run_tasks(std::vector<Inbox::Task>& tasks) {
  for (Inbox::Task& task : tasks) task();
  tasks.clear();
  while (true) {
    propose_held();
    Output output = node_->take_output();
    if (output.empty()) return;
    carry_out(std::move(output));
  }
}

// The only voter: nobody else could lead.
bool RunningDriver::alone() const {
  const Configuration& now = *node_->view().configuration;
  return !now.joint() && now.voters.size() == 1 && now.votes(options_.core.id);
}

// Whoever leads now decides; where nobody can be reached that may take for ever, and nobody is to wait that long.
void RunningDriver::give_up_fates(SteadyTime now) {
  if (!lost_lead_ || now - *lost_lead_ < options_.fate_wait) return;
  lost_lead_.reset();
  proposers_.end("raft: this node does not lead any more; the change may be made by who leads");
}

void RunningDriver::stand_alone() {
  const bool follows = !role_ || role_->role == Role::follower;
  if (follows && alone()) node_->campaign();
}

void RunningDriver::storage_failed(std::string_view what, const base::Error& error) {
  if (!options_.storage_failed) end_process(what, error);
  options_.storage_failed(what, error);
  inbox_.close([this] {
    stopping_ = true;
    held_.end(stopping());
    proposers_.end("raft: the disk failed before the change was decided; it may have been made");
    readers_.end("raft: the disk failed");
    if (role_listener_ && role_) role_listener_({Role::follower, role_->term, kNobody});
  });
}

// A disk that hangs for longer than an election timeout makes a leader hand over, if there is anybody else.
void RunningDriver::watch_storage() {
  if (full_ && options_.has_room()) {
    full_ = false;
    writer_.resume();
    node_->on_storage_health(StorageHealth::good);
  }
  const bool late = writer_.oldest_age() > options_.tick * options_.core.election_ticks;
  if (late == stalled_ || full_ || (late && alone())) return;
  stalled_ = late;
  base::log_warn("raft", late ? "the disk of the log does not answer" : "the disk of the log answers again");
  node_->on_storage_health(late ? StorageHealth::stalled : StorageHealth::good);
}

void RunningDriver::upkeep(SteadyTime now) {
  next_upkeep_ = now + options_.upkeep;
  // A lost offer: the core makes another one, once the peer is heard of.
  for (const SnapshotOrder& order : desk_.forget(now - options_.snapshot_offer)) {
    base::log_warn("raft", "a peer did not fetch the snapshot that it was offered", {{"peer", std::to_string(order.to.value)}});
    base::counter("raft.snapshot.offers_forgotten").add();
    node_->on_snapshot_sent(order.to, order.session, SnapshotOutcome::failed);
  }
  const bool nobody_else = alone() && node_->view().configuration->members.size() == 1;
  writer_.trim(machine_.durable(), nobody_else ? options_.trailing_alone : options_.trailing);
}

void RunningDriver::carry_out(Output output) {
  show(output);
  for (const ReadReady& read : output.reads) readers_.ready(read, applied());
  for (const ProposalFate& fate : output.fates) proposers_.tell(fate);
  send(output.send_now);
  if (output.append) {
    held_.writes(*output.append);
    writer_.append(std::move(*output.append));
  }
  if (!output.apply.empty()) hand_to_applier(std::move(output.apply));
  for (const LoadRequest& request : output.loads) loader_.push(request);
  for (const SnapshotOrder& order : output.snapshots) snapshots_.push(order);
  if (output.install) install(std::move(*output.install));
  if (output.stop) end_process("comparing logs", base::corrupt(*output.stop));
  if (!output.role) return;
  role_ = output.role;
  held_.let_go();
  if (role_->role == Role::leader) lost_lead_.reset();
  else if (!lost_lead_ && proposers_.any()) lost_lead_ = std::chrono::steady_clock::now();
  if (role_listener_) role_listener_(*role_);
}

void RunningDriver::send(const std::vector<Envelope>& messages) {
  if (messages.empty()) return;
  const SteadyTime now = std::chrono::steady_clock::now();
  for (const Envelope& envelope : messages)
    if (!news_.hold(envelope, now) && !carrier_.send(envelope)) node_->on_peer_unreachable(envelope.to);
  // While it looks anyway, as it does with one proposer after the other, this wakes nobody.
  if (news_.held_lately()) inbox_.look_at(now + CommitNews::kLookEvery);
}

void RunningDriver::hand_to_applier(Entries entries) {
  std::vector<Applier::Committed> committed;
  committed.reserve(entries.size());
  for (EntryPtr& entry : entries) {
    WaiterPtr<Index> proposer = proposers_.take({entry->index, entry->term});
    committed.push_back({std::move(entry), std::move(proposer)});
  }
  applier_.apply(std::move(committed));
}

std::string_view name_of(Role role) {
  static constexpr std::string_view kNames[] = {"follower", "pre_candidate", "candidate", "leader"};
  return kNames[static_cast<size_t>(role)];
}

void RunningDriver::show(const Output& output) {
  static base::Counter& term = base::counter("raft.term");
  for (const TraceEvent& event : output.trace) {
    if (!base::log_enabled(base::LogLevel::trace, "raft")) break;
    base::log(base::LogLevel::trace, "raft", event.event,
              {{"node", std::to_string(options_.core.id.value)},
               {"role", std::string(name_of(event.role))},
               {"term", std::to_string(event.term.value)},
               {"last", std::to_string(event.last.index.value) + "/" + std::to_string(event.last.term.value)},
               {"commit", std::to_string(event.commit.value)},
               {"applied", std::to_string(event.applied.value)},
               {"peer", std::to_string(event.peer.value)},
               {"detail", event.detail}});
  }
  if (output.role) term.set(static_cast<int64_t>(output.role->term.value));
}

// ---- reports of the workers ----
LogWriterEvents RunningDriver::log_events() {
  LogWriterEvents events;
  events.send = [this](std::vector<Envelope>& messages) {
    for (const Envelope& envelope : messages)
      if (!carrier_.send(envelope)) peer_unreachable(envelope.to);
  };
  // Applying follows: by who helped to write, or by `rested`.
  events.done = [this](AppendSequence first, AppendSequence last) {
    inbox_.post_quietly([this, first, last] {
      for (uint64_t n = first.value; n <= last.value; ++n) node_->on_append_done(AppendSequence{n});
      held_.written(last);
    });
    help_core();
  };
  events.rested = [this] {
    applier_.help();
  };
  events.failed = [this](AppendSequence first) {
    inbox_.post([this, first] {
      full_ = true;
      held_.let_go();
      base::log_error("raft", "the disk has no room for the log; this node takes no more entries until it has");
      node_->on_append_failed(first);
      node_->on_storage_health(StorageHealth::full);
      proposers_.end("raft: the disk has no room for the log; the change may be made once it has");
    });
  };
  events.compacted = [this](LogStart start) { inbox_.post([this, start] { node_->on_compacted(start); }); };
  events.broken = [this](const base::Error& error) { storage_failed("writing the log", error); };
  return events;
}

ApplierEvents RunningDriver::applier_events() {
  ApplierEvents events;
  events.applied = [this](AppliedPosition at) {
    applied_.store(at.position.index.value);
    inbox_.post_quietly([this, index = at.position.index] {
      node_->on_applied(index);
      readers_.applied(index);
      news_.applied(index, std::chrono::steady_clock::now());
    });
    help_core();
    writer_.kick();
  };
  events.broken = [this](const base::Error& error) { storage_failed("applying committed entries", error); };
  return events;
}

void RunningDriver::load(const LoadRequest& request) {
  auto entries = log_.load(options_.core.group, request.first, request.last, request.bytes_max);
  if (!entries.ok()) return storage_failed("reading the log", entries.error());
  inbox_.post([this, ticket = request.ticket, loaded = std::make_shared<Entries>(std::move(*entries))] {
    node_->on_loaded(ticket, std::move(*loaded));
  });
}

// ---- snapshots ----
void RunningDriver::prepare_snapshot(const SnapshotOrder& order) {
  auto reader = machine_.snapshot();
  if (!reader.ok()) {
    base::log_warn("raft", "no snapshot could be made for a peer", {{"error", reader.error().message()}});
    inbox_.post([this, order] { node_->on_snapshot_sent(order.to, order.session, SnapshotOutcome::failed); });
    return;
  }
  const SnapshotMeta meta = (*reader)->meta();
  desk_.offer(order, std::move(*reader));
  inbox_.post([this, order, meta] { node_->on_snapshot_ready(order.to, order.session, meta); });
}

base::Status RunningDriver::serve_snapshot(NodeId to, Position last, const std::string& after, const TakePiece& give) {
  auto reader = desk_.take(to, last);
  if (!reader) return base::Error(base::Code::unavailable, "raft: this snapshot is not offered, or not any more");
  const base::Status given = stream_pieces(*reader, after, give);
  if (!given.ok()) desk_.give_back(to, std::move(reader));
  else if (const auto session = desk_.end(to))
    inbox_.post([this, to, session] { node_->on_snapshot_sent(to, *session, SnapshotOutcome::delivered); });
  return given;
}

base::Status RunningDriver::stream_pieces(SnapshotReader& reader, const std::string& after, const TakePiece& give) {
  std::string from = after;
  while (true) {
    ASSIGN_OR_RETURN(SnapshotPiece piece, reader.read(from));
    TRY(give(piece));
    if (piece.last) return {};
    from = piece.last_key;
  }
}

void RunningDriver::install(InstallOrder order) {
  const uint64_t attempt = ++install_attempt_;
  applier_.run([this, attempt, order = std::move(order)] {
    const base::Status installed = fetch_and_install(order, attempt);
    if (!installed.ok()) {
      base::log_warn("raft", "a snapshot was not installed", {{"error", installed.error().message()}});
      inbox_.post([this, meta = order.meta] { node_->on_snapshot_refused(meta); });
      return;
    }
    applied_.store(order.meta.last.index.value);
    inbox_.post([this, meta = order.meta] {
      node_->on_snapshot_installed(meta);
      readers_.applied(meta.last.index);
    });
  });
}

base::Status RunningDriver::fetch_and_install(const InstallOrder& order, uint64_t attempt) {
  base::Status fetched;
  for (int tries = 0; tries < kFetchTries && install_attempt_ == attempt; ++tries) {
    if (tries > 0) std::this_thread::sleep_for(kInstallRestMax);
    fetched = fetch(order, attempt);
    if (fetched.ok()) return machine_.finish_install(order.meta);
    if (fetched.error().code() != base::Code::unavailable) break;
    base::log_info("raft", "fetching a snapshot broke", {{"error", fetched.error().message()}});
  }
  return fetched;
}

// What came before it broke stays: the next one goes on behind that.
base::Status RunningDriver::fetch(const InstallOrder& order, uint64_t attempt) {
  ASSIGN_OR_RETURN(const std::string after, machine_.begin_install(order.meta));
  bool whole = false;
  TRY(carrier_.fetch_snapshot(order.from, options_.core.group, order.meta.last, after, [&](const SnapshotPiece& piece) {
    if (install_attempt_ != attempt) return base::Status(base::Error(base::Code::unavailable, "another snapshot replaces it, or the node stops"));
    whole = piece.last;
    const SteadyTime begin = std::chrono::steady_clock::now();
    const base::Status installed = machine_.install(piece);
    // Rests as long as it worked: the slower the disk, the more of it is left to whoever else uses it.
    const auto took = std::chrono::steady_clock::now() - begin;
    if (!whole) std::this_thread::sleep_for(std::min<SteadyTime::duration>(took, kInstallRestMax));
    return installed;
  }));
  return whole ? base::Status() : base::Status(base::Error(base::Code::unavailable, "the stream ended before the snapshot did"));
}

}  // namespace

// Makes log and state machine agree, by the table of log/recovery.h: what the core starts from.
static base::Result<Recovered> recover(LogStore& log, GroupId group, const HeldState& held,
                                       const decltype(DriverOptions::replace_members)& replace_members) {
  const SnapshotMeta& at = held.at;
  ASSIGN_OR_RETURN(Recovered recovered, log.recover(group, kRecoveredTailBytes));
  ASSIGN_OR_RETURN(const auto at_applied, log.at(group, at.last.index));
  const Reconciliation verdict = reconcile({recovered.start, recovered.last, recovered.hard.commit, at_applied},
                                           {{at.last, at.chain}, held.installed});
  if (verdict.verdict == Reconciliation::Verdict::refuse)
    return base::corrupt("raft: log and state do not fit together: " + verdict.reason +
                         "; this node must not vote again: remove it and let it join anew");
  if (verdict.verdict == Reconciliation::Verdict::drop) {
    base::log_info("raft", "the log is older than the installed state, and begins anew after it",
                   {{"index", std::to_string(at.last.index.value)}});
    recovered.hard.commit = verdict.commit;
    const LogWrite fresh{group, at, {}, {}, recovered.hard};
    TRY(log.write({&fresh, 1}));
    ASSIGN_OR_RETURN(recovered, log.recover(group, kRecoveredTailBytes));
  }
  recovered.hard.commit = verdict.commit;
  recovered.applied = at.last.index;
  if (!replace_members) return recovered;
  ASSIGN_OR_RETURN(auto replaced, replace_members(recovered.configurations.current()));
  if (!replaced) return recovered;
  TRY(validate(*replaced));
  // At the start of the log, where no truncation reaches it.
  recovered.configurations = ConfigurationHistory(recovered.start.position.index, std::move(*replaced));
  return recovered;
}

base::Result<std::unique_ptr<Driver>> Driver::start(DriverOptions options, LogStore& log, StateMachine& machine,
                                                    Carrier carrier) {
  ASSIGN_OR_RETURN(Recovered recovered, recover(log, options.core.group, machine.held(), options.replace_members));
  ASSIGN_OR_RETURN(std::unique_ptr<Node> node, Node::create(options.core, std::move(recovered)));
  auto driver =
      std::make_unique<RunningDriver>(std::move(options), log, machine, std::move(carrier), std::move(node));
  driver->run_thread();
  return std::unique_ptr<Driver>(std::move(driver));
}

}  // namespace bao::raft
