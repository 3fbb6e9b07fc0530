// What a TLS stream over a socket that never blocks waits for.
#pragma once

namespace bao::crypto {

enum class TlsWants { nothing, to_read, to_write };  // before the same can go on

}  // namespace bao::crypto
