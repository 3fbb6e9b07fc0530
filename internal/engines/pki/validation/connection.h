// A connection to a host that a client named: looked up, each address judged, and the very address that was judged is dialed, so
// that no second look-up can lead elsewhere. Belongs to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "internal/crypto/probing_tls.h"
#include "internal/engines/pki/validation/attempt.h"

namespace bao::engines::pki::acme {

// A name of letters, digits, '-', '_' and '.', or an address in text.
bool is_host(const std::string& host);
bool is_address(const std::string& host);

class Connection {
 public:
  // IPv6 first, then IPv4. Nothing: `why` says what failed (dns, connection). The attempt outlives the connection.
  static std::optional<Connection> open(const std::string& host, uint16_t port, const std::string& dns_resolver,
                                        const Attempt& attempt, Verdict& why);
  // Errors of all below: unavailable (broken, out of time, not wanted any more).
  base::Status start_tls(const std::string& server_name, const std::string& protocol);
  base::Status write(std::string_view bytes);
  base::Result<size_t> read(char* to, size_t size);  // 0: the end
  std::vector<std::string> peer_certificates() const { return tls_->peer_certificates(); }

 private:
  Connection(net::Socket socket, const Attempt& attempt) : attempt_(&attempt), socket_(std::move(socket)) {}
  base::Status wait(short events) const;
  base::Result<std::optional<size_t>> read_now(char* to, size_t size);
  base::Result<std::optional<size_t>> write_now(std::string_view bytes);

  const Attempt* attempt_;
  net::Socket socket_;
  std::unique_ptr<crypto::ProbingTls> tls_;  // goes before the socket
};

}  // namespace bao::engines::pki::acme
