// TLS as a client that talks to nobody but the host it means: the certificate is verified. Over a socket that never blocks; belongs to
// one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "internal/base/result.h"
#include "internal/crypto/tls_wants.h"

namespace bao::crypto {

class VerifyingTls {
 public:
  // Over a descriptor that stays the caller's and lives longer. `host`: the name or address that the certificate has to be for. `ca_file`:
  // PEM of those who may vouch for it, "": the machine's. TLS 1.2 and 1.3; nothing of a session is kept. Errors: invalid, for the file.
  static base::Result<std::unique_ptr<VerifyingTls>> make(int descriptor, const std::string& host, const std::string& ca_file);
  ~VerifyingTls();
  // Goes on with the handshake. Errors: unavailable, with what is wrong.
  base::Result<TlsWants> shake_hands();
  // Bytes read, none when nothing is there; 0 at an orderly end. Errors: unavailable.
  base::Result<std::optional<size_t>> read(char* to, size_t size);
  // Bytes taken, none when the socket is full: then the same bytes come again. Errors: unavailable.
  base::Result<std::optional<size_t>> write(const char* from, size_t size);

 private:
  VerifyingTls();
  struct Native;
  std::unique_ptr<Native> native_;
};

}  // namespace bao::crypto
