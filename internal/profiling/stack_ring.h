// Stacks on their way from a signal handler to whoever collects them. Slots are there from the beginning: the handler takes a free
// one, fills it and hands it over by one store; it allocates nothing, waits for nobody and takes no lock. Thread-safe.
#pragma once

#include <atomic>
#include <array>
#include <cstdint>
#include <span>

namespace bao::profiling {

inline constexpr size_t kFramesMax = 96;    // of a stack; the outermost of a deeper one are left out
inline constexpr size_t kRingSlots = 1024;  // at 100 a second and processor, read out four times a second: 40 processors

struct StackSample {
  enum class Why : uint8_t { cpu, asked };
  Why why = Why::cpu;
  int thread = 0;    // as the kernel numbers it
  int64_t at_ns = 0;  // CLOCK_MONOTONIC
  size_t depth = 0;
  std::array<uintptr_t, kFramesMax> frames{};  // innermost first; of callers the call, not where it returns to
  std::span<const uintptr_t> stack() const { return {frames.data(), depth}; }
};

class StackRing {
 public:
  // Async-signal-safe: fill(sample) is called on a free slot, which is handed over then. False: there is none, the stack is lost.
  template <typename Fill>
  bool put(const Fill& fill) {
    for (size_t tries = 0; tries < kTriesMax; ++tries) {
      Slot& slot = slots_[next_.fetch_add(1, std::memory_order_relaxed) % kRingSlots];
      State expected = State::free;
      if (!slot.state.compare_exchange_strong(expected, State::filling, std::memory_order_acquire)) continue;
      fill(slot.sample);
      slot.state.store(State::full, std::memory_order_release);
      return true;
    }
    return false;
  }
  // By one thread at a time: each stack that was handed over.
  template <typename Take>
  void take_each(const Take& take) {
    for (Slot& slot : slots_) {
      if (slot.state.load(std::memory_order_acquire) != State::full) continue;
      take(slot.sample);
      slot.state.store(State::free, std::memory_order_release);
    }
  }

 private:
  enum class State : uint8_t { free, filling, full };
  static_assert(std::atomic<State>::is_always_lock_free);
  struct Slot {
    std::atomic<State> state{State::free};
    StackSample sample;
  };
  static constexpr size_t kTriesMax = 16;
  std::atomic<size_t> next_{0};
  std::array<Slot, kRingSlots> slots_;
};

}  // namespace bao::profiling
