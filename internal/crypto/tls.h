// TLS for listeners: a context that can be exchanged while connections go on, and streams over a socket. The only place
// that knows OpenSSL's TLS. A TlsContext is immutable and thread-safe; a TlsStream belongs to one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "internal/base/result.h"

namespace bao::crypto {

struct TlsServerOptions {
  std::string certificate_file, key_file;  // PEM; the certificate file may hold the chain
  std::string client_ca_file;              // "": none
  bool require_client_certificate = false; // and verify it by client_ca_file
  bool disable_client_certificates = false;
  std::string minimum_version = "tls12", maximum_version = "tls13";  // tls10 and tls11 are refused
  std::vector<std::string> cipher_suites;  // names as Go writes them; TLS 1.2 only
};

class TlsContext {
 public:
  // Loads the files. Errors name the file and what is wrong with it.
  static base::Result<std::shared_ptr<const TlsContext>> server(const TlsServerOptions& options);
  ~TlsContext();
  struct Native;
  const Native& native() const { return *native_; }

 private:
  TlsContext();
  std::unique_ptr<Native> native_;
};

// One connection. The descriptor stays the caller's (blocking, with SO_RCVTIMEO/SO_SNDTIMEO as deadlines).
class TlsStream {
 public:
  static base::Result<std::unique_ptr<TlsStream>> accept(const TlsContext& context, int descriptor);
  ~TlsStream();
  // Bytes read; 0 at an orderly end. Errors: unavailable (timeout, reset).
  base::Result<size_t> read(char* to, size_t size);
  base::Status write(const char* from, size_t size);
  size_t pending() const;       // bytes decrypted but not read
  void close_notify();
  std::vector<std::string> peer_certificates() const;  // DER, leaf first; verified ones only

 private:
  TlsStream();
  struct Native;
  std::unique_ptr<Native> native_;
};

// A self-signed P-256 certificate for development servers: PEM files written into a folder.
struct TlsFiles { std::string ca_file, certificate_file, key_file; };
base::Result<TlsFiles> make_development_certificate(const std::string& folder, const std::vector<std::string>& hosts);

}  // namespace bao::crypto
