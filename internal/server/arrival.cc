#include "internal/server/arrival.h"

#include <pthread.h>

#include <string>
#include <utility>

#include "internal/base/log.h"

namespace bao::server {
namespace {

constexpr std::chrono::milliseconds kLook{200};
constexpr int kLooksBeforeSaying = 25;  // data that is not whole yet: of a node that initialises itself, until it is done

}  // namespace

Arrival::Arrival(core::Core& core, core::Cluster& cluster) : core_(core), cluster_(cluster) {
  if (const auto initialized = core_.initialized(); initialized.ok() && *initialized) return;
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "arrival");
}

void Arrival::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Arrival::run() {
  std::string told;
  int looks = 0;
  while (!stopping_) {
    const base::Index now = core_.applied();
    const auto initialized = core_.initialized();
    if (initialized.ok() && *initialized) {
      const base::Status started = core_.start();
      if (started.ok()) return;  // with Shamir it may still wait for its shares
      const bool may_pass = started.error().code() == base::Code::unavailable && ++looks < kLooksBeforeSaying;
      if (!may_pass && std::exchange(told, started.error().message()) != started.error().message())
        base::log_error("core", "the node cannot start with the data that arrived", {{"error", started.error().message()}});
    }
    (void)cluster_.await_applied(base::Index{now.value + 1}, kLook);
  }
}

}  // namespace bao::server
