#include "internal/base/fault_log.h"

#include <string>

#include "internal/base/log.h"

namespace bao::base {
namespace {

constexpr int64_t kLinesASecondMax = 50;  // of each code, so that a flood of one hides no other

LinesASecond& lines_of(Code code) {
  static LinesASecond sealed(kLinesASecondMax), unavailable(kLinesASecondMax), uncertain(kLinesASecondMax), corrupt(kLinesASecondMax),
      audit(kLinesASecondMax), others(kLinesASecondMax);
  switch (code) {
    case Code::sealed: return sealed;
    case Code::unavailable: return unavailable;
    case Code::uncertain: return uncertain;
    case Code::corrupt: return corrupt;
    case Code::audit_unavailable: return audit;
    default: return others;
  }
}

}  // namespace

std::optional<int64_t> LinesASecond::take(Time now) {
  const int64_t second = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  if (second_.exchange(second) != second) lines_ = 0;
  if (++lines_ <= most_) return left_out_.exchange(0);
  ++left_out_;
  return std::nullopt;
}

void log_fault(const FailedRequest& request, Code code, const Words& words) {
  const auto left_out = lines_of(code).take(std::chrono::steady_clock::now());
  if (!left_out) return;
  log(code == Code::corrupt ? LogLevel::error : LogLevel::warn, "request", "a request failed",
      {{"request_id", std::string(request.id)},
       {"operation", std::string(request.operation)},
       {"mount", std::string(request.mount)},
       {"route", std::string(request.route)},
       {"code", std::string(code_name(code))},
       {"reason", std::string(words.loggable())},
       {"origin", words.place()},
       {"left_out", std::to_string(*left_out)}});
}

}  // namespace bao::base
