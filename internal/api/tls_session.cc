#include "internal/api/tls_session.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

#include "internal/base/clock.h"
#include "internal/base/time_format.h"

namespace bao::api {
namespace {

template <auto kFree>
struct Freed {
  template <typename T>
  void operator()(T* object) const { kFree(object); }
};
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Store = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;

Memory memory_of(std::string_view text) { return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

std::string lower_strerror(int error) {
  std::string text = std::strerror(error);
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

base::Result<std::string> read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::invalid("open " + path + ": " + lower_strerror(errno));
  std::ostringstream content;
  content << file.rdbuf();
  return std::move(content).str();
}

// Adds every certificate of a PEM text; false when it has none.
bool add_certificates(X509_STORE* store, std::string_view pem) {
  const Memory memory = memory_of(pem);
  bool any = false;
  while (Certificate certificate{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)}) {
    X509_STORE_add_cert(store, certificate.get());
    any = true;
  }
  ERR_clear_error();
  return any;
}

base::Status add_folder(X509_STORE* store, const std::string& folder) {
  struct stat about{};
  if (lstat(folder.c_str(), &about) != 0) return base::invalid("lstat " + folder + ": " + lower_strerror(errno));
  if (!S_ISDIR(about.st_mode)) return base::invalid("Error loading CA Path: " + folder + " is not a directory");
  const std::unique_ptr<DIR, Freed<closedir>> listing(opendir(folder.c_str()));
  if (listing == nullptr) return base::invalid("open " + folder + ": " + lower_strerror(errno));
  while (const dirent* entry = readdir(listing.get())) {
    const std::string path = folder + "/" + entry->d_name;
    if (stat(path.c_str(), &about) != 0 || S_ISDIR(about.st_mode)) continue;
    ASSIGN_OR_RETURN(const std::string pem, read_whole(path));
    if (!add_certificates(store, pem)) return base::invalid("Error loading CA Path: Couldn't parse PEM in: " + path);
  }
  return {};
}

// The store of what is trusted, or none for the system's own.
base::Result<Store> trusted(const TlsOptions& options) {
  if (options.ca_cert_file.empty() && options.ca_cert_pem.empty() && options.ca_path.empty()) return Store();
  Store store(X509_STORE_new());
  if (!options.ca_cert_file.empty()) {
    auto pem = read_whole(options.ca_cert_file);
    if (!pem.ok()) return base::invalid("Error loading CA File: " + pem.error().message());
    if (!add_certificates(store.get(), *pem)) {
      return base::invalid("Error loading CA File: Couldn't parse PEM in: " + options.ca_cert_file);
    }
  } else if (!options.ca_cert_pem.empty()) {
    if (!add_certificates(store.get(), options.ca_cert_pem)) {
      return base::invalid("Error appending CA: Couldn't parse PEM");
    }
  } else {
    TRY(add_folder(store.get(), options.ca_path));
  }
  return store;
}

struct Identity {
  std::vector<Certificate> chain;  // leaf first; empty: shows nothing
  Key key;
};

base::Result<Identity> identity_of(const std::string& certificate_pem, const std::string& key_pem) {
  Identity identity;
  const Memory certificates = memory_of(certificate_pem), keys = memory_of(key_pem);
  while (Certificate certificate{PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr)}) {
    identity.chain.push_back(std::move(certificate));
  }
  ERR_clear_error();
  if (identity.chain.empty()) return base::invalid("tls: failed to find any PEM data in certificate input");
  identity.key.reset(PEM_read_bio_PrivateKey(keys.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (identity.key == nullptr) return base::invalid("tls: failed to find any PEM data in key input");
  if (X509_check_private_key(identity.chain.front().get(), identity.key.get()) != 1) {
    ERR_clear_error();
    return base::invalid("tls: private key does not match public key");
  }
  return identity;
}

base::Result<Identity> identity(const TlsOptions& options) {
  if (!options.client_cert_file.empty() && !options.client_key_file.empty()) {
    ASSIGN_OR_RETURN(const std::string certificate, read_whole(options.client_cert_file));
    ASSIGN_OR_RETURN(const std::string key, read_whole(options.client_key_file));
    return identity_of(certificate, key);
  }
  if (!options.client_cert_pem.empty() && !options.client_key_pem.empty()) {
    return identity_of(options.client_cert_pem, options.client_key_pem);
  }
  if (options.client_cert_file.empty() && options.client_key_file.empty() && options.client_cert_pem.empty() &&
      options.client_key_pem.empty()) {
    return Identity();
  }
  return base::invalid("both client cert and client key must be provided");
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
  return text;
}

bool is_address(const std::string& host) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, host.c_str(), bytes) == 1 || inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

std::string time_text(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "?";
  return base::format_rfc3339_seconds(base::Time(std::chrono::seconds(timegm(&parts))));
}

// "current time 2026-… is after 2025-…", as x509.CertificateInvalidError says it.
std::string validity_text(const X509* certificate, bool expired) {
  const ASN1_TIME* bound = expired ? X509_get0_notAfter(certificate) : X509_get0_notBefore(certificate);
  return "x509: certificate has expired or is not yet valid: current time " +
         base::format_rfc3339_seconds(base::system_clock().now()) + (expired ? " is after " : " is before ") + time_text(bound);
}

// RFC 8446 6.2, as Go names alerts.
std::string alert_text(int alert) {
  switch (alert) {
    case 40: return "handshake failure";
    case 42: return "bad certificate";
    case 43: return "unsupported certificate";
    case 44: return "revoked certificate";
    case 45: return "expired certificate";
    case 46: return "unknown certificate";
    case 48: return "unknown certificate authority";
    case 49: return "access denied";
    case 70: return "protocol version not supported";
    case 80: return "internal error";
    case 112: return "unrecognized name";
    case 116: return "certificate required";
    case 120: return "no application protocol";
    default: return "alert(" + std::to_string(alert) + ")";
  }
}

// The first error that OpenSSL noted; the last one is about shutting the failed connection down.
std::string protocol_failure() {
  const unsigned long error = ERR_peek_error();
  const int reason = ERR_GET_REASON(error);
  if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST) {
    return "http: server gave HTTP response to HTTPS client";
  }
  if (reason >= SSL_AD_REASON_OFFSET) return "remote error: tls: " + alert_text(reason - SSL_AD_REASON_OFFSET);
  const char* text = ERR_reason_error_string(error);
  return text == nullptr ? "EOF" : std::string("tls: ") + text;
}

}  // namespace

void TlsSession::forget_errors() { ERR_clear_error(); }

base::Status check_tls(const TlsOptions& options) {
  ASSIGN_OR_RETURN(const Identity shown, identity(options));
  ASSIGN_OR_RETURN(const Store store, trusted(options));
  return {};
}

base::Status TlsSession::attach(ssl_ctx_st* context, const TlsOptions& options) {
  ASSIGN_OR_RETURN(const Identity shown, identity(options));
  ASSIGN_OR_RETURN(Store store, trusted(options));
  if (store != nullptr) {
    SSL_CTX_set_cert_store(context, store.release());
  } else {
    SSL_CTX_set_default_verify_paths(context);
  }
  if (!shown.chain.empty()) {
    SSL_CTX_use_certificate(context, shown.chain.front().get());
    SSL_CTX_use_PrivateKey(context, shown.key.get());
    for (size_t i = 1; i < shown.chain.size(); ++i) SSL_CTX_add1_chain_cert(context, shown.chain[i].get());
  }
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cert_verify_callback(context, &TlsSession::verify, this);
  return {};
}

int TlsSession::verify(x509_store_ctx_st* store, void* session) {
  auto& self = *static_cast<TlsSession*>(session);
  self = TlsSession();
  const int good = X509_verify_cert(store);
  self.result_ = X509_STORE_CTX_get_error(store);
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  if (self.result_ == X509_V_ERR_CERT_HAS_EXPIRED || self.result_ == X509_V_ERR_CERT_NOT_YET_VALID) {
    const X509* at_fault = X509_STORE_CTX_get_current_cert(store);
    self.validity_error_ =
        validity_text(at_fault == nullptr ? leaf : at_fault, self.result_ == X509_V_ERR_CERT_HAS_EXPIRED);
  }
  self.has_common_name_ = X509_NAME_get_index_by_NID(X509_get_subject_name(leaf), NID_commonName, -1) >= 0;
  const Names names(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    const ASN1_STRING* text = name->d.ia5;
    if (name->type == GEN_DNS) {
      self.names_.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                               static_cast<size_t>(ASN1_STRING_length(text)));
    } else if (name->type == GEN_IPADD) {
      char shown[INET6_ADDRSTRLEN] = {};
      inet_ntop(ASN1_STRING_length(text) == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(text), shown, sizeof(shown));
      self.addresses_.emplace_back(shown);
    }
  }
  return good;
}

std::string TlsSession::failure(const std::string& host) const {
  static const std::string kUnverified = "tls: failed to verify certificate: ";
  if (!validity_error_.empty()) return kUnverified + validity_error_;
  if (result_ == X509_V_ERR_INVALID_PURPOSE) {
    return kUnverified + "x509: certificate specifies an incompatible key usage";
  }
  if (result_ != X509_V_OK) return kUnverified + "x509: certificate signed by unknown authority";
  if (names_.empty() && addresses_.empty() && !has_common_name_) return protocol_failure();
  if (is_address(host)) {
    if (addresses_.empty()) {
      return kUnverified + "x509: cannot validate certificate for " + host + " because it doesn't contain any IP SANs";
    }
    return kUnverified + "x509: certificate is valid for " + joined(addresses_) + ", not " + host;
  }
  if (names_.empty() && addresses_.empty()) {
    return kUnverified + "x509: certificate relies on legacy Common Name field, use SANs instead";
  }
  if (names_.empty()) return kUnverified + "x509: certificate is not valid for any names, but wanted to match " + host;
  return kUnverified + "x509: certificate is valid for " + joined(names_) + ", not " + host;
}

}  // namespace bao::api
