// Serial numbers as text: refused or read, and then written so that they read back the same.
#include "internal/base/ensure.h"
#include "internal/crypto/x509/serial.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao::crypto::x509;
  const auto serial = parse_serial(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!serial || serial->empty()) return 0;  // zero is no serial number, and has no text
  ENSURE(serial->front() != 0, "no leading zeros");
  for (const char separator : {':', '-'}) ENSURE(parse_serial(serial_text(*serial, separator)) == serial, "it reads back the same");
  return 0;
}
