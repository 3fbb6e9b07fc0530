// How long a lease may live: the smallest of what mount, backend, caller and explicit maximum allow. Everything is cut to
// whole seconds first, as the reference does.
#include "internal/core/expiration/expiration.h"

namespace bao::core {
namespace {

using base::Duration;
using base::Time;

Time to_seconds(Time t) { return std::chrono::floor<std::chrono::seconds>(t); }

// Go's form without the elements that are zero: "1h30m", not "1h30m0s".
std::string human(Duration d) {
  if (d.count() == 0) return "0s";
  std::string text = base::format_go_duration(d);
  if (text.ends_with("m0s")) text.resize(text.size() - 2);
  if (const size_t at = text.find("h0m"); at != std::string::npos && at > 0) text.erase(at + 1, 2);
  return text;
}

std::string capped(std::string_view what, Duration asked, Duration limit, std::string_view value) {
  return std::string(what) + " of \"" + human(asked) + "\" exceeded the effective max_ttl of \"" + human(limit) + "\"; " +
         std::string(value) + " value is capped accordingly";
}

Duration effective_max(const TtlInput& in) {
  Duration max = in.mount_max_ttl;
  for (const Duration limit : {in.backend_max_ttl, in.explicit_max_ttl}) {
    if (limit.count() > 0 && limit < max) max = limit;
  }
  return max;
}

Duration wanted(const TtlInput& in) {
  if (in.increment.count() > 0) return in.increment;
  if (in.backend_ttl.count() > 0) return in.backend_ttl;
  return in.mount_default_ttl;
}

}  // namespace

base::Result<TtlResult> calculate_ttl(const TtlInput& in) {
  const Time now = to_seconds(in.now);
  const Time start = in.start == base::kZeroTime || in.start == Time() ? now : to_seconds(in.start);
  const Duration max = effective_max(in);
  if (max.count() <= 0) return base::internal("max TTL must be greater than zero");
  TtlResult out;
  std::optional<Time> last_moment;
  if (in.period.count() > 0) {
    out.ttl = std::min(in.period, max);
    if (in.period > max) out.warnings.push_back(capped("period", in.period, max, "period"));
    if (in.explicit_max_ttl.count() > 0) last_moment = start + in.explicit_max_ttl;
  } else {
    out.ttl = wanted(in);
    last_moment = start + max;
  }
  if (!last_moment) return out;
  const Duration left = *last_moment - now;
  if (left.count() <= 0) return base::internal("past the max TTL, cannot renew");
  if (out.ttl > left) {
    out.warnings.push_back(capped("TTL", out.ttl, left, "TTL"));
    out.ttl = left;
  }
  return out;
}

}  // namespace bao::core
