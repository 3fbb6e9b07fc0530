// TLS server contexts and streams; the only place besides this folder's other files that sees OpenSSL. A Context is
// immutable and shared; a Stream belongs to one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::crypto {

struct TlsServerConfig {
  std::string cert_file, key_file;      // PEM
  std::string client_ca_file;           // "" : none
  bool require_client_cert = false;
  bool request_client_cert = true;      // !tls_disable_client_certs
  int version_min = 12, version_max = 13;  // TLS 1.2, 1.3
  std::string cipher_suites;            // of TLS 1.2, OpenSSL or Go names, comma separated; "" default
};

class TlsContext;  // wraps SSL_CTX
// Errors name the file that cannot be used.
base::Result<std::shared_ptr<const TlsContext>> make_tls_context(const TlsServerConfig& config);

enum class StreamState { ok, closed, timed_out, failed };
struct Transfer { StreamState state; size_t bytes; };

// A server-side TLS connection over a blocking socket with SO_RCVTIMEO/SO_SNDTIMEO set by its owner.
class TlsStream {
 public:
  TlsStream(std::shared_ptr<const TlsContext> context, int socket);
  ~TlsStream();
  TlsStream(TlsStream&&) noexcept;
  base::Status handshake();
  Transfer read(char* buffer, size_t size);
  Transfer write(std::string_view bytes);  // all or an error
  void shutdown();
  // Verified client certificate chain as DER, leaf first; empty without one.
  std::vector<std::string> peer_certificates() const;
  struct State;

 private:
  std::unique_ptr<State> state_;
};

// A self-signed P-256 certificate authority and a server certificate for localhost and 127.0.0.1, as PEM
// (`server -dev-tls`).
struct DevCertificates { std::string ca_pem, cert_pem, key_pem; };
base::Result<DevCertificates> make_dev_certificates();

}  // namespace bao::crypto
