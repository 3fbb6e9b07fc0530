#include <map>

#include "internal/testing/linear/checks.h"
#include "internal/testing/linear/history_text.h"
#include "internal/testing/linear/key_history.h"

namespace bao::testing::linear {
namespace {

struct Writers {
  std::vector<size_t> possible;  // may have taken effect
  std::vector<size_t> impossible;  // refused, or told of a mismatch
};

using ByValue = std::map<std::pair<std::string, std::string>, Writers>;

ByValue writers_of(const History& history) {
  ByValue writers;
  for (size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& o = history.operations[i];
    if (is_read(o) || !o.value) continue;
    Writers& of_value = writers[{o.key, *o.value}];
    (may_write(o) ? of_value.possible : of_value.impossible).push_back(i);
  }
  return writers;
}

std::optional<Finding> judge(const History& history, size_t reader, const ByValue& writers) {
  const Operation& o = history.operations[reader];
  const Value& seen = observed_value(o);
  const auto found = writers.find({o.key, *seen});
  const std::string what = "key " + o.key + " was found to hold " + describe(seen) + ", which ";
  if (found == writers.end()) return Finding{"values", what + "nobody wrote", {reader}, reader};
  const auto& [possible, impossible] = found->second;
  if (possible.empty()) return Finding{"values", what + "was written by nothing but a refused write", {impossible[0], reader}, reader};
  for (const size_t writer : possible) {
    if (history.operations[writer].call_ns <= o.return_ns) return {};
  }
  return Finding{"values", what + "was written later: a read from the future", {reader, possible[0]}, reader};
}

}  // namespace

std::vector<Finding> check_values(const History& history) {
  const ByValue writers = writers_of(history);
  std::vector<Finding> findings;
  for (size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& o = history.operations[i];
    if (o.outcome != Outcome::ok || !observes_value(o) || !observed_value(o)) continue;
    if (auto finding = judge(history, i, writers)) findings.push_back(std::move(*finding));
  }
  return findings;
}

}  // namespace bao::testing::linear
