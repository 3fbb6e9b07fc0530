// Whatever answers a GET, at once or byte by byte, is refused or read alike, within the limits.
#include <algorithm>

#include "internal/base/ensure.h"
#include "internal/engines/pki/validation/http_response.h"
#include "internal/engines/pki/validation/limits.h"
#include "internal/engines/pki/validation/url.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::engines::pki::acme;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  HttpResponse whole, bytewise;
  const auto at_once = whole.take(text);
  bool refused = false, complete = false;
  for (size_t i = 0; i < size && !refused && !complete; ++i) {
    const auto taken = bytewise.take(text.substr(i, 1));
    refused = !taken.ok();
    complete = taken.ok() && *taken;
  }
  ENSURE(refused == !at_once.ok(), "refused only in one way of reading");
  if (refused) return 0;
  ENSURE(complete == *at_once && whole.status() == bytewise.status() && whole.body() == bytewise.body(), "read differently");
  ENSURE(whole.body().size() <= kResponseBodyBytesMax, "more body than there may be");
  const auto url = redirected(Url{false, "a.test", "/x"}, whole.location());
  if (url.ok()) ENSURE(url->text().find_first_of("\r\n ") == std::string::npos, "a URL that would end its request's line");
  return 0;
}
