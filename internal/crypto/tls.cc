#include "internal/crypto/tls.h"

#include <cerrno>
#include <cstring>
#include <string_view>

#include "internal/crypto/tls_steps.h"

namespace bao::crypto {

struct TlsContext::Native {
  SslContextPtr context;
  bool usable = false;
};

struct TlsStream::Native {
  SslPtr ssl;
};

namespace {

using base::Status;

struct Suite {
  std::string_view go, openssl;
};
// TLS 1.2 suites by the names that Go gives them; those without forward secrecy or AEAD are not offered.
constexpr Suite kSuites[] = {
    {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"},
};

bool is_tls13_suite(std::string_view name) {
  return name == "TLS_AES_128_GCM_SHA256" || name == "TLS_AES_256_GCM_SHA384" || name == "TLS_CHACHA20_POLY1305_SHA256";
}

base::Result<std::string> suite_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    if (is_tls13_suite(name)) continue;  // always on, as in Go
    std::string_view found;
    for (const Suite& suite : kSuites) {
      if (suite.go == name) found = suite.openssl;
    }
    if (found.empty()) return base::invalid("invalid value for tls_cipher_suites: unsupported cipher \"" + name + "\"");
    if (!list.empty()) list += ':';
    list += found;
  }
  return list;
}

base::Result<int> version_number(const std::string& name, const char* key) {
  if (name == "tls12" || name.empty()) return TLS1_2_VERSION;
  if (name == "tls13") return TLS1_3_VERSION;
  if (name == "tls10" || name == "tls11") return base::invalid(std::string(key) + " " + name + " is not offered: it is broken");
  return base::invalid(std::string("invalid value for ") + key + ": \"" + name + "\"");
}

Status readable(const std::string& file) {
  BioPtr bio(BIO_new_file(file.c_str(), "r"));
  const int error = errno;
  ERR_clear_error();
  if (!bio) return base::invalid("open " + file + ": " + (error == ENOENT ? "no such file or directory" : std::strerror(error)));
  return {};
}

Status load_certificate(SSL_CTX* context, const TlsServerOptions& options) {
  TRY(readable(options.certificate_file));
  TRY(readable(options.key_file));
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1) {
    return base::invalid(options.certificate_file + ": " + openssl_reason());
  }
  if (SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    const std::string reason = openssl_reason();
    return base::invalid(mismatch ? "tls: private key does not match public key" : options.key_file + ": " + reason);
  }
  return {};
}

Status set_versions(SSL_CTX* context, const TlsServerOptions& options) {
  ASSIGN_OR_RETURN(const int low, version_number(options.minimum_version, "tls_min_version"));
  ASSIGN_OR_RETURN(const int high, version_number(options.maximum_version.empty() ? "tls13" : options.maximum_version,
                                                  "tls_max_version"));
  if (low > high) return base::invalid("'tls_max_version' must be greater than or equal to 'tls_min_version'");
  SSL_CTX_set_min_proto_version(context, low);
  SSL_CTX_set_max_proto_version(context, high);
  ASSIGN_OR_RETURN(std::string suites, suite_list(options.cipher_suites));
  if (suites.empty()) {
    for (const Suite& suite : kSuites) suites += (suites.empty() ? "" : ":") + std::string(suite.openssl);
  }
  if (SSL_CTX_set_cipher_list(context, suites.c_str()) != 1) return base::invalid("tls_cipher_suites: " + openssl_reason());
  return {};
}

// A certificate is asked for but not judged: possession of its key is proved by the handshake, trust is the caller's.
int accept_any_certificate(int, X509_STORE_CTX*) { return 1; }

Status set_client_certificates(SSL_CTX* context, const TlsServerOptions& options) {
  if (options.disable_client_certificates) {
    if (options.require_client_certificate) {
      return base::invalid("'tls_disable_client_certs' and 'tls_require_and_verify_client_cert' are mutually exclusive");
    }
    return {};
  }
  if (!options.client_ca_file.empty()) {
    TRY(readable(options.client_ca_file));
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(options.client_ca_file.c_str());
    if (!names || SSL_CTX_load_verify_file(context, options.client_ca_file.c_str()) != 1) {
      return base::invalid("failed to parse CA certificate in " + options.client_ca_file + ": " + openssl_reason());
    }
    SSL_CTX_set_client_CA_list(context, names);
  } else if (options.require_client_certificate) {
    SSL_CTX_set_default_verify_paths(context);
  }
  if (options.require_client_certificate) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  } else {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, accept_any_certificate);
  }
  return {};
}

void set_behaviour(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_read_ahead(context, 1);
  // Go's order: AES-128 first.
  SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
  SSL_CTX_set_num_tickets(context, 1);  // as Go; each costs the client a record
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets only: nothing is kept here
  SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384:P-521");
  static constexpr unsigned char kSessionContext[] = "bao";
  SSL_CTX_set_session_id_context(context, kSessionContext, sizeof kSessionContext - 1);
}

// Answers "http/1.1" to a client that offers it; clients that offer only other protocols go on without (as before ALPN).
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size, void*) {
  static constexpr unsigned char kOffered[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kOffered, sizeof kOffered - 1, in, in_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

TlsContext::TlsContext() : native_(std::make_unique<Native>()) {}
TlsContext::~TlsContext() = default;
bool TlsContext::usable() const { return native_->usable; }

base::Result<std::shared_ptr<const TlsContext>> TlsContext::server(const TlsServerOptions& options) {
  std::shared_ptr<TlsContext> made(new TlsContext);
  made->native_->context.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = made->native_->context.get();
  if (!context) return base::internal("no TLS context: " + openssl_reason());
  set_behaviour(context);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  TRY(set_versions(context, options));
  TRY(set_client_certificates(context, options));
  if (!options.certificate_file.empty() || !options.key_file.empty()) {
    TRY(load_certificate(context, options));
    made->native_->usable = true;
  }
  return std::shared_ptr<const TlsContext>(std::move(made));
}

TlsStream::TlsStream() : native_(std::make_unique<Native>()) {}
TlsStream::~TlsStream() = default;

base::Result<std::unique_ptr<TlsStream>> TlsStream::accept(const TlsContext& context, int descriptor, base::Duration at_most) {
  std::unique_ptr<TlsStream> stream(new TlsStream);
  SSL* ssl = SSL_new(context.native().context.get());
  if (!ssl) return base::Error(base::Code::unavailable, "no TLS connection: " + openssl_reason());
  stream->native_->ssl.reset(ssl);
  SSL_set_fd(ssl, descriptor);
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (true) {
    ERR_clear_error();
    const int outcome = SSL_accept(ssl);
    if (outcome == 1) return stream;
    const int error = SSL_get_error(ssl, outcome);
    const bool again = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
    if (again && std::chrono::steady_clock::now() < deadline) continue;
    if (again) return base::Error(base::Code::unavailable, "handshake timeout");
    if (ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_HTTP_REQUEST) {
      ERR_clear_error();
      return base::Error(base::Code::unsupported, "client sent an HTTP request to an HTTPS server");
    }
    return base::Error(base::Code::unavailable, "handshake: " + openssl_reason());
  }
}

base::Result<size_t> TlsStream::read(char* to, size_t size) {
  size_t done = 0;
  forget_errors();
  if (SSL_read_ex(native_->ssl.get(), to, size, &done) == 1) return done;
  switch (SSL_get_error(native_->ssl.get(), 0)) {
    case SSL_ERROR_ZERO_RETURN: return size_t{0};
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return base::Error(base::Code::exhausted, "timeout");
    default: return base::Error(base::Code::unavailable, "connection broken: " + openssl_reason());
  }
}

base::Result<size_t> TlsStream::write(const char* from, size_t size) {
  size_t done = 0;
  forget_errors();
  if (size == 0 || SSL_write_ex(native_->ssl.get(), from, size, &done) == 1) return done;
  switch (SSL_get_error(native_->ssl.get(), 0)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return base::Error(base::Code::exhausted, "timeout");
    default: return base::Error(base::Code::unavailable, "connection broken: " + openssl_reason());
  }
}

// Refused while a record is held, which then goes out or is read first.
void TlsStream::release_buffers() { (void)SSL_free_buffers(native_->ssl.get()); }

size_t TlsStream::pending() const { return static_cast<size_t>(SSL_pending(native_->ssl.get())); }

void TlsStream::close_notify() {
  ERR_clear_error();
  SSL_shutdown(native_->ssl.get());
  ERR_clear_error();
}

std::vector<std::string> TlsStream::peer_certificates() const {
  std::vector<std::string> found;
  // On the server side the chain does not hold the leaf.
  if (X509* leaf = SSL_get0_peer_certificate(native_->ssl.get())) found.push_back(der_of(leaf));
  if (found.empty()) return found;
  const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(native_->ssl.get());
  for (int i = 0; chain && i < sk_X509_num(chain); ++i) found.push_back(der_of(sk_X509_value(chain, i)));
  return found;
}

std::string TlsStream::verified_serial_number() const {
  const SSL* ssl = native_->ssl.get();
  const bool verified = (SSL_get_verify_mode(ssl) & SSL_VERIFY_FAIL_IF_NO_PEER_CERT) != 0 && SSL_get_verify_result(ssl) == X509_V_OK;
  const X509* leaf = SSL_get0_peer_certificate(ssl);
  if (!verified || leaf == nullptr) return "";
  const std::unique_ptr<BIGNUM, FreeBy<BN_free>> number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(leaf), nullptr));
  char* digits = number ? BN_bn2dec(number.get()) : nullptr;
  std::string text(digits == nullptr ? "" : digits);
  OPENSSL_free(digits);
  return text;
}

}  // namespace bao::crypto
