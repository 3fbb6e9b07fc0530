#include "internal/cluster/leader_calls.h"

#include <algorithm>
#include <utility>

#include "internal/raft/driver/waiter.h"

namespace bao::cluster {
namespace {

using base::Code;
using base::Error;
using base::MutexLock;
using base::Result;
using std::chrono::milliseconds;
using Clock = Leadership::Clock;

constexpr milliseconds kBetweenTries{20};
constexpr milliseconds kLeaderWait{10'000};     // of a request, for somebody to lead and be active
constexpr milliseconds kLookForSuccessor{250};  // while a leader that was asked does not answer
constexpr milliseconds kDeposedMax{1'000};      // may a leader be, and still answer what it was asked
constexpr milliseconds kAwaitsActive{1'000};    // a call for kWhenActive, at the longest
constexpr char kRequest = 'r', kWhenActive = 'a';  // before what is asked: for on_ask; to be told when this node is active

}  // namespace

// False: this node stops.
bool LeaderCalls::await_news(const Leadership::Leader& seen, Clock::time_point until) {
  return leadership_.await_news(seen.seen, std::min<Clock::duration>(kBetweenTries, until - Clock::now()));
}

// One call to it, of which a leader that stands still keeps nobody waiting for long once there is another one.
Result<std::string> LeaderCalls::call(raft::Transport& transport, const Leadership::Leader& leader, std::string message, Clock::time_point until) {
  const auto waiter = std::make_shared<raft::Waiter<std::string>>();
  const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
  transport.call(leader.id, std::move(message), left, [waiter](Result<std::string> result) { waiter->answer(std::move(result)); });
  while (!waiter->ready_within(kLookForSuccessor)) {
    if (leadership_.succeeded(leader, kDeposedMax))
      return Error(Code::uncertain, "the node that was asked does not lead any more, and does not answer");
  }
  auto answer = waiter->wait();
  if (!answer.ok()) return answer;
  if (!answer->starts_with(kDone)) return Error(Code::unavailable, "the leader is not ready");
  answer->erase(0, 1);
  return answer;
}

Result<std::string> LeaderCalls::ask(const std::string& request, milliseconds at_most) {
  const auto until = Clock::now() + at_most;
  const auto found_until = Clock::now() + std::min(at_most, kLeaderWait);
  Error last(Code::unavailable, "nobody leads the cluster");
  while (Clock::now() < found_until) {
    const Leadership::Leader now = leadership_.leader();
    if (now.id == own_) {
      (void)await_news(now, found_until);  // it hands over, or is about to be active
      return Error(Code::conflict, "this node leads the cluster itself");
    }
    raft::Transport* transport = speaking_();
    if (now.id != raft::kNobody && transport) {
      auto answer = call(*transport, now, kRequest + request, until);
      if (answer.ok() || answer.error().code() != Code::unavailable) return answer;
      last = answer.error();
    }
    if (!await_news(now, found_until)) break;
  }
  return last;
}

bool LeaderCalls::await_successor(milliseconds at_most) {
  const auto until = Clock::now() + at_most;
  while (Clock::now() < until) {
    const Leadership::Leader now = leadership_.leader();
    raft::Transport* transport = speaking_();
    const bool other = now.id != raft::kNobody && now.id != own_;
    if (other && transport && call(*transport, now, {kWhenActive}, until).ok()) return true;
    if (!await_news(now, until)) break;
  }
  return false;
}

void LeaderCalls::on_ask(core::Cluster::Answer answer) {
  const bool unset = !answer;
  {
    const MutexLock lock(mutex_);
    answer_ = answer ? std::make_shared<const core::Cluster::Answer>(std::move(answer)) : nullptr;
  }
  if (unset) pool_.stop();
}

void LeaderCalls::asked(std::string request, std::function<void(std::string)> reply) {
  const auto not_now = [reply] { reply(std::string(1, kNotNow)); };
  if (request.starts_with(kWhenActive)) {
    return pool_.run({[this, reply] { reply(std::string(1, leadership_.await_active(kAwaitsActive) ? kDone : kNotNow)); }, not_now});
  }
  std::shared_ptr<const core::Cluster::Answer> answer;
  {
    const MutexLock lock(mutex_);
    answer = answer_;
  }
  if (!answer || !request.starts_with(kRequest)) return not_now();
  pool_.run({[answer, reply, request = std::move(request)]() mutable {
               request.erase(0, 1);
               auto text = (*answer)(std::move(request));
               reply(text ? kDone + std::move(*text) : std::string(1, kNotNow));
             },
             not_now});
}

}  // namespace bao::cluster
