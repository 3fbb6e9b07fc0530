#include <iterator>
#include <map>

#include "internal/testing/linear/checks.h"
#include "internal/testing/linear/drawing.h"

namespace bao::testing::linear {
namespace {

constexpr size_t kShownMax = 5;  // findings a check

void append(std::vector<Finding>& all, std::vector<Finding> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

Report check(const History& history, const Limits& limits) {
  Report report;
  append(report.findings, check_values(history));
  append(report.findings, check_indexes(history));
  append(report.findings, check_sessions(history));
  OrderReport order = check_order(history, limits);
  append(report.findings, std::move(order.findings));
  report.undecided = std::move(order.undecided);
  report.steps = order.steps;
  if (!report.undecided.empty()) report.verdict = Verdict::unknown;
  if (!report.findings.empty()) report.verdict = Verdict::violation;
  return report;
}

std::string describe(const Report& report, const History& history) {
  std::string text;
  std::map<std::string, size_t> shown;
  for (const Finding& finding : report.findings) {
    if (++shown[finding.check] > kShownMax) continue;
    text += finding.check + ": " + finding.text + '\n' + draw(history, finding.operations, finding.stuck);
  }
  for (const auto& [check, count] : shown) {
    if (count > kShownMax) text += check + ": " + std::to_string(count - kShownMax) + " more\n";
  }
  for (const std::string& key : report.undecided) text += "undecided: " + key + '\n';
  return text;
}

}  // namespace bao::testing::linear
