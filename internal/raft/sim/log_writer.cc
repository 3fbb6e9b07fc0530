#include "internal/raft/sim/log_writer.h"

#include "internal/raft/sim/driver.h"
#include "internal/raft/sim/world.h"

namespace bao::raft::sim {
void LogWriter::enqueue(AppendBatch batch) {
  queue_.push_back({std::move(batch), host_.world().now()});
  if (writing_) return;
  writing_ = true;
  host_.after(0, [this] { begin(); });
}

void LogWriter::begin() {
  const size_t count = host_.random().chance(0.2) ? 1 : queue_.size();
  if (host_.crashes_between_steps()) return;
  if (host_.disk_full() && host_.world().strikes(Fault::full_disk)) return fail();
  write(count);
}

void LogWriter::write(size_t count) {
  bool anything = false;
  for (size_t i = 0; i < count; ++i) {
    if (!writes(queue_[i].batch)) continue;
    anything = true;
    if (host_.world().strikes(Fault::write_error) && host_.random().chance(host_.world().plan().write_error)) return end_process();
    host_.disk().write_log(write_of(queue_[i].batch));
  }
  count_ = count;
  host_.after(anything ? host_.fsync_time() : 0, [this, number = ++writes_] { finish(number); });
}

// After a failed write or fsync nobody knows what the disk holds: the process ends, and its restart finds out.
void LogWriter::end_process() {
  host_.crash();
  host_.world().schedule().after(host_.random().exponential(host_.world().plan().down), [&host = host_] { host.start(); });
}

void LogWriter::finish(uint64_t write) {
  if (write != writes_) return;  // done before
  ++writes_;
  const size_t count = std::exchange(count_, 0);
  if (host_.crashes_between_steps()) return;
  host_.expect(host_.disk().sync_log());
  if (host_.crashes_between_steps()) return;
  for (size_t i = 0; i < count; ++i) {
    const AppendBatch batch = std::move(queue_.front().batch);
    queue_.pop_front();
    for (const Envelope& envelope : batch.send_after) host_.world().network().send(host_, envelope);
    host_.driver()->input([&](Node& node) { node.on_append_done(batch.sequence); });
  }
  if (health_ == StorageHealth::stalled) tell(StorageHealth::good);
  if (!queue_.empty()) return begin();
  writing_ = false;
  host_.driver()->rested();
}

void LogWriter::fail() {
  std::vector<LogWrite> refused;
  for (const Waiting& waiting : queue_)
    if (writes(waiting.batch)) refused.push_back(write_of(waiting.batch));
  if (SqliteLog* log = host_.disk().sqlite_log(); log && !refused.empty()) host_.expect(log->write_in_vain(refused));
  const AppendSequence first = queue_.front().batch.sequence;
  queue_.clear();
  writing_ = false;
  host_.driver()->input([&](Node& node) { node.on_append_failed(first); });
  tell(StorageHealth::full);
  host_.driver()->rested();
}

void LogWriter::hurry() {
  retry();
  if (count_ > 0) host_.after(0, [this, number = writes_] { finish(number); });
}

void LogWriter::retry() {
  if (health_ == StorageHealth::full && !host_.disk_full()) tell(StorageHealth::good);
}

void LogWriter::watch() {
  retry();
  if (queue_.empty() || health_ != StorageHealth::good) return;
  if (host_.world().now() - queue_.front().since > host_.world().plan().election_timeout() / 2) tell(StorageHealth::stalled);
}

void LogWriter::tell(StorageHealth health) {
  health_ = health;
  host_.driver()->input([&](Node& node) { node.on_storage_health(health); });
}

}  // namespace bao::raft::sim
