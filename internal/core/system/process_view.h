// What can be seen of this process while it runs, by the names of sys/pprof (openbao-api.md 2.1), in the formats that the reference's tools
// read: what is true of a server without a Go runtime, and nothing else (internal/profiling). Told to whoever may ask: with a token
// (pprof.cc), or to anybody where a listener says so (http). Thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "internal/logical/response.h"

namespace bao::core::sys {

struct ProcessQuestion {
  int64_t debug = 0;      // 0: a profile that pprof reads; 1: text; 2: more of it, where there is more
  int64_t seconds = 0;    // 0: as long as is usual
  std::string addresses;  // of `symbol`: hexadecimal, with spaces between them
};

struct ProcessView {
  const char* name;  // "heap"; "" for the index
  const char* summary;
  enum class Takes : uint8_t { nothing, debug, seconds } takes;
  logical::Reply (*tell)(const ProcessView& view, const ProcessQuestion& asked);
};

std::span<const ProcessView> process_views();
// nullptr when there is none of that name.
const ProcessView* find_process_view(std::string_view name);

}  // namespace bao::core::sys
