// TLS for listeners: a context that can be exchanged while connections go on, and streams over a socket. The only place
// that knows OpenSSL's TLS. A TlsContext is immutable and thread-safe; a TlsStream belongs to one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/base/secret.h"

namespace bao::crypto {

struct TlsServerOptions {
  std::string certificate_file, key_file;  // PEM; the certificate file may hold the chain
  std::string client_ca_file;              // "": none
  bool require_client_certificate = false;  // and verify it by client_ca_file
  bool disable_client_certificates = false;
  std::string minimum_version = "tls12", maximum_version = "tls13";  // tls10 and tls11 are refused
  std::vector<std::string> cipher_suites;  // names as Go writes them; TLS 1.2 only
};

class TlsContext {
 public:
  // Loads the files. Without any files: a context that can't complete a handshake (as the reference starts too); `usable`
  // says so. Errors name the file and what is wrong with it.
  static base::Result<std::shared_ptr<const TlsContext>> server(const TlsServerOptions& options);
  ~TlsContext();
  bool usable() const;  // has a certificate
  struct Native;
  const Native& native() const { return *native_; }

 private:
  TlsContext();
  std::unique_ptr<Native> native_;
};

// One connection. The descriptor stays the caller's (blocking, with SO_RCVTIMEO/SO_SNDTIMEO as deadlines).
class TlsStream {
 public:
  // Runs the handshake, at most that long. Errors: unsupported when the peer speaks plain HTTP (nothing was sent yet),
  // unavailable otherwise.
  static base::Result<std::unique_ptr<TlsStream>> accept(const TlsContext& context, int descriptor, base::Duration at_most);
  ~TlsStream();
  // Bytes read; 0 at an orderly end. Errors: exhausted when the descriptor's timeout passed (read again later),
  // unavailable after a reset or a broken record.
  base::Result<size_t> read(char* to, size_t size);
  // Writes one record of it and returns the bytes taken. Errors: exhausted when the descriptor's timeout passed (write the
  // same bytes again), unavailable after a reset.
  base::Result<size_t> write(const char* from, size_t size);
  size_t pending() const;       // bytes decrypted but not read
  // Gives the record buffers (34 KB) back until the next read or write. For a connection that is idle.
  void release_buffers();
  void close_notify();
  // DER, leaf first. The peer has proved that it holds the leaf's key; chains are verified only where the options require
  // client certificates, so whoever trusts one otherwise verifies it (as the reference's cert method does).
  std::vector<std::string> peer_certificates() const;
  // Decimal, of the leaf; "" unless the options require client certificates, and so verify its chain.
  std::string verified_serial_number() const;

 private:
  TlsStream();
  struct Native;
  std::unique_ptr<Native> native_;
};

// A P-256 authority and a certificate by it for development servers: vault-ca.pem, vault-cert.pem, vault-key.pem (0600)
// written into a folder. Hosts are DNS names or IP addresses. Errors name the file.
struct TlsFiles {
  std::string ca_file, certificate_file, key_file;
};
base::Result<TlsFiles> make_development_certificate(const std::string& folder, const std::vector<std::string>& hosts);

// A P-256 key and a certificate of it by itself, both PEM, for a member of a cluster.
struct CertificateAndKey {
  std::string certificate;
  base::SecretBytes private_key;
};
base::Result<CertificateAndKey> make_member_certificate(const std::string& name);

}  // namespace bao::crypto
