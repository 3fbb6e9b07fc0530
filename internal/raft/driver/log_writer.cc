#include "internal/raft/driver/log_writer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "internal/base/metrics.h"

namespace bao::raft {
namespace {

constexpr int64_t kCompactRowsAtOnce = 1000;  // about 2 ms, so that a batch never waits for long
constexpr uint64_t kForgottenWithAWrite = 16;  // at least, and twice what is written

int64_t steady_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

}  // namespace

LogWriter::LogWriter(LogStore& store, GroupId group, LogWriterEvents events)
    : store_(store),
      group_(group),
      events_(std::move(events)),
      told_start_(store.start(group).position.index),
      thread_("raft-log", [this](std::vector<Order>& orders) { handle(orders); }, events_.rested) {}

void LogWriter::append(AppendBatch batch) {
  if (waiting_.fetch_add(1) == 0) waiting_since_ns_.store(steady_ns());
  thread_.push_quietly(std::move(batch));
}
void LogWriter::resume() { thread_.push(Resume{}); }
void LogWriter::trim(Index durable, TrailingLog trailing) { thread_.push(Trim{durable, trailing}); }

std::chrono::steady_clock::duration LogWriter::oldest_age() const {
  const int64_t since = waiting_since_ns_.load();
  if (waiting_.load() == 0 || since == 0) return {};
  return std::chrono::nanoseconds(steady_ns() - since);
}

void LogWriter::handle(std::vector<Order>& orders) {
  std::vector<AppendBatch> batches;
  std::optional<Index> compact_to;
  for (Order& order : orders) {
    if (auto* batch = std::get_if<AppendBatch>(&order)) {
      batches.push_back(std::move(*batch));
    } else if (auto* trim = std::get_if<Trim>(&order)) {
      tell_start();
      if (!forget_to_) forget_to_ = beyond(*trim);
      if (!written_) compact_to = forget_to_;
      written_ = false;
    } else if (auto* rest = std::get_if<Compact>(&order)) {
      compact_to = rest->up_to;
    } else {
      write(batches);
      batches.clear();
      full_ = false;
    }
  }
  write(batches);
  if (compact_to && !full_) compact(*compact_to);
  store_.rest();
}

void LogWriter::write(std::vector<AppendBatch>& batches) {
  if (batches.empty()) return;
  static base::Counter& writes_counter = base::counter("raft.log.writes");
  static base::Counter& batches_counter = base::counter("raft.log.batches");
  std::vector<LogWrite> writes;
  for (AppendBatch& batch : batches) {
    if (!batch.reset && !batch.truncate_from && batch.entries.empty() && !batch.hard) continue;
    writes.push_back({group_, std::move(batch.reset), batch.truncate_from, std::move(batch.entries), batch.hard});
  }
  forget_with(writes);
  base::Status written;
  if (!full_ && !writes.empty()) written = store_.write(writes);
  const auto count = static_cast<int64_t>(batches.size());
  if (waiting_.fetch_sub(count) > count) waiting_since_ns_.store(steady_ns());
  if (!written.ok() && written.error().code() != base::Code::unavailable) {
    events_.broken(written.error());
    return;
  }
  if (!written.ok()) events_.failed(batches.front().sequence);
  full_ = full_ || !written.ok();
  if (full_) return;
  writes_counter.add(writes.empty() ? 0 : 1);
  batches_counter.add(count);
  for (AppendBatch& batch : batches)
    if (!batch.send_after.empty()) events_.send(batch.send_after);
  events_.done(batches.front().sequence, batches.back().sequence);
  written_ = true;
  if (!forget_to_ || store_.start(group_).position.index < *forget_to_) return;
  forget_to_.reset();
  tell_start();
}

void LogWriter::forget_with(std::vector<LogWrite>& writes) const {
  if (!forget_to_ || writes.empty()) return;
  uint64_t entries = 0;
  for (const LogWrite& write : writes) {
    if (write.reset) return;
    entries += write.entries.size();
  }
  const uint64_t rows = std::min(std::max(2 * entries, kForgottenWithAWrite), static_cast<uint64_t>(kCompactRowsAtOnce));
  writes.back().forget_to = std::min(*forget_to_, store_.start(group_).position.index + rows);
}

// The core hears of it now and then: until it does it asks for entries that are gone, which is answered.
void LogWriter::tell_start() {
  const LogStart start = store_.start(group_);
  if (start.position.index <= told_start_) return;
  told_start_ = start.position.index;
  events_.compacted(start);
}

std::optional<Index> LogWriter::beyond(const Trim& trim) const {
  const Index start = store_.start(group_).position.index;
  const uint64_t entries = store_.last(group_).value - start.value;
  if (entries <= trim.trailing.entries && store_.bytes(group_) <= trim.trailing.bytes) return std::nullopt;
  // Down to half of what may be kept, so that it is seldom done.
  const uint64_t kept = std::min(entries - entries / 2, std::max<uint64_t>(trim.trailing.entries / 2, 1));
  const Index to = std::min(start + (entries - kept), trim.durable);
  return to > start ? std::optional(to) : std::nullopt;
}

void LogWriter::compact(Index up_to) {
  const auto more = store_.compact(group_, up_to, kCompactRowsAtOnce);
  if (!more.ok()) {
    if (more.error().code() != base::Code::unavailable) events_.broken(more.error());
    return;
  }
  if (*more) return thread_.push(Compact{up_to});  // behind what waits
  forget_to_.reset();
  tell_start();
}

}  // namespace bao::raft
