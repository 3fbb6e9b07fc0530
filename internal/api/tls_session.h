// The TLS side of a client connection: what it trusts, what it shows, and why a handshake failed, in Go's words.
// Includes httplib.h, and OpenSSL through it: for this folder's sources alone.
#pragma once

#include <httplib.h>

#include <string>

#include "internal/api/tls_options.h"

namespace bao::api {

// Outlives the context that it is attached to; used by the thread that runs the handshake.
class TlsSession {
 public:
  // Loads trust and identity into the context of a client that was just made. Errors as check_tls.
  base::Status attach(ssl_ctx_st* context, const TlsOptions& options);
  // To be called before each request, so that failure() sees that request's errors alone.
  static void forget_errors();
  // Why the last handshake with `host` failed: "tls: failed to verify certificate: x509: …", "remote error: tls: …",
  // "http: server gave HTTP response to HTTPS client".
  std::string failure(const std::string& host) const;

 private:
  static int verify(x509_store_ctx_st* store, void* session);

  int result_ = 0;              // X509_V_…, of the chain
  std::string validity_error_;  // of an expired or future certificate
  std::vector<std::string> names_, addresses_;  // subjectAltName of the server's certificate
  bool has_common_name_ = false;
};

}  // namespace bao::api
