#include "internal/base/result.h"

#include <cstdio>
#include <cstdlib>

namespace bao::base {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::invalid: return "invalid";
    case Code::denied: return "denied";
    case Code::absent: return "absent";
    case Code::unsupported: return "unsupported";
    case Code::too_large: return "too_large";
    case Code::media_type: return "media_type";
    case Code::exhausted: return "exhausted";
    case Code::conflict: return "conflict";
    case Code::needs_active: return "needs_active";
    case Code::uncertain: return "uncertain";
    case Code::sealed: return "sealed";
    case Code::unavailable: return "unavailable";
    case Code::corrupt: return "corrupt";
    case Code::audit_unavailable: return "audit_unavailable";
    case Code::internal: return "internal";
  }
  return "unknown";
}

bool is_fault(Code code) {
  switch (code) {
    case Code::sealed:
    case Code::unavailable:
    case Code::conflict:
    case Code::needs_active:
    case Code::uncertain:
    case Code::corrupt:
    case Code::audit_unavailable:
    case Code::internal: return true;
    default: return false;
  }
}

void ensure_failed(const char* file, int line, const char* condition, const char* text) noexcept {
  std::fprintf(stderr, "broken invariant at %s:%d: %s (%s)\n", file, line, text, condition);
  std::abort();
}

}  // namespace bao::base
