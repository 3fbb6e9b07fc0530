// CRC-32C (Castagnoli), as iSCSI, snappy and our log have it: RFC 3720 appendix B.4. A pure function.
#pragma once

#include <cstdint>
#include <string_view>

namespace bao::codec {

// Of `bytes` alone, or of what `before` is the CRC of followed by `bytes`.
uint32_t crc32c(std::string_view bytes, uint32_t before = 0);

}  // namespace bao::codec
