#include "internal/crypto/x509/extension.h"

#include "internal/crypto/x509/der.h"

namespace bao::crypto::x509 {

bool is_oid(std::string_view text) {
  uint64_t number = 0, first = 0;
  size_t index = 0, digits = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != '.') {
      if (text[i] < '0' || text[i] > '9' || (digits == 1 && number == 0)) return false;  // no leading zeros
      number = number * 10 + static_cast<uint64_t>(text[i] - '0');
      if (number > kOidNumberMax) return false;
      ++digits;
      continue;
    }
    if (digits == 0 || (index == 0 && number > 2) || (index == 1 && first < 2 && number > 39)) return false;
    if (index == 0) first = number;
    ++index;
    number = digits = 0;
  }
  return index >= 2;
}

std::string encode_basic_constraints(const BasicConstraints& constraints) {
  if (!constraints.ca) return der::sequence({});
  return der::sequence({der::boolean(true), constraints.path_length ? der::integer(static_cast<uint64_t>(*constraints.path_length)) : ""});
}

std::string encode_key_usage(uint16_t usages) {
  // A named bit list: bit 0 is the first byte's highest, zero bits at its end are left out.
  std::string bits;
  int last = -1;
  for (int i = 0; i < 9; ++i) {
    if ((usages >> i & 1) == 0) continue;
    bits.resize(static_cast<size_t>(i / 8 + 1), '\0');
    bits[static_cast<size_t>(i / 8)] = static_cast<char>(bits[static_cast<size_t>(i / 8)] | 0x80 >> (i % 8));
    last = i;
  }
  const char unused = static_cast<char>(last < 0 ? 0 : 7 - last % 8);
  return der::element(der::kBitString, {std::string_view(&unused, 1), bits});
}

std::string encode_extended_key_usages(const std::vector<std::string>& oids) {
  std::string content;
  for (const std::string& oid : oids) content += der::oid(oid);
  return der::sequence({content});
}

}  // namespace bao::crypto::x509
