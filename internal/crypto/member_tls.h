// Mutual TLS 1.3 between the members of a cluster, over sockets that never block: keys from memory, and each side decides by the
// other's certificate, byte for byte, without authorities. A context is immutable and thread-safe; a stream is used by one
// thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "internal/base/result.h"
#include "internal/base/secret.h"
#include "internal/crypto/tls_wants.h"

namespace bao::crypto {

class MemberTlsContext {
 public:
  // Both PEM; `protocol` is what both sides must agree on, by ALPN. Errors: invalid (certificate and key cannot be used, or do
  // not belong together).
  static base::Result<std::shared_ptr<const MemberTlsContext>> make(const std::string& certificate,
                                                                    const base::SecretBytes& private_key,
                                                                    const std::string& protocol);
  ~MemberTlsContext();
  struct Native;
  const Native& native() const { return *native_; }

 private:
  MemberTlsContext();
  std::unique_ptr<Native> native_;
};

class MemberTls {
 public:
  enum class Side { calls, answers };
  using Wants = TlsWants;
  // Whether the certificate (PEM) is that of somebody expected; asked once, during the handshake, of one who holds its key.
  using Expects = std::function<bool(const std::string& certificate)>;

  // Over a descriptor that stays the caller's and lives longer.
  MemberTls(std::shared_ptr<const MemberTlsContext> context, Side side, int descriptor, Expects expects);
  ~MemberTls();
  // Goes on with the handshake. Errors: unavailable, with what is wrong.
  base::Result<Wants> shake_hands();
  // Bytes read, none when nothing is there; 0 at an orderly end. Errors: unavailable.
  base::Result<std::optional<size_t>> read(char* to, size_t size);
  // Bytes taken, none when the socket is full: then the same bytes come again. Errors: unavailable.
  base::Result<std::optional<size_t>> write(const char* from, size_t size);
  bool has_more() const;  // to read, without the socket
  void say_goodbye();     // no more writes
  const std::string& peer_certificate() const;  // PEM, after the handshake

 private:
  struct Native;
  std::unique_ptr<Native> native_;
};

}  // namespace bao::crypto
