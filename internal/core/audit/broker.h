// Tells every audit device of each request and answer. Thread-safe. What requests look at is published whole; a change of the stored
// table, a salt or the audited headers marks it stale, on every node, and the next request loads it anew.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/barrier/barrier.h"
#include "internal/base/mutex.h"
#include "internal/base/published.h"
#include "internal/core/audit/event.h"
#include "internal/core/audit/server_options.h"

namespace bao::core::audit {

class Broker {
 public:
  Broker(barrier::Barrier& barrier, ServerOptions options);
  ~Broker();

  // There is no device: nothing to tell.
  bool silent() const { return quiet_.load(std::memory_order_acquire); }
  // At least one device has taken the line, or there is none. Errors: unavailable.
  base::Status log_request(const Event& event);
  base::Status log_response(const Event& event);

  // From the applier, and when other data is loaded. Quick, without I/O.
  void mark_stale();

  // ---- the table. Errors: invalid, in the reference's words.
  // A device made by the API, whose first line tells whether it works.
  base::Status enable(storage::WriteView& all, MountEntry entry) const;
  // Nothing is there: no error. Declared devices are refused.
  base::Status disable(storage::WriteView& all, const std::string& path) const;
  // "hmac-sha256:…" as that device would write it.
  base::Result<std::string> hash(const storage::ReadView& all, const std::string& path, std::string_view text) const;

  // ---- declared devices, on the active node: those that are new are added, those that are gone removed, none is edited. What a
  // restored table lacks is written. An error is logged, too.
  base::Status reconcile();
  // SIGHUP.
  void reload(ServerOptions options, bool active);

 private:
  struct Devices;
  enum class Line { request, response };
  base::Status log(const Event& event, Line line);
  base::Result<std::shared_ptr<const Devices>> current() EXCLUDES(mutex_);
  base::Result<std::shared_ptr<const Devices>> load(const Devices* previous) const;
  base::Status reconcile(storage::WriteView& all, const ServerOptions& options) const;

  barrier::Barrier& barrier_;
  base::Published<ServerOptions> options_;
  std::atomic<bool> quiet_{false};
  std::atomic<uint64_t> stale_{1}, built_{0};
  base::Mutex mutex_{base::Rank::token_cache};  // held while the table is read: those who meet a stale one wait for it
  base::Published<Devices> devices_;
};

}  // namespace bao::core::audit
