// TLS as a client that wants to see who answers: no certificate is verified, the caller judges it. Over a socket that never
// blocks; belongs to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/crypto/tls_wants.h"

namespace bao::crypto {

class ProbingTls {
 public:
  // Over a descriptor that stays the caller's and lives longer. `server_name` is said in the clear (SNI; "": nothing is said);
  // `protocol` is the only one offered (ALPN; "": none). TLS 1.2 and 1.3; nothing of a session is kept.
  ProbingTls(int descriptor, const std::string& server_name, const std::string& protocol);
  ~ProbingTls();
  // Goes on with the handshake. Errors: unavailable, with what is wrong; the other side chose no protocol where one was offered.
  base::Result<TlsWants> shake_hands();
  // Bytes read, none when nothing is there; 0 at an orderly end. Errors: unavailable.
  base::Result<std::optional<size_t>> read(char* to, size_t size);
  // Bytes taken, none when the socket is full: then the same bytes come again. Errors: unavailable.
  base::Result<std::optional<size_t>> write(const char* from, size_t size);
  // DER, leaf first, after the handshake. The other side has proved that it holds the leaf's key.
  std::vector<std::string> peer_certificates() const;

 private:
  struct Native;
  std::unique_ptr<Native> native_;
};

}  // namespace bao::crypto
