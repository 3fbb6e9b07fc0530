// What who looks into a running server relies on: the busy are found, the waiting too, and nobody is harmed by it.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "internal/codec/json.h"
#include "internal/profiling/command_line.h"
#include "internal/profiling/decoded_profile.h"
#include "internal/profiling/recording.h"
#include "internal/profiling/snapshots.h"
#include "internal/profiling/threads.h"
#include "internal/profiling/time_line.h"

namespace bao::profiling {

// Functions that the tests look for by name.
__attribute__((noinline)) void spin_for_the_test(const std::atomic<bool>& over) {
  while (!over) (void)std::chrono::steady_clock::now();
}

struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  std::atomic<int> waiter{0};  // its thread
};

__attribute__((noinline)) void wait_for_the_test(Gate& gate) {
  std::unique_lock lock(gate.mutex);
  gate.changed.wait(lock, [&gate] { return gate.open; });
}

namespace {

class Busy {
 public:
  Busy() : thread_([this] { spin_for_the_test(over_); }) {}
  ~Busy() {
    over_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> over_{false};
  std::thread thread_;
};

class Waiter {
 public:
  Waiter() : thread_([this] {
    pthread_setname_np(pthread_self(), "test-waiter");
    gate_.waiter = static_cast<int>(::syscall(SYS_gettid));
    wait_for_the_test(gate_);
  }) {
    while (gate_.waiter == 0) std::this_thread::yield();
  }
  ~Waiter() {
    {
      const std::lock_guard lock(gate_.mutex);
      gate_.open = true;
    }
    gate_.changed.notify_all();
    thread_.join();
  }
  int id() const { return gate_.waiter; }

 private:
  Gate gate_;
  std::thread thread_;
};

std::string all_of(Recording& recording) {
  while (true) {
    const auto piece = recording.next(std::chrono::milliseconds(100));
    EXPECT_TRUE(piece) << "it ended without anything";
    if (!piece || !piece->empty()) return piece.value_or("");
  }
}

std::unique_ptr<Recording> started(base::Result<std::unique_ptr<Recording>> recording) {
  EXPECT_TRUE(recording.ok());
  return std::move(recording).value();
}

TEST(CpuProfile, FindsTheFunctionThatIsBusy) {
  const Busy busy;
  DecodedProfile profile;
  while (profile.count_in("spin_for_the_test") == 0) {  // once, unless the machine lets it have no hundredth of a second
    const auto recording = started(record_cpu_profile(std::chrono::seconds(1)));
    profile = ProfileDecoder::decode(all_of(*recording));
    EXPECT_FALSE(recording->next(std::chrono::milliseconds(0))) << "it comes once";
  }
  EXPECT_EQ(profile.value_types, (std::vector<std::string>{"samples/count", "cpu/nanoseconds"}));
  EXPECT_EQ(profile.period, 10'000'000);
  EXPECT_GE(profile.duration_ns, 1'000'000'000);
  ASSERT_FALSE(profile.mappings.empty());
  const DecodedProfile::Mapping& program = profile.mappings[0];
  EXPECT_NE(program.file.find("profiling_test"), std::string::npos) << program.file;
  const auto spin = reinterpret_cast<uint64_t>(&spin_for_the_test);
  EXPECT_TRUE(program.start <= spin && spin < program.limit) << "the program is mapped where its functions are";
}

TEST(CpuProfile, OneAtATimeBesideATrace) {
  auto first = started(record_cpu_profile(std::chrono::seconds(60)));
  const auto second = record_cpu_profile(std::chrono::seconds(1));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), base::Code::conflict);
  EXPECT_TRUE(record_cpu_trace(std::chrono::seconds(60)).ok());
  first.reset();  // whoever wanted it left
  EXPECT_TRUE(record_cpu_profile(std::chrono::seconds(1)).ok());
}

TEST(CpuTrace, ShowsTheBusyFunctionOnItsThread) {
  const Busy busy;
  bool found = false, named = false;
  while (!found) {
    const auto recording = started(record_cpu_trace(std::chrono::seconds(1)));
    const auto document = codec::parse_json(all_of(*recording));
    ASSERT_TRUE(document.ok());
    for (const codec::Json& event : (*document)["traceEvents"].items()) {
      named = named || (event["ph"].as_string() == "M" && event["name"].as_string() == "thread_name");
      found = found || (event["ph"].as_string() == "X" && event["name"].as_string().find("spin_for_the_test") != std::string::npos);
    }
  }
  EXPECT_TRUE(named);
}

TEST(TimeLine, WhatConsecutiveSamplesHaveInCommonIsOneSlice) {
  TimeLine line(10);
  line.add(1, 100, {"main", "serve", "read"});
  line.add(1, 110, {"main", "serve", "write"});
  line.add(2, 111, {"main"});
  line.add(1, 120, {"main", "serve", "write"});
  line.add(1, 500, {"main"});  // it rested
  const std::vector<Slice> expected = {{1, "read", 100, 110}, {1, "write", 110, 130}, {1, "serve", 100, 130}, {1, "main", 100, 130},
                                       {1, "main", 500, 510}, {2, "main", 111, 121}};
  EXPECT_EQ(line.finish(), expected);
}

TEST(Threads, TellTheirNameStateAndWhereTheyWait) {
  const Waiter waiter;
  const auto profile = thread_stacks_profile();
  ASSERT_TRUE(profile.ok());
  const DecodedProfile decoded = ProfileDecoder::decode(*profile);
  EXPECT_EQ(decoded.value_types, std::vector<std::string>{"threads/count"});
  EXPECT_EQ(decoded.count_in("wait_for_the_test"), 1);
  bool found = false;
  for (const auto& sample : decoded.samples) found = found || sample.labels.at("id") == std::to_string(waiter.id());
  EXPECT_TRUE(found);
  const auto text = each_thread_text();
  ASSERT_TRUE(text.ok());
  EXPECT_NE(text->find("thread " + std::to_string(waiter.id()) + " test-waiter ["), std::string::npos) << *text;
  EXPECT_NE(text->find("wait_for_the_test"), std::string::npos) << *text;
  EXPECT_NE(thread_names_text().find("1 test-waiter\n"), std::string::npos);
  EXPECT_EQ(ProfileDecoder::decode(thread_names_profile()).count_in("test-waiter"), 1);
}

TEST(Memory, WhatIsInUseIsCounted) {
  const auto in_use = [] {
    int64_t sum = 0;
    for (const auto& sample : ProfileDecoder::decode(memory_profile()).samples) sum += sample.values.at(0);
    return sum;
  };
  const int64_t before = in_use();
  constexpr size_t kBytes = size_t{32} << 20;
  const std::unique_ptr<char, decltype(&std::free)> taken(static_cast<char*>(std::malloc(kBytes)), std::free);
  taken.get()[0] = 1;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // these have an allocator of their own
  EXPECT_GE(in_use() - before, static_cast<int64_t>(kBytes));
#endif
  EXPECT_GE(before, 0);
}

TEST(Locks, AreSaidNotToBeMeasured) {
  const DecodedProfile decoded = ProfileDecoder::decode(lock_profile());
  EXPECT_TRUE(decoded.samples.empty());
  EXPECT_NE(decoded.comments.at(0).find("not measured"), std::string::npos);
}

TEST(CommandLine, KeepsSecretsToItself) {
  const auto line = [](std::initializer_list<std::string_view> arguments) {
    std::string out;
    for (const std::string_view argument : arguments) (out += argument) += '\0';
    return out;
  };
  const std::string masked_line = masked(line({"bao", "server", "-dev", "-dev-root-token-id=s.secret", "--dev-root-token-id", "s.secret", "-config", "a.hcl"}));
  EXPECT_EQ(masked_line + '\0', line({"bao", "server", "-dev", "-dev-root-token-id=***", "--dev-root-token-id", "***", "-config", "a.hcl"}));
  EXPECT_NE(masked_command_line().find("profiling_test"), std::string::npos);
}

TEST(StackRing, GivesASlotBackOnceItsStackWasTaken) {
  const auto ring = std::make_unique<StackRing>();
  const auto put = [&] { return ring->put([](StackSample& sample) { sample.depth = 1; }); };
  for (size_t i = 0; i < kRingSlots; ++i) ASSERT_TRUE(put());
  EXPECT_FALSE(put()) << "it is full, and nobody waits";
  size_t taken = 0;
  ring->take_each([&](const StackSample&) { ++taken; });
  EXPECT_EQ(taken, kRingSlots);
  EXPECT_TRUE(put());
}

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
// Where the unwinding table leads to nowhere.
__attribute__((noinline)) void spin_with_a_wrong_table(const std::atomic<bool>* over) {
  asm volatile(
      "mov $16, %%rcx\n"
      ".cfi_remember_state\n"
      ".cfi_def_cfa %%rcx, 16\n"
      "1: pause\n"
      "cmpb $0, (%0)\n"
      "je 1b\n"
      ".cfi_restore_state\n"
      :: "r"(over) : "rcx", "memory", "cc");
}

TEST(Unwinding, AWrongTableCostsTheSampleAndNotTheServer) {
  std::atomic<bool> over{false};
  std::atomic<int> id{0};
  std::thread thread([&] {
    id = static_cast<int>(::syscall(SYS_gettid));
    spin_with_a_wrong_table(&over);
  });
  while (id == 0) std::this_thread::yield();
  size_t depth = 0;
  for (int tries = 0; tries < 100 && depth != 1; ++tries) {  // it may not be in its loop yet
    const auto threads = threads_with_stacks();
    ASSERT_TRUE(threads.ok());
    for (const ThreadState& each : *threads) {
      if (each.id == id) depth = each.stack.size();
    }
  }
  over = true;
  thread.join();
  EXPECT_EQ(depth, 1u);
}
#endif

}  // namespace
}  // namespace bao::profiling
