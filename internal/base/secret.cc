#include "internal/base/secret.h"

#include <cstring>

namespace bao::base {

void wipe(void* memory, size_t size) noexcept {
  if (size != 0) explicit_bzero(memory, size);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

SecretBytes SecretBytes::take(std::string&& bytes) {
  SecretBytes secret{std::string_view(bytes)};
  wipe(bytes);
  return secret;
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    wipe(bytes_);
    bytes_ = std::string(other.bytes_);
    wipe(other.bytes_);
  }
  return *this;
}

}  // namespace bao::base
