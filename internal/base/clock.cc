#include "internal/base/clock.h"

namespace bao::base {
namespace {
class SystemClock final : public Clock {
 public:
  Time now() const override { return std::chrono::system_clock::now(); }
};
}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace bao::base
