// Who owns which storage prefix, and what happens when a batch changed it (ARCHITECTURE D12). One registry a core.
// On one node the applier calls the handlers before the proposers of the batch are answered, so that a write is seen by
// the caches of the node that took it when its answer goes out.
// Threads: own() and set_strict() before the backend's listener is set; the rest is thread-safe after that.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/ids.h"
#include "internal/base/mutex.h"
#include "internal/storage/backend.h"

namespace bao::core {

// What an owner was told since the process began.
struct OwnerActivity {
  std::string owner;
  std::vector<std::string> prefixes;
  bool caches = false;    // keeps something in memory for one of them
  uint64_t marks = 0;     // changed keys
  base::Index last{};     // of the last one; 0: none
  base::Time last_at{};
};

class Invalidation {
 public:
  // Evicts or marks; quick, without I/O, never waits. `key` is the whole storage key.
  using Handler = std::function<void(std::string_view key, base::Index index)>;
  // Registered before the backend's listener is set. The longest prefix wins. An owner without cache gives nullptr.
  void own(std::string prefix, std::string owner, Handler handler);
  // The owner of a key, or "".
  std::string_view owner_of(std::string_view key) const;
  // Calls the owners of the keys. A key without owner is counted as invalidation.unowned and logged once a prefix; where
  // `strict` it ends the process.
  void apply(const storage::ChangeSet& changes);
  // Called when the whole content was replaced, in place of the owners' handlers. Quick, as they are.
  void on_everything(std::function<void(base::Index index)> handler) { everything_ = std::move(handler); }
  // By owner's name. Of changes of everything: the owner "everything", without prefixes.
  std::vector<OwnerActivity> activity() const;
  void set_strict(bool strict) { strict_ = strict; }

 private:
  static constexpr size_t kReportedPrefixesMax = 256;
  // Of all prefixes of one name; counted by the applier, read by anybody.
  struct Marks {
    std::atomic<uint64_t> count{0}, last{0};
    std::atomic<int64_t> last_at{0};
  };
  struct Owner {
    std::string name;
    Handler handler;
    Marks* marks;
  };
  static void note(Marks& marks, base::Index index, base::Time now);
  const Owner* find(std::string_view key) const;
  void report_unowned(std::string_view key);

  std::map<std::string, Owner, std::less<>> owners_;
  std::map<std::string, std::unique_ptr<Marks>, std::less<>> marks_;
  Marks everything_marks_;
  bool strict_ = false;
  std::function<void(base::Index)> everything_;
  base::Mutex mutex_{base::Rank::invalidation};
  std::set<std::string> reported_ GUARDED_BY(mutex_);
};

}  // namespace bao::core
