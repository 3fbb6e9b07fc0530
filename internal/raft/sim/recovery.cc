#include "internal/raft/sim/recovery.h"

#include "internal/raft/log/recovery.h"
#include "internal/raft/sim/world.h"

namespace bao::raft::sim {
namespace {

LogImage after(const StateMachine& machine, const HardState& hard) {
  LogImage log;
  log.hard = hard;
  log.start = {machine.applied(), machine.chain()};
  log.configuration = machine.configuration();
  log.configuration_index = machine.configuration_index();
  return log;
}

std::vector<TermRun> runs_of(const LogImage& log) {
  std::vector<TermRun> runs;
  for (const EntryPtr& entry : log.entries)
    if (runs.empty() || runs.back().term != entry->term) runs.push_back({entry->index, entry->term});
  return runs;
}

ConfigurationHistory configurations_of(const LogImage& log) {
  ConfigurationHistory history(log.configuration_index, *log.configuration);
  for (const EntryPtr& entry : log.entries)
    if (entry->kind == EntryKind::configuration) history.append(entry->index, decode_configuration(entry->payload).value());
  return history;
}

}  // namespace

Recovered recovered_from(const LogImage& log, uint64_t kept) {
  Recovered recovered;
  recovered.hard = log.hard;
  recovered.start = log.start;
  recovered.runs = runs_of(log);
  recovered.last = log.last();
  recovered.tail.assign(log.entries.end() - static_cast<ptrdiff_t>(kept), log.entries.end());
  recovered.configurations = configurations_of(log);
  return recovered;
}

namespace {

// The newest entries alone, as many as this.
base::Result<Recovered> read_log(ModelDisk& disk, uint64_t kept) {
  const LogImage& log = disk.log();
  if (!disk.sqlite_log()) return recovered_from(log, kept);
  size_t bytes = 0;
  for (uint64_t i = 0; i < kept; ++i) bytes += entry_bytes(*log.entries[log.entries.size() - 1 - i]);
  return disk.sqlite_log()->recover(bytes);
}

base::Result<std::optional<LogStart>> position_at(ModelDisk& disk, Index index) {
  if (disk.sqlite_log()) return disk.sqlite_log()->at(index);
  return disk.log().at(index);
}

// Sets the log right with the state machine, as production does; the commit index that both vouch for.
base::Result<Index> agree(ModelDisk& disk) {
  const StateMachine& machine = disk.machine();
  const LogImage& log = disk.log();
  ASSIGN_OR_RETURN(const auto at_applied, position_at(disk, machine.applied().index));
  const Reconciliation verdict = reconcile({log.start, log.last(), log.hard.commit, at_applied},
                                           {{machine.applied(), machine.chain()}, disk.machine_installed()});
  if (verdict.verdict == Reconciliation::Verdict::refuse) return base::corrupt(verdict.reason);
  if (verdict.verdict == Reconciliation::Verdict::drop) {
    LogWrite write;
    write.reset = after(machine, {log.hard.term, log.hard.vote, verdict.commit});
    disk.write_log(std::move(write));
    TRY(disk.sync_log());
  }
  return verdict.commit;
}

base::Result<Recovered> recover_from(ModelDisk& disk, Random& random) {
  ASSIGN_OR_RETURN(const Index commit, agree(disk));
  const size_t entries = disk.log().entries.size();
  const uint64_t kept = entries == 0 || random.chance(0.5) ? entries : random.between(1, entries);
  ASSIGN_OR_RETURN(Recovered recovered, read_log(disk, kept));
  recovered.hard.commit = commit;
  recovered.applied = disk.machine().applied().index;
  return recovered;
}

}  // namespace

std::optional<Recovered> recover(Host& host) {
  auto recovered = recover_from(host.disk(), host.random());
  if (recovered.ok()) return std::move(*recovered);
  host.world().judge().violate(9, describe(host.id()) + " finds log and state machine that do not fit: " + recovered.error().message());
  return std::nullopt;
}

}  // namespace bao::raft::sim
