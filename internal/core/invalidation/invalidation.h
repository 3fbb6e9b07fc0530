// Who owns which storage prefix, and what happens when a batch changed it (ARCHITECTURE D12). One registry a core.
// On one node the applier calls the handlers before the proposers of the batch are answered, so that a write is seen by
// the caches of the node that took it when its answer goes out.
// Threads: own() and set_strict() before the backend's listener is set; the rest is thread-safe after that.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "internal/base/ids.h"
#include "internal/base/mutex.h"
#include "internal/storage/backend.h"

namespace bao::core {

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
  void set_strict(bool strict) { strict_ = strict; }

 private:
  static constexpr size_t kReportedPrefixesMax = 256;
  struct Owner {
    std::string name;
    Handler handler;
  };
  const Owner* find(std::string_view key) const;
  void report_unowned(std::string_view key);

  std::map<std::string, Owner, std::less<>> owners_;
  bool strict_ = false;
  std::function<void(base::Index)> everything_;
  base::Mutex mutex_{base::Rank::invalidation};
  std::set<std::string> reported_ GUARDED_BY(mutex_);
};

}  // namespace bao::core
