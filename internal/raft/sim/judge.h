// The first thing that went wrong in a world. Later ones follow from it and are dropped.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace bao::raft::sim {

struct Violation {
  int invariant;  // of README.md; 0: the core stopped itself, 19: liveness
  std::string text;
};

class Judge {
 public:
  void violate(int invariant, std::string text) {
    if (!first_) first_ = Violation{invariant, std::move(text)};
  }
  bool clean() const { return !first_; }
  const std::optional<Violation>& first() const { return first_; }

 private:
  std::optional<Violation> first_;
};

}  // namespace bao::raft::sim
