// Text forms of bytes as they come in paths, queries and bodies: refused or read, and then written so that they read back the same.
#include "internal/base/ensure.h"
#include "internal/codec/encoding.h"

namespace {

using bao::base::Result;
using Decode = Result<std::string> (*)(std::string_view);
using Encode = std::string (*)(std::string_view);

void reads_back(std::string_view text, Decode decode, Encode encode) {
  const auto bytes = decode(text);
  if (!bytes.ok()) return;
  const auto again = decode(encode(*bytes));
  ENSURE(again.ok() && *again == *bytes, "it reads back the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::codec;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  reads_back(text, from_hex, to_hex);
  reads_back(text, from_base64, to_base64);
  reads_back(text, from_base64url, to_base64url);
  reads_back(text, percent_decode, percent_encode_path);
  (void)from_base62(text);
  if (const auto query = parse_query(text); query.ok()) {
    for (const auto& [name, value] : *query) ENSURE(*percent_decode(percent_encode_query(name)) == name, "a name reads back the same");
  }
  ENSURE(is_valid_utf8(valid_utf8(text)), "what was made UTF-8 is");
  return 0;
}
