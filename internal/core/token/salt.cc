#include "internal/core/token/salt.h"

#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"

namespace bao::core {

std::string TokenSalt::salted(std::string_view id) const {
  if (id.find('.') == std::string_view::npos) {
    return codec::to_hex(crypto::sha1(text_ + std::string(id)));
  }
  return "h" + codec::to_hex(crypto::hmac_sha256(text_, id));
}

std::string_view namespace_suffix(std::string_view id) {
  for (const std::string_view prefix : {"s.", "b.", "r.", "hvs.", "hvb.", "hvr."}) {
    if (id.starts_with(prefix)) {
      id.remove_prefix(prefix.size());
      break;
    }
  }
  const size_t dot = id.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : id.substr(dot + 1);
}

}  // namespace bao::core
