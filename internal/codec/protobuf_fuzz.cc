// The fields of a message put together are the message.
#include <string>

#include "internal/base/ensure.h"
#include "internal/codec/protobuf.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto fields = bao::codec::parse_wire(text);
  if (!fields.ok()) return 0;
  std::string again;
  for (const auto& field : *fields) again += field.whole;
  ENSURE(again == text, "no byte is lost");
  return 0;
}
