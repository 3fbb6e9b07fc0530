#include "internal/core/invalidation/invalidation.h"

#include "internal/base/ensure.h"
#include "internal/base/log.h"
#include "internal/base/metrics.h"

namespace bao::core {
namespace {

// The key up to its second slash: enough to find the writer, and no name that a user chose.
std::string_view first_folders(std::string_view key) {
  const size_t first = key.find('/');
  if (first == std::string_view::npos) return key;
  const size_t second = key.find('/', first + 1);
  return second == std::string_view::npos ? key.substr(0, first + 1) : key.substr(0, second + 1);
}

}  // namespace

void Invalidation::own(std::string prefix, std::string owner, Handler handler) {
  auto& marks = marks_[owner];
  if (marks == nullptr) marks = std::make_unique<Marks>();
  const bool added = owners_.emplace(std::move(prefix), Owner{std::move(owner), std::move(handler), marks.get()}).second;
  ENSURE(added, "a storage prefix has one owner");
}

// Prefixes of a key sort before it, the longest last; everything between them and the key is skipped.
const Invalidation::Owner* Invalidation::find(std::string_view key) const {
  auto next = owners_.upper_bound(key);
  while (next != owners_.begin()) {
    --next;
    if (key.starts_with(next->first)) return &next->second;
  }
  return nullptr;
}

std::string_view Invalidation::owner_of(std::string_view key) const {
  const Owner* owner = find(key);
  return owner == nullptr ? std::string_view() : owner->name;
}

void Invalidation::report_unowned(std::string_view key) {
  static base::Counter& unowned = base::counter("invalidation.unowned");
  unowned.add();
  const std::string prefix(first_folders(key));
  ENSURE(!strict_, ("no owner of the storage prefix " + prefix).c_str());
  const base::MutexLock lock(mutex_);
  if (reported_.size() < kReportedPrefixesMax && reported_.insert(prefix).second) {
    base::log_warn("invalidation", "a storage prefix has no owner", {{"prefix", prefix}});
  }
}

void Invalidation::apply(const storage::ChangeSet& changes) {
  const base::Time now = base::system_clock().now();
  if (changes.everything) {
    note(everything_marks_, changes.index, now);
    if (everything_) everything_(changes.index);
  }
  for (const std::string& key : changes.keys) {
    const Owner* owner = find(key);
    if (owner == nullptr) {
      report_unowned(key);
      continue;
    }
    note(*owner->marks, changes.index, now);
    if (owner->handler) owner->handler(key, changes.index);
  }
}

void Invalidation::note(Marks& marks, base::Index index, base::Time now) {
  marks.count.fetch_add(1, std::memory_order_relaxed);
  marks.last.store(index.value, std::memory_order_relaxed);
  marks.last_at.store(now.time_since_epoch().count(), std::memory_order_relaxed);
}

std::vector<OwnerActivity> Invalidation::activity() const {
  const auto read = [](std::string_view name, const Marks& marks) {
    OwnerActivity activity;
    activity.owner = name;
    activity.marks = marks.count.load(std::memory_order_relaxed);
    activity.last = base::Index{marks.last.load(std::memory_order_relaxed)};
    activity.last_at = base::Time(base::Duration(marks.last_at.load(std::memory_order_relaxed)));
    return activity;
  };
  std::vector<OwnerActivity> all;
  for (const auto& [name, marks] : marks_) {
    all.push_back(read(name, *marks));
    for (const auto& [prefix, owner] : owners_) {
      if (owner.marks != marks.get()) continue;
      all.back().prefixes.push_back(prefix);
      all.back().caches = all.back().caches || owner.handler != nullptr;
    }
  }
  all.push_back(read("everything", everything_marks_));
  all.back().caches = true;
  return all;
}

}  // namespace bao::core
