#include <malloc.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "internal/profiling/profile.h"
#include "internal/profiling/snapshots.h"

namespace bao::profiling {
namespace {

// The allocator's own account (malloc_info(3)), XML.
std::string allocator_account() {
  char* text = nullptr;
  size_t size = 0;
  std::FILE* stream = ::open_memstream(&text, &size);
  if (stream == nullptr) return "";
  ::malloc_info(0, stream);
  std::fclose(stream);
  const std::unique_ptr<char, decltype(&std::free)> owner(text, std::free);
  return {text, size};
}

}  // namespace

std::string memory_profile() {
  const struct mallinfo2 told = ::mallinfo2();
  const Binaries binaries;
  Profile profile({{"inuse_space", "bytes"}}, binaries);
  profile.set_time(base::system_clock().now(), {});
  profile.add_named({"in arenas", "malloc"}, std::array{static_cast<int64_t>(told.uordblks)});
  profile.add_named({"mapped alone", "malloc"}, std::array{static_cast<int64_t>(told.hblkhd)});
  profile.comment("what the allocator has handed out, in total; single allocations are not sampled, and who made them is not known");
  return profile.finish();
}

std::string memory_text() {
  const struct mallinfo2 told = ::mallinfo2();
  std::string out = "what the allocator has handed out, in total; single allocations are not sampled\n";
  for (const auto& [what, bytes] : {std::pair<const char*, size_t>{"in use, in arenas", told.uordblks},
                                    {"in use, mapped alone", told.hblkhd},
                                    {"free, kept for later", told.fordblks},
                                    {"of that, at the end of the main arena", told.keepcost},
                                    {"taken from the system for arenas", told.arena}}) {
    out += std::to_string(bytes) + " bytes " + what + "\n";
  }
  return out + "\n" + allocator_account();
}

std::string lock_profile() {
  const Binaries binaries;
  Profile profile({{"contentions", "count"}, {"delay", "nanoseconds"}}, binaries);
  profile.set_time(base::system_clock().now(), {});
  profile.comment("waiting for locks is not measured: there are no samples");
  return profile.finish();
}

std::string lock_text() { return "waiting for locks is not measured: there are no samples\n"; }

}  // namespace bao::profiling
