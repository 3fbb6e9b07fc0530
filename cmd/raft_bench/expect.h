// A benchmark ends at the first thing that does not work: figures of the rest would mean nothing.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

#include "internal/base/result.h"

namespace bao::raft_bench {

inline void expect(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "raft_bench: %s\n", what.c_str());
  std::exit(1);
}
template <typename T>
T value_of(base::Result<T> result) {
  expect(result.ok(), result.ok() ? "" : result.error().message());
  return std::move(*result);
}

}  // namespace bao::raft_bench
