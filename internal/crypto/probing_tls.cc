#include "internal/crypto/probing_tls.h"

#include "internal/base/ensure.h"
#include "internal/crypto/tls_steps.h"

namespace bao::crypto {

struct ProbingTls::Native {
  std::string protocol;
  SslPtr ssl;
};

ProbingTls::ProbingTls(int descriptor, const std::string& server_name, const std::string& protocol) : native_(std::make_unique<Native>()) {
  static const SslContextPtr kContext = make_client_context();
  native_->protocol = protocol;
  native_->ssl.reset(SSL_new(kContext.get()));
  SSL* ssl = native_->ssl.get();
  ENSURE(ssl && SSL_set_fd(ssl, descriptor) == 1, "no TLS stream: out of memory");
  if (!server_name.empty()) (void)SSL_set_tlsext_host_name(ssl, server_name.c_str());
  const std::string offered = static_cast<char>(protocol.size()) + protocol;
  if (!protocol.empty()) (void)SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(offered.data()), static_cast<unsigned>(offered.size()));
  SSL_set_connect_state(ssl);
}
ProbingTls::~ProbingTls() = default;

base::Result<TlsWants> ProbingTls::shake_hands() {
  ASSIGN_OR_RETURN(const TlsWants wants, crypto::shake_hands(native_->ssl.get()));
  if (wants == TlsWants::nothing && !agreed_on(native_->ssl.get(), native_->protocol))
    return base::Error(base::Code::unavailable, "handshake: the server did not choose the protocol " + native_->protocol);
  return wants;
}

base::Result<std::optional<size_t>> ProbingTls::read(char* to, size_t size) { return crypto::read(native_->ssl.get(), to, size); }
base::Result<std::optional<size_t>> ProbingTls::write(const char* from, size_t size) {
  return crypto::write(native_->ssl.get(), from, size);
}

std::vector<std::string> ProbingTls::peer_certificates() const {
  std::vector<std::string> found;
  const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(native_->ssl.get());  // a client's holds the leaf
  for (int i = 0; chain && i < sk_X509_num(chain); ++i) found.push_back(der_of(sk_X509_value(chain, i)));
  return found;
}

}  // namespace bao::crypto
