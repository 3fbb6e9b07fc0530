#include "internal/raft/log/recovery.h"

#include <algorithm>

namespace bao::raft {
namespace {

using Verdict = Reconciliation::Verdict;

std::string at(Index index) { return "index " + std::to_string(index.value); }

Reconciliation refuse(std::string reason) { return {Verdict::refuse, {}, std::move(reason)}; }

bool unused(const LogEnds& log) { return log.last == Index{} && log.start == LogStart{}; }

}  // namespace

Reconciliation reconcile(const LogEnds& log, const AppliedState& applied) {
  const Index index = applied.at.position.index;
  if (log.start.position.index > index) {
    return refuse("the log begins after " + at(log.start.position.index) + ", but the state ends at " + at(index) +
                  ": entries between them are lost");
  }
  if (log.last < index) {
    const bool before_the_log = applied.at.position.term == Term{} && unused(log);
    if (applied.installed || before_the_log) return {Verdict::drop, index, ""};
    return refuse("the log ends at " + at(log.last) + ", but the state has applied " + at(index) + ": its tail is lost");
  }
  if (log.at_applied != applied.at) {
    if (applied.installed) return {Verdict::drop, index, ""};
    return refuse("log and state disagree about " + at(index) + ": they are not of one history");
  }
  return {Verdict::go_on, std::max(log.commit, index), ""};
}

}  // namespace bao::raft
