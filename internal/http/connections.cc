#include "internal/http/connections.h"

#include <pthread.h>

#include <csignal>

#include "internal/base/metrics.h"

namespace bao::http {
namespace {

constexpr size_t kGuardBytes = 16 * 1024;
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr size_t kStackBytes = 8 * base::kConnectionStackBytes;  // frames of instrumented code are larger
#else
constexpr size_t kStackBytes = base::kConnectionStackBytes;
#endif

}  // namespace

void block_signals() {
  sigset_t all;
  sigfillset(&all);
  for (const int number : {SIGPROF, SIGSEGV}) sigdelset(&all, number);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

struct Connections::Started {
  std::shared_ptr<Connections> home;
  std::unique_ptr<Transport> transport;
  std::function<void(Transport&, Seat&)> serve;
};

bool Connections::make_room() {
  if (count_ < at_most_) return true;
  Seat* oldest = nullptr;
  int64_t since = 0;
  for (Seat* seat : seats_) {
    const int64_t idle = seat->idle_since_.load();
    if (idle != 0 && (!oldest || idle < since)) {
      oldest = seat;
      since = idle;
    }
  }
  base::counter("http.connections.full").add();
  if (!oldest || count_ >= at_most_ + at_most_ / 16 + 1) return false;  // those ending count until they have ended
  oldest->busy();  // not chosen again
  oldest->transport_.interrupt();
  return true;
}

bool Connections::start(std::unique_ptr<Transport> transport, std::function<void(Transport&, Seat&)> serve) {
  {
    base::MutexLock lock(mutex_);
    if (draining_ || !make_room()) return false;
    ++count_;
  }
  auto* started = new Started{shared_from_this(), std::move(transport), std::move(serve)};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_attr_setguardsize(&attributes, kGuardBytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  const int error = pthread_create(&thread, &attributes, run, started);
  pthread_attr_destroy(&attributes);
  if (error == 0) return true;
  delete started;
  base::MutexLock lock(mutex_);
  --count_;
  left_.notify_all();
  return false;
}

void* Connections::run(void* argument) {
  const std::unique_ptr<Started> started(static_cast<Started*>(argument));
  const std::shared_ptr<Connections> home = started->home;
  block_signals();
  pthread_setname_np(pthread_self(), "http");
  Seat seat(*started->transport);
  std::list<Seat*>::iterator place;
  {
    base::MutexLock lock(home->mutex_);
    place = home->seats_.insert(home->seats_.end(), &seat);
  }
  started->serve(*started->transport, seat);
  home->leave(place);
  return nullptr;
}

// The seat goes before the transport does, so that nobody interrupts a closed descriptor.
void Connections::leave(std::list<Seat*>::iterator place) {
  base::MutexLock lock(mutex_);
  seats_.erase(place);
  --count_;
  left_.notify_all();
}

bool Connections::drain(base::Duration at_most) {
  base::MutexLock lock(mutex_);
  draining_ = true;
  for (Seat* seat : seats_) {
    if (seat->idle_since_.load() != 0) seat->transport_.interrupt();
  }
  if (left_.wait_for(mutex_, at_most, [this]() BAO_TS(no_thread_safety_analysis) { return count_ == 0; })) return true;
  for (Seat* seat : seats_) seat->transport_.cut_off();
  return false;
}

void Connections::wait() {
  base::MutexLock lock(mutex_);
  left_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) { return count_ == 0; });
}

size_t Connections::count() const {
  base::MutexLock lock(mutex_);
  return count_;
}

}  // namespace bao::http
