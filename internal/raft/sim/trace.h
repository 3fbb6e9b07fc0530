// What happened: a running hash of every event (two runs of one seed have the same), and, when asked for, the last lines
// as ndjson. Owned by the world's thread.
#pragma once

#include <cstdio>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "internal/raft/core/node.h"
#include "internal/raft/sim/random.h"

namespace bao::raft::sim {

std::string describe(NodeId id);
std::string describe(Index index);
std::string describe(Position position);
std::string describe(const Message& message);
std::string describe(const Envelope& envelope);
std::string describe(const Configuration& configuration);
std::string_view name_of(Role role);

class Trace {
 public:
  // Keeps the last `lines_kept` lines; `out`, when not null, gets all of them.
  explicit Trace(size_t lines_kept = 0, std::FILE* out = nullptr) : lines_kept_(lines_kept), out_(out) {}

  bool recording() const { return lines_kept_ > 0 || out_ != nullptr; }
  // `detail` is asked only while recording.
  void event(Time now, NodeId node, std::string_view what, uint64_t number, const std::function<std::string()>& detail);
  void state(Time now, NodeId node, const View& view);
  uint64_t hash() const { return hash_; }
  const std::deque<std::string>& lines() const { return lines_; }

 private:
  void line(std::string text);

  size_t lines_kept_;
  std::FILE* out_;
  uint64_t hash_ = 0;
  std::deque<std::string> lines_;
};

}  // namespace bao::raft::sim
