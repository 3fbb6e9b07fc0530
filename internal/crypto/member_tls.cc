#include "internal/crypto/member_tls.h"

#include <openssl/pem.h>

#include <utility>

#include "internal/crypto/tls_steps.h"

namespace bao::crypto {

struct MemberTlsContext::Native {
  std::string protocol;  // as ALPN writes it: its length, then its bytes
  SslContextPtr context;
};

struct MemberTls::Native {
  std::shared_ptr<const MemberTlsContext> context;
  Expects expects;
  std::string peer_certificate;
  SslPtr ssl;
};

namespace {

int place_of_expects() {
  static const int place = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return place;
}

std::string pem_of(X509* certificate) {
  const BioPtr text(BIO_new(BIO_s_mem()));
  if (!text || PEM_write_bio_X509(text.get(), certificate) != 1) return "";
  char* start = nullptr;
  const long size = BIO_get_mem_data(text.get(), &start);
  return {start, static_cast<size_t>(size)};
}

// In the place of OpenSSL's own judgement of chains. That the peer holds the key, the handshake proves.
int judge(X509_STORE_CTX* store, void*) {
  const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* expects = static_cast<const MemberTls::Expects*>(SSL_get_ex_data(ssl, place_of_expects()));
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  if (expects && leaf && (*expects)(pem_of(leaf))) return 1;
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
  return 0;
}

// The one protocol of this port, or no connection.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size, void* offered) {
  const auto& own = *static_cast<const std::string*>(offered);
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(own.data()), static_cast<unsigned>(own.size()), in,
                            in_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

MemberTlsContext::MemberTlsContext() : native_(std::make_unique<Native>()) {}
MemberTlsContext::~MemberTlsContext() = default;

base::Result<std::shared_ptr<const MemberTlsContext>> MemberTlsContext::make(const std::string& certificate,
                                                                             const base::SecretBytes& private_key,
                                                                             const std::string& protocol) {
  std::shared_ptr<MemberTlsContext> made(new MemberTlsContext);
  std::string& offered = made->native_->protocol;
  offered = static_cast<char>(protocol.size()) + protocol;
  SSL_CTX* context = SSL_CTX_new(TLS_method());
  made->native_->context.reset(context);
  if (!context) return base::internal("no TLS context: " + openssl_reason());
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_num_tickets(context, 0);  // who comes again proves again who it is
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, judge, nullptr);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, &offered);
  SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(offered.data()), static_cast<unsigned>(offered.size()));
  const std::string_view key_text = private_key.reveal();
  const BioPtr certificate_text(BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size())));
  const BioPtr key_bio(BIO_new_mem_buf(key_text.data(), static_cast<int>(key_text.size())));
  const X509Ptr leaf(PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
  const KeyPtr key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
  if (!leaf || !key || SSL_CTX_use_certificate(context, leaf.get()) != 1 || SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    return base::invalid("the member's certificate and key cannot be used: " + openssl_reason());
  return std::shared_ptr<const MemberTlsContext>(std::move(made));
}

MemberTls::MemberTls(std::shared_ptr<const MemberTlsContext> context, Side side, int descriptor, Expects expects)
    : native_(std::make_unique<Native>()) {
  Native& own = *native_;
  own.context = std::move(context);
  own.expects = [this, expects = std::move(expects)](const std::string& certificate) {
    native_->peer_certificate = certificate;
    return expects(certificate);
  };
  own.ssl.reset(SSL_new(own.context->native().context.get()));
  SSL* ssl = own.ssl.get();
  ENSURE(ssl && SSL_set_fd(ssl, descriptor) == 1 && SSL_set_ex_data(ssl, place_of_expects(), &own.expects) == 1,
         "no TLS stream: out of memory");
  if (side == Side::calls) SSL_set_connect_state(ssl);
  else SSL_set_accept_state(ssl);
}
MemberTls::~MemberTls() = default;

base::Result<MemberTls::Wants> MemberTls::shake_hands() {
  SSL* ssl = native_->ssl.get();
  ASSIGN_OR_RETURN(const Wants wants, crypto::shake_hands(ssl));
  const auto offered = std::string_view(native_->context->native().protocol).substr(1);
  if (wants == Wants::nothing && !agreed_on(ssl, offered)) return base::Error(base::Code::unavailable, "handshake: no common protocol");
  return wants;
}

base::Result<std::optional<size_t>> MemberTls::read(char* to, size_t size) { return crypto::read(native_->ssl.get(), to, size); }
base::Result<std::optional<size_t>> MemberTls::write(const char* from, size_t size) {
  return crypto::write(native_->ssl.get(), from, size);
}

bool MemberTls::has_more() const { return SSL_has_pending(native_->ssl.get()) == 1; }

void MemberTls::say_goodbye() {
  ERR_clear_error();
  SSL_shutdown(native_->ssl.get());
  ERR_clear_error();
}

const std::string& MemberTls::peer_certificate() const { return native_->peer_certificate; }

}  // namespace bao::crypto
