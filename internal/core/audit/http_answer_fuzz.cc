// Whatever answers an HTTP device, at once or byte by byte, is refused or read alike.
#include "internal/base/ensure.h"
#include "internal/core/audit/http_answer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using bao::core::audit::HttpAnswer;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  HttpAnswer whole, bytewise;
  const auto at_once = whole.take(text);
  bool refused = false, complete = false;
  for (size_t i = 0; i < size && !refused && !complete; ++i) {
    const auto taken = bytewise.take(text.substr(i, 1));
    refused = !taken.ok();
    complete = taken.ok() && *taken;
  }
  if (size > bao::core::audit::kHttpAnswerBytesMax) return 0;  // where a head may end differs
  ENSURE(refused == !at_once.ok(), "refused only in one way of reading");
  if (refused) return 0;
  ENSURE(complete == *at_once && whole.status() == bytewise.status(), "read differently");
  ENSURE(whole.keeps_connection() == bytewise.keeps_connection(), "kept only in one way of reading");
  return 0;
}
