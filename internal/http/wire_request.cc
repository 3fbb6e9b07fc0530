#include "internal/http/wire_request.h"

#include "internal/base/secret.h"

namespace bao::http {
namespace {
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
// A body larger than this gives its memory back after the request.
constexpr size_t kKeptBytesMax = 16 * 1024;

void wipe_and_keep(std::string& text) {
  base::wipe(text.data(), text.size());
  text.clear();
  if (text.capacity() > kKeptBytesMax) text.shrink_to_fit();
}
}  // namespace

bool equal_names(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

const WireHeader* WireRequest::find(std::string_view name) const {
  for (const WireHeader& header : headers) {
    if (equal_names(header.name, name)) return &header;
  }
  return nullptr;
}

std::string_view WireRequest::header(std::string_view name) const {
  const WireHeader* found = find(name);
  return found ? found->value : std::string_view();
}

void WireRequest::clear() {
  method = target = {};
  headers.clear();
  wipe_and_keep(body);
  spooled.reset();
  wipe_and_keep(text);
  keep_alive = true;
  expects_continue = false;
}

}  // namespace bao::http
