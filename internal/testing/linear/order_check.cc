#include <algorithm>
#include <map>

#include "internal/testing/linear/checks.h"
#include "internal/testing/linear/history_text.h"
#include "internal/testing/linear/key_history.h"
#include "internal/testing/linear/shrink.h"

namespace bao::testing::linear {
namespace {

// Searches for making a fault small don't need to be long ones: what they can't decide stays.
constexpr uint64_t kShrinkStepsMax = 100'000;
constexpr size_t kOrderShownMax = 8;

std::string explain(const KeyHistory& key, const SearchResult<uint32_t>& result, const OperationList& operations) {
  std::string text = "no order explains key " + operations.front()->key + ". The longest one takes in " +
                     std::to_string(result.order.size()) + " of " + std::to_string(key.operations.size()) + " operations, at its end: ";
  const size_t begin = result.order.size() - std::min(result.order.size(), kOrderShownMax);
  for (size_t i = begin; i < result.order.size(); ++i) {
    text += describe(*operations[key.sources[result.order[i]]]) + "; ";
  }
  text += "then " + describe(*operations[key.sources[*result.stuck]]) + " can't be: the key would hold";
  std::string separator = " ";
  for (const uint32_t state : result.states) {
    text += separator + describe(key.values[state]);
    separator = " or ";
  }
  return text;
}

Finding violation(const History& history, const std::vector<size_t>& positions, const KeyHistory& key,
                  const SearchResult<uint32_t>& result, const Limits& limits) {
  OperationList operations;
  for (const size_t i : positions) operations.push_back(&history.operations[i]);
  const size_t stuck = key.sources[*result.stuck];
  Finding finding{"order", explain(key, result, operations), {}, {}};
  const Limits shrink_limits{std::min(limits.steps, kShrinkStepsMax), limits.duration};
  for (const size_t i : smallest_violation(operations, stuck, shrink_limits)) finding.operations.push_back(positions[i]);
  const auto shown = std::find(finding.operations.begin(), finding.operations.end(), positions[stuck]);
  if (shown != finding.operations.end()) finding.stuck = *shown;
  return finding;
}

}  // namespace

OrderReport check_order(const History& history, const Limits& limits) {
  std::map<std::string, std::vector<size_t>> keys;
  for (size_t i = 0; i < history.operations.size(); ++i) keys[history.operations[i].key].push_back(i);
  OrderReport report;
  for (const auto& [name, positions] : keys) {
    OperationList operations;
    for (const size_t i : positions) operations.push_back(&history.operations[i]);
    const KeyHistory key = key_history(operations);
    const SearchResult<uint32_t> result = search<Register>(key.operations, limits);
    report.steps += result.steps;
    if (result.verdict == Verdict::unknown) report.undecided.push_back("key " + name + ": stopped by the limit of " + result.reason);
    if (result.verdict == Verdict::violation) report.findings.push_back(violation(history, positions, key, result, limits));
  }
  return report;
}

}  // namespace bao::testing::linear
