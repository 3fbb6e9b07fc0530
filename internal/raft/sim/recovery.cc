#include "internal/raft/sim/recovery.h"

#include "internal/raft/sim/world.h"

namespace bao::raft::sim {
namespace {

// The log contradicts the state machine, or ends before it: it is from before an installation.
bool stale(const LogImage& log, const StateMachine& machine) {
  const Index applied = machine.applied().index;
  if (log.last() < applied) return true;
  const Chain* chain = log.chain_at(applied);
  return chain && *chain != machine.chain();
}

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

std::shared_ptr<const Configuration> newest_configuration(const LogImage& log) {
  for (auto entry = log.entries.rbegin(); entry != log.entries.rend(); ++entry)
    if ((*entry)->kind == EntryKind::configuration)
      return std::make_shared<Configuration>(decode_configuration((*entry)->payload).value());
  return log.configuration;
}

std::optional<Recovered> recover(Host& host) {
  ModelDisk& disk = host.disk();
  const StateMachine& machine = disk.machine();
  if (disk.log().start.position.index > machine.applied().index) {
    host.world().judge().violate(9, "node " + std::to_string(host.id().value) + " finds a gap between state machine and log");
    return std::nullopt;
  }
  if (stale(disk.log(), machine)) {
    LogWrite write;
    write.reset = after(machine, disk.log().hard);
    disk.write_log(std::move(write));
    disk.sync_log();
  }
  const LogImage& log = disk.log();
  Recovered recovered;
  recovered.hard = log.hard;
  recovered.start = log.start;
  recovered.runs = runs_of(log);
  recovered.last = log.last();
  const uint64_t kept = log.entries.empty() || host.random().chance(0.5)
                            ? log.entries.size()
                            : host.random().between(1, log.entries.size());
  recovered.tail.assign(log.entries.end() - static_cast<ptrdiff_t>(kept), log.entries.end());
  recovered.configurations = configurations_of(log);
  recovered.applied = machine.applied().index;
  return recovered;
}

}  // namespace bao::raft::sim
