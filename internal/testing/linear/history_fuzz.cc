// A history that reads must be written so that it reads back to the same; the checks take anything that reads.
#include "internal/base/ensure.h"
#include "internal/testing/linear/checks.h"
#include "internal/testing/linear/history_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace linear = bao::testing::linear;
  const auto history = linear::parse_history(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!history.ok()) return 0;
  const auto again = linear::parse_history(linear::write_history(*history));
  ENSURE(again.ok() && again->operations == history->operations && again->applied == history->applied, "a written history reads back");
  const linear::Report report = linear::check(*history, linear::Limits{10'000, {}});
  ENSURE(report.findings.empty() || !linear::describe(report, *history).empty(), "a finding is described");
  return 0;
}
