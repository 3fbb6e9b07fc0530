// What a check found, as a tree: how `bao operator diagnose` and `validate-config` report, in the shapes of the reference. Values.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::diagnose {

enum class Grade { skipped, ok, warning, failure };  // in the order of their weight

class Finding {
 public:
  explicit Finding(std::string name);

  // A check within this one; the reference is good until the next one is added.
  Finding& add(std::string name);
  Finding& add(std::string name, Grade grade, std::string message, std::string advice = "");
  void warn(std::string warning) { warnings_.push_back(std::move(warning)); }
  void fail(std::string message);
  void skip(std::string message);
  void advise(std::string advice) { advice_ = std::move(advice); }

  // Its own, or the worst below it.
  Grade grade() const;
  // {"time", "name", "status", "warnings", "message", "Advice", "children"}.
  codec::Json json() const;
  // Lines with two spaces more for each level.
  std::string text(size_t depth = 0) const;

 private:
  base::Time time_;
  std::string name_, message_, advice_;
  Grade own_ = Grade::ok;
  std::vector<std::string> warnings_;
  std::vector<Finding> children_;
};

}  // namespace bao::diagnose
