#include "internal/raft/transport/outgoing_calls.h"

#include <algorithm>
#include <set>
#include <utility>

#include "internal/base/metrics.h"

namespace bao::raft {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::hours kAtMost{24};  // nobody waits longer; keeps sums in range

Route for_calls(Route route) {
  route.method = kCallsMethod;
  route.message_bytes_max = kCallFrameBytesMax;
  return route;
}

}  // namespace

OutgoingCalls::OutgoingCalls(Route route) : peer_(route.peer), table_(route.table), link_(for_calls(std::move(route)), *this) {}

void OutgoingCalls::tell(std::vector<Told> all) {
  static base::Counter& answered = base::counter("raft.transport.calls_answered");
  static base::Counter& unavailable = base::counter("raft.transport.calls_unavailable");
  static base::Counter& uncertain = base::counter("raft.transport.calls_uncertain");
  for (Told& one : all) {
    const bool sent = !one.answer.ok() && one.answer.error().code() == base::Code::uncertain;
    (one.answer.ok() ? answered : sent ? uncertain : unavailable).add();
    one.done(std::move(one.answer));
  }
}

base::Error OutgoingCalls::error_of(bool sent, std::string_view why) {
  return {sent ? base::Code::uncertain : base::Code::unavailable, "asking a member: " + std::string(why)};
}

// ---- asking ----
std::optional<base::Error> OutgoingCalls::refusal_of(size_t bytes) const {
  static base::Counter& full = base::counter("raft.transport.calls_full");
  if (closed_) return error_of(false, "it is no member any more, or this node ends");
  if (!connection_ && failed_at_ && Clock::now() - *failed_at_ < OutgoingLink::kReopenAfter)
    return error_of(false, "it is not connected");
  if (waiting_.size() < base::kCallsUnderWayMax && queue_.fits(bytes)) return std::nullopt;
  full.add();
  return error_of(false, bytes > base::kCallBytesMax ? "the request is too large" : "too much is under way to it");
}

void OutgoingCalls::call(std::string request, std::chrono::milliseconds at_most, TakeAnswer done) {
  const SteadyTime deadline = Clock::now() + std::min<std::chrono::milliseconds>(at_most, kAtMost);
  std::optional<base::Error> refusal;
  std::shared_ptr<Connection> connection;
  bool sooner = false;
  {
    base::MutexLock lock(mutex_);
    refusal = refusal_of(request.size());
    if (!refusal) {
      queue_.push({++last_id_, std::move(request)});
      waiting_.emplace(last_id_, Waiting{std::move(done), deadline});
      sooner = deadline < deadline_;
      if (sooner) deadline_ = deadline;
      connection = connection_;
    }
  }
  if (refusal) {
    std::vector<Told> told;
    told.push_back({std::move(done), std::move(*refusal)});
    return tell(std::move(told));
  }
  if (connection) connection->pump();
  if (!connection || sooner) link_.wake();
}

std::optional<std::string> OutgoingCalls::next() {
  static base::Counter& sent = base::counter("raft.transport.calls_sent");
  std::vector<Call> calls;
  {
    base::MutexLock lock(mutex_);
    if (std::exchange(hello_due_, false)) return encode(table_->self());
    if (!admitted_ || queue_.empty()) return std::nullopt;
    calls = queue_.take();
    left_up_to_ = calls.back().id;
  }
  sent.add(static_cast<int64_t>(calls.size()));
  return encode(calls);
}

bool OutgoingCalls::wanted() {
  base::MutexLock lock(mutex_);
  return !queue_.empty();
}

void OutgoingCalls::opened(std::shared_ptr<Connection> connection) {
  admission_ = {};
  base::MutexLock lock(mutex_);
  connection_ = std::move(connection);
  hello_due_ = true;
  admitted_ = false;
}

// ---- answers and ends ----
base::Status OutgoingCalls::take(std::string message, const std::string& certificate) {
  ASSIGN_OR_RETURN(Frame frame, decode_frame(message));
  TRY(admission_.check(*table_, frame.hello, certificate));
  if (admission_.node() != peer_) return base::denied("it is another node than the one that was called");
  if (frame.hello) admitted();
  answered(std::move(frame.calls));
  return {};
}

void OutgoingCalls::admitted() {
  std::shared_ptr<Connection> connection;
  {
    base::MutexLock lock(mutex_);
    admitted_ = true;
    connection = connection_;
  }
  connection->pump();
}

void OutgoingCalls::answered(std::vector<Call> answers) {
  static base::Counter& late = base::counter("raft.transport.calls_late");
  std::vector<Told> told;
  told.reserve(answers.size());
  {
    base::MutexLock lock(mutex_);
    for (Call& answer : answers) {
      const auto asked = answer.id <= left_up_to_ ? waiting_.find(answer.id) : waiting_.end();
      if (asked == waiting_.end()) {
        late.add();
        continue;
      }
      if (answer.lost) told.push_back({std::move(asked->second.done), error_of(true, "its answer is lost")});
      else told.push_back({std::move(asked->second.done), std::move(answer.payload)});
      waiting_.erase(asked);
    }
  }
  tell(std::move(told));
}

template <typename Ends>
std::vector<OutgoingCalls::Told> OutgoingCalls::end_waiting(std::string_view why, Ends ends) {
  std::vector<Told> told;
  std::set<uint64_t> unsent;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    if (!ends(*at)) {
      ++at;
      continue;
    }
    const bool sent = at->first <= left_up_to_;
    if (!sent) unsent.insert(at->first);
    told.push_back({std::move(at->second.done), error_of(sent, why)});
    at = waiting_.erase(at);
  }
  if (!unsent.empty()) queue_.drop_if([&unsent](const Call& call) { return unsent.contains(call.id); });
  return told;
}

void OutgoingCalls::broken() {
  std::vector<Told> told;
  std::shared_ptr<Connection> over;
  {
    base::MutexLock lock(mutex_);
    over = std::move(connection_);
    failed_at_ = Clock::now();
    told = end_waiting("the connection broke, or there is none", [](const auto&) { return true; });
  }
  tell(std::move(told));
}

SteadyTime OutgoingCalls::deadline() {
  base::MutexLock lock(mutex_);
  return deadline_;
}

void OutgoingCalls::on_time(SteadyTime now) {
  std::vector<Told> told;
  {
    base::MutexLock lock(mutex_);
    told = end_waiting("no answer came in time", [now](const auto& one) { return one.second.deadline <= now; });
    deadline_ = SteadyTime::max();
    for (const auto& [id, one] : waiting_) deadline_ = std::min(deadline_, one.deadline);
  }
  tell(std::move(told));
}

void OutgoingCalls::drop_unsent() {
  std::vector<Told> told;
  {
    base::MutexLock lock(mutex_);
    told = end_waiting("it had not been sent yet", [left = left_up_to_](const auto& one) { return one.first > left; });
  }
  tell(std::move(told));
}

void OutgoingCalls::close() {
  std::vector<Told> told;
  {
    base::MutexLock lock(mutex_);
    closed_ = true;
    told = end_waiting("it is no member any more, or this node ends", [](const auto&) { return true; });
  }
  tell(std::move(told));
  link_.close();
}

}  // namespace bao::raft
