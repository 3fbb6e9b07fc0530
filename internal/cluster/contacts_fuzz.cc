// Fuzz entry: what members tell each other of themselves, whatever the bytes are.
#include <cstdint>
#include <string>

#include "internal/base/ensure.h"
#include "internal/cluster/contacts.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto news = bao::cluster::decode_news({reinterpret_cast<const char*>(data), size});
  if (!news.ok()) return 0;
  const auto again = bao::cluster::decode_news(bao::cluster::encode_news(*news));
  ENSURE(again.ok() && *again == *news, "what was read is written alike");
  return 0;
}
