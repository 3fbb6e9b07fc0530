// The bytes of one connection: a socket, with or without TLS, and its deadlines. Belongs to the connection's thread, but
// for `interrupt` and `cut_off`, which any thread may call while the transport lives.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/crypto/tls.h"

namespace bao::http {

using SteadyTime = std::chrono::steady_clock::time_point;

class Transport {
 public:
  // Owns the descriptor. Reads and writes come back after `tick` at the latest, so that deadlines hold against peers that
  // trickle.
  Transport(int descriptor, base::Duration tick);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // The TLS handshake. Errors: unsupported (plain HTTP spoken), unavailable.
  base::Status start_tls(const crypto::TlsContext& context, base::Duration at_most);
  // Bytes read; 0 at the end. Errors: exhausted (a tick passed without any), unavailable (reset).
  base::Result<size_t> read(char* to, size_t size);
  // Everything, or an error: unavailable (deadline passed, reset).
  base::Status write(std::string_view bytes, SteadyTime deadline);
  // Waits until bytes can be read, holding no buffers. False: the time passed.
  bool wait_readable(base::Duration at_most) const;
  // It has said that it sends nothing more, or the connection is broken.
  bool peer_left() const;
  std::vector<std::string> peer_certificates() const { return tls_ ? tls_->peer_certificates() : std::vector<std::string>(); }
  std::string verified_serial_number() const { return tls_ ? tls_->verified_serial_number() : ""; }
  // Gives back what only a busy connection needs.
  void release_buffers() {
    if (tls_) tls_->release_buffers();
  }
  // No more writes; what the peer still sends is read over, bounded, so that it sees the answer before a reset.
  void close_politely(base::Duration at_most);
  // A read that waits ends as if the peer had closed.
  void interrupt();
  // Reads and writes end with errors.
  void cut_off();

 private:
  int descriptor_;
  std::unique_ptr<crypto::TlsStream> tls_;
};

}  // namespace bao::http
