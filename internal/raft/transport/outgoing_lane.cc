#include "internal/raft/transport/outgoing_lane.h"

#include <utility>
#include <variant>

namespace bao::raft {
namespace {

Route on_lane(Route route, Lane lane) {
  route.method = method_of(lane);
  route.message_bytes_max = kFrameBytesMax;
  return route;
}

}  // namespace

OutgoingLane::OutgoingLane(Route route, Lane lane, Receiver& receiver)
    : peer_(route.peer), hello_(encode(route.table->self())), receiver_(receiver), link_(on_lane(std::move(route), lane), *this) {}

bool OutgoingLane::put(const Envelope& envelope) {
  Queued fresh{encode(envelope), std::nullopt};
  if (const auto* heartbeat = std::get_if<Heartbeat>(&envelope.message)) {
    fresh.heartbeat_of = envelope.group;
    fresh.news = heartbeat->news;
    for (Queued& waiting : queue_) {
      if (waiting.heartbeat_of != fresh.heartbeat_of || (fresh.news && !waiting.news)) continue;  // an answer may be awaited
      queued_bytes_ += fresh.bytes.size() - waiting.bytes.size();
      waiting = std::move(fresh);
      return true;
    }
  }
  if (queued_bytes_ + fresh.bytes.size() > kLaneQueueBytesMax) return false;
  queued_bytes_ += fresh.bytes.size();
  queue_.push_back(std::move(fresh));
  return true;
}

bool OutgoingLane::send(const Envelope& envelope) {
  std::shared_ptr<Connection> connection;
  {
    base::MutexLock lock(mutex_);
    const bool rests = failed_at_ && std::chrono::steady_clock::now() - *failed_at_ < OutgoingLink::kReopenAfter;
    if (closed_ || (!connection_ && rests) || !put(envelope)) return false;
    connection = connection_;
  }
  if (connection) connection->pump();
  else link_.wake();
  return true;
}

// Frames one after another are one frame: protobuf merges repeated fields.
std::optional<std::string> OutgoingLane::next() {
  base::MutexLock lock(mutex_);
  if (std::exchange(hello_due_, false)) return hello_;
  if (queue_.empty()) return std::nullopt;
  std::string bytes;
  while (!queue_.empty() && (bytes.empty() || bytes.size() + queue_.front().bytes.size() <= kWriteBytesMax)) {
    if (bytes.empty()) bytes = std::move(queue_.front().bytes);
    else bytes += queue_.front().bytes;
    queue_.pop_front();
  }
  queued_bytes_ -= bytes.size();
  return bytes;
}

bool OutgoingLane::wanted() {
  base::MutexLock lock(mutex_);
  return !queue_.empty();
}

void OutgoingLane::opened(std::shared_ptr<Connection> connection) {
  base::MutexLock lock(mutex_);
  connection_ = std::move(connection);
  hello_due_ = true;
}

base::Status OutgoingLane::take(std::string, const std::string&) { return base::denied("it speaks where it only listens"); }

void OutgoingLane::broken() {
  std::shared_ptr<Connection> over;
  {
    base::MutexLock lock(mutex_);
    over = std::move(connection_);
    failed_at_ = std::chrono::steady_clock::now();
    queue_.clear();
    queued_bytes_ = 0;
    if (closed_) return;
  }
  receiver_.on_peer_unreachable(peer_);
}

void OutgoingLane::close() {
  {
    base::MutexLock lock(mutex_);
    closed_ = true;
  }
  link_.close();
}

}  // namespace bao::raft
