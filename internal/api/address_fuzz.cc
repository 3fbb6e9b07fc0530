// Addresses, and bodies of failed answers: whatever a user or a server gives, there is a text and no crash.
#include <cstddef>
#include <cstdint>
#include <string>

#include "internal/api/address.h"
#include "internal/api/client.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)bao::api::parse_address(text);
  (void)bao::api::escape_path(bao::api::join_path("/prefix", text));
  bao::api::HttpResponse response{400, {}, text, "http://127.0.0.1/v1/x", "GET"};
  (void)bao::api::error_text(response);
  return 0;
}
