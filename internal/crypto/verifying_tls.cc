#include "internal/crypto/verifying_tls.h"

#include <openssl/x509v3.h>

#include "internal/base/ensure.h"
#include "internal/crypto/tls_steps.h"

namespace bao::crypto {

struct VerifyingTls::Native {
  SslContextPtr context;
  SslPtr ssl;
};

VerifyingTls::VerifyingTls() : native_(std::make_unique<Native>()) {}
VerifyingTls::~VerifyingTls() = default;

base::Result<std::unique_ptr<VerifyingTls>> VerifyingTls::make(int descriptor, const std::string& host, const std::string& ca_file) {
  std::unique_ptr<VerifyingTls> tls(new VerifyingTls);
  Native& native = *tls->native_;
  native.context = make_client_context();
  SSL_CTX* context = native.context.get();
  const bool loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context) == 1
                                      : SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) == 1;
  if (!loaded) return base::invalid("the certificates of " + (ca_file.empty() ? std::string("the machine") : ca_file) + " cannot be read");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  native.ssl.reset(SSL_new(context));
  SSL* ssl = native.ssl.get();
  ENSURE(ssl && SSL_set_fd(ssl, descriptor) == 1, "no TLS stream: out of memory");
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) != 1) {  // no address: a name
    ENSURE(SSL_set1_host(ssl, host.c_str()) == 1, "no TLS stream: out of memory");
    (void)SSL_set_tlsext_host_name(ssl, host.c_str());
  }
  SSL_set_connect_state(ssl);
  return tls;
}

base::Result<TlsWants> VerifyingTls::shake_hands() { return crypto::shake_hands(native_->ssl.get()); }
base::Result<std::optional<size_t>> VerifyingTls::read(char* to, size_t size) { return crypto::read(native_->ssl.get(), to, size); }
base::Result<std::optional<size_t>> VerifyingTls::write(const char* from, size_t size) {
  return crypto::write(native_->ssl.get(), from, size);
}

}  // namespace bao::crypto
