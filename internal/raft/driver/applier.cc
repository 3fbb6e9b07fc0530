#include "internal/raft/driver/applier.h"

#include <chrono>
#include <utility>

#include "internal/base/limits.h"
#include "internal/base/log.h"
#include "internal/base/metrics.h"

namespace bao::raft {
namespace {

constexpr std::chrono::milliseconds kRetryFullDisk{200};
constexpr const char* kNotHere = "the node stops before the committed change was applied here";

thread_local bool helping = false;  // in help()

void answer_all(const std::vector<Applier::Committed>& batch, const char* why) {
  for (const Applier::Committed& committed : batch)
    if (committed.proposer) committed.proposer->answer(base::Error(base::Code::uncertain, why));
}

}  // namespace

Applier::Applier(StateMachine& machine, ApplierEvents events)
    : machine_(machine),
      events_(std::move(events)),
      thread_("raft-apply", [this](std::vector<Order>& orders) { handle(orders); }) {}

void Applier::apply(std::vector<Committed> entries) { thread_.push_quietly(std::move(entries)); }
void Applier::run(std::function<void()> task) {
  ++tasks_;
  thread_.push(std::move(task));
}

// An installation takes long, as waiting for room does: nobody else is to be kept for it.
void Applier::help() {
  if (tasks_ > 0) return thread_.kick();
  helping = true;
  thread_.help();
  helping = false;
}

void Applier::stop() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    stop_asked_.notify_all();
  }
  thread_.stop();
}

void Applier::handle(std::vector<Order>& orders) {
  std::vector<Committed> batch = std::exchange(held_, {});
  for (Order& order : orders) {
    if (auto* entries = std::get_if<std::vector<Committed>>(&order)) {
      std::move(entries->begin(), entries->end(), std::back_inserter(batch));
      continue;
    }
    apply_batch(batch, WhenFull::wait);
    batch.clear();
    if (!stopping_ && !broken_) std::get<std::function<void()>>(order)();
    --tasks_;
  }
  apply_batch(batch, helping ? WhenFull::hold : WhenFull::wait);
  if (!broken_) machine_.rest();
}

base::Result<std::vector<base::Status>> Applier::apply_until_there_is_room(const Entries& entries,
                                                                              const std::vector<Committed>& batch,
                                                                              WhenFull when_full) {
  bool told = false;
  while (true) {
    auto results = machine_.apply(entries);
    const bool full = !results.ok() && results.error().code() == base::Code::unavailable;
    if (!full || stopping_) return results;
    if (!std::exchange(told, true)) {
      base::log_error("raft", "applying waits for room on the disk", {{"error", results.error().message()}});
      answer_all(batch, "the disk is full; the change is agreed on, and is made when there is room");
    }
    if (when_full == WhenFull::hold) return results;
    base::counter("raft.apply.waits_for_room").add();
    base::MutexLock lock(mutex_);
    stop_asked_.wait_for(mutex_, kRetryFullDisk, [this] { return stopping_.load(); });
  }
}

void Applier::apply_batch(std::vector<Committed>& batch, WhenFull when_full) {
  if (batch.empty()) return;
  if (broken_) return answer_all(batch, kNotHere);
  Entries entries;
  entries.reserve(batch.size());
  for (const Committed& committed : batch) entries.push_back(committed.entry);
  const auto results = apply_until_there_is_room(entries, batch, when_full);
  if (!results.ok() && when_full == WhenFull::hold && results.error().code() == base::Code::unavailable && !stopping_) {
    held_ = std::move(batch);
    return run([] {});  // on the own thread, before which held_ comes
  }
  if (!results.ok()) {
    broken_ = true;  // what follows would leave a gap
    if (!stopping_) events_.broken(results.error());
    return answer_all(batch, kNotHere);
  }
  static base::Counter& applied = base::counter("raft.apply.entries");
  static base::Counter& batches = base::counter("raft.apply.batches");
  applied.add(static_cast<int64_t>(batch.size()));
  batches.add();
  answer(batch, *results);
  events_.applied(machine_.applied());
}

void Applier::answer(const std::vector<Committed>& batch, const std::vector<base::Status>& results) {
  for (size_t i = 0; i < batch.size(); ++i) {
    if (!batch[i].proposer) continue;
    batch[i].proposer->answer(results[i].ok() ? base::Result<Index>(batch[i].entry->index) : base::Result<Index>(results[i].error()));
  }
}

}  // namespace bao::raft
