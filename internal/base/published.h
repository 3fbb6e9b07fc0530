// Published<T>: an immutable value that many threads read and few replace (a router, a keyring). Thread-safe. A read
// takes no lock that a writer can hold for long and touches no cache line that other reading threads write: each of a
// few stripes holds a handle of its own (its own reference count), and a thread always uses the same stripe. The lock
// of a stripe is one flag, held for the copy of a pointer; std::atomic<std::shared_ptr> would be one such flag and one
// count for all threads, and libstdc++ 12's has a data race.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <utility>

namespace bao::base {

// A small number that stays with the calling thread; neighbours in time get different ones.
inline size_t thread_number() {
  static std::atomic<size_t> next{0};
  thread_local const size_t number = next.fetch_add(1, std::memory_order_relaxed);
  return number;
}

template <typename T>
class Published {
 public:
  Published() = default;
  Published(const Published&) = delete;
  Published& operator=(const Published&) = delete;

  // The value in force, or nullptr; it stays alive as long as the caller holds it.
  std::shared_ptr<const T> get() const {
    Stripe& stripe = stripes_[thread_number() % kStripes];
    const Hold hold(stripe.busy);
    return stripe.value;
  }

  // While this runs some threads see the old value and some the new one; afterwards all see the new one. Callers pass
  // one after another, in some order.
  void set(std::shared_ptr<const T> value) {
    const Hold one_at_a_time(setting_);
    for (Stripe& stripe : stripes_) {
      std::shared_ptr<const T> own = handle(value);
      const Hold hold(stripe.busy);
      stripe.value.swap(own);
      // The old value dies with `own`, after the flag was given back: declared before `hold`.
    }
  }

 private:
  static constexpr size_t kStripes = 32;

  struct alignas(64) Stripe {
    std::atomic<bool> busy{false};
    std::shared_ptr<const T> value;
  };

  class Hold {
   public:
    explicit Hold(std::atomic<bool>& busy) : busy_(busy) {
      while (busy_.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
    }
    ~Hold() { busy_.store(false, std::memory_order_release); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    std::atomic<bool>& busy_;
  };

  // The same object behind a reference count of its own.
  static std::shared_ptr<const T> handle(const std::shared_ptr<const T>& value) {
    if (value == nullptr) return nullptr;
    const auto keeper = std::make_shared<std::shared_ptr<const T>>(value);
    return std::shared_ptr<const T>(keeper, keeper->get());
  }

  std::atomic<bool> setting_{false};
  mutable std::array<Stripe, kStripes> stripes_;
};

}  // namespace bao::base
