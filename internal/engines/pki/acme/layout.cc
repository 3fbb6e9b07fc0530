#include "internal/engines/pki/acme/layout.h"

#include <cctype>

namespace bao::engines::pki::acme::layout {

bool is_id(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : std::isalnum(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

}  // namespace bao::engines::pki::acme::layout
