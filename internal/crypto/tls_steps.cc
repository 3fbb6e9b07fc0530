#include "internal/crypto/tls_steps.h"

#include "internal/base/ensure.h"

namespace bao::crypto {
namespace {

base::Error broken(const std::string& during) {
  const std::string reason = openssl_reason();
  return {base::Code::unavailable, during + ": " + (reason == "unknown error" ? "the connection ended" : reason)};
}

}  // namespace

SslContextPtr make_client_context() {
  SslContextPtr owner(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = owner.get();
  ENSURE(context, "no TLS context: out of memory");
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // An end of the connection that TLS doesn't announce is an end: what was to come is judged by whoever reads.
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
  return owner;
}

base::Result<TlsWants> shake_hands(SSL* ssl) {
  forget_errors();
  const int outcome = SSL_do_handshake(ssl);
  if (outcome == 1) return TlsWants::nothing;
  switch (SSL_get_error(ssl, outcome)) {
    case SSL_ERROR_WANT_READ: return TlsWants::to_read;
    case SSL_ERROR_WANT_WRITE: return TlsWants::to_write;
    default: return broken("handshake");
  }
}

bool agreed_on(const SSL* ssl, std::string_view protocol) {
  const unsigned char* agreed = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &agreed, &size);
  return std::string_view(reinterpret_cast<const char*>(agreed), size) == protocol;
}

base::Result<std::optional<size_t>> read(SSL* ssl, char* to, size_t size) {
  size_t done = 0;
  forget_errors();
  if (SSL_read_ex(ssl, to, size, &done) == 1) return std::optional(done);
  switch (SSL_get_error(ssl, 0)) {
    case SSL_ERROR_ZERO_RETURN: return std::optional(size_t{0});
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return std::optional<size_t>();
    default: return broken("read");
  }
}

base::Result<std::optional<size_t>> write(SSL* ssl, const char* from, size_t size) {
  size_t done = 0;
  forget_errors();
  if (SSL_write_ex(ssl, from, size, &done) == 1) return std::optional(done);
  switch (SSL_get_error(ssl, 0)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return std::optional<size_t>();
    default: return broken("write");
  }
}

std::string der_of(const X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  std::string out(reinterpret_cast<const char*>(der), size > 0 ? static_cast<size_t>(size) : 0);
  OPENSSL_free(der);
  return out;
}

}  // namespace bao::crypto
