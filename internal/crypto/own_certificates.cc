// Certificates of our own making: a development server's, by an authority that lives for this one certificate; and a cluster
// member's, which is known byte for byte and needs no authority. Formats: RFC 5280, PEM.
#include <openssl/pem.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "internal/crypto/hash.h"
#include "internal/crypto/openssl_handles.h"
#include "internal/crypto/tls.h"

namespace bao::crypto {
namespace {

constexpr long kDevelopmentSeconds = 30L * 24 * 3600;
constexpr long kMemberSeconds = 30L * 365 * 24 * 3600;

base::Error failed() { return base::internal("development certificate: " + openssl_reason()); }

bool set_serial(X509* certificate) {
  std::string bytes = random_bytes(16);
  bytes[0] = static_cast<char>((bytes[0] & 0x3f) | 0x40);  // positive and of full length
  BIGNUM* number = BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr);
  const bool set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
  return set;
}

bool add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_nconf_nid(nullptr, &context, id, value.c_str());
  const bool added = extension && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

std::string alternative_names(const std::vector<std::string>& hosts) {
  std::string names;
  for (const std::string& host : hosts) {
    unsigned char address[16];
    const bool ip = inet_pton(AF_INET, host.c_str(), address) == 1 || inet_pton(AF_INET6, host.c_str(), address) == 1;
    names += (names.empty() ? "" : ",") + std::string(ip ? "IP:" : "DNS:") + host;
  }
  return names;
}

// A certificate of `key` named `name`; issued by itself where `issuer` is nullptr.
X509Ptr make_certificate(EVP_PKEY* key, const std::string& name, X509* issuer, EVP_PKEY* issuer_key,
                         const std::vector<std::string>& hosts, long valid_seconds) {
  X509Ptr certificate(X509_new());
  X509* x = certificate.get();
  if (!x || X509_set_version(x, 2) != 1 || !set_serial(x) || X509_set_pubkey(x, key) != 1) return nullptr;
  X509_gmtime_adj(X509_getm_notBefore(x), -30);
  X509_gmtime_adj(X509_getm_notAfter(x), valid_seconds);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(issuer ? issuer : x));
  X509* by = issuer ? issuer : x;
  bool good = add_extension(x, by, NID_basic_constraints, issuer ? "critical,CA:FALSE" : "critical,CA:TRUE") &&
              add_extension(x, by, NID_key_usage, issuer ? "critical,digitalSignature" : "critical,keyCertSign,cRLSign") &&
              add_extension(x, by, NID_subject_key_identifier, "hash") &&
              add_extension(x, by, NID_authority_key_identifier, "keyid:always");
  if (issuer) good = good && add_extension(x, by, NID_ext_key_usage, "serverAuth,clientAuth") &&
                     add_extension(x, by, NID_subject_alt_name, alternative_names(hosts));
  if (!good || X509_sign(x, issuer ? issuer_key : key, EVP_sha256()) == 0) return nullptr;
  return certificate;
}

base::Status write_file(const std::string& path, mode_t mode, BIO* content) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(content, &text);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) return base::Error(base::Code::unavailable, "open " + path + ": " + std::strerror(errno));
  const bool written = ::write(file, text, static_cast<size_t>(size)) == size;
  const int error = errno;
  ::close(file);
  if (!written) return base::Error(base::Code::unavailable, "write " + path + ": " + std::strerror(error));
  return {};
}

}  // namespace

base::Result<TlsFiles> make_development_certificate(const std::string& folder, const std::vector<std::string>& hosts) {
  const KeyPtr ca_key(EVP_EC_gen("P-256")), key(EVP_EC_gen("P-256"));
  if (!ca_key || !key) return failed();
  const X509Ptr ca = make_certificate(ca_key.get(), "bao development authority", nullptr, nullptr, {}, kDevelopmentSeconds);
  if (!ca) return failed();
  const X509Ptr leaf = make_certificate(key.get(), hosts.empty() ? "localhost" : hosts.front(), ca.get(), ca_key.get(), hosts, kDevelopmentSeconds);
  if (!leaf) return failed();
  const std::string at = folder.empty() ? "./" : folder + "/";
  const TlsFiles files{at + "vault-ca.pem", at + "vault-cert.pem", at + "vault-key.pem"};
  const BioPtr ca_text(BIO_new(BIO_s_mem())), leaf_text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_secmem()));
  if (PEM_write_bio_X509(ca_text.get(), ca.get()) != 1 || PEM_write_bio_X509(leaf_text.get(), leaf.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return failed();
  }
  TRY(write_file(files.ca_file, 0644, ca_text.get()));
  TRY(write_file(files.certificate_file, 0644, leaf_text.get()));
  TRY(write_file(files.key_file, 0600, key_text.get()));
  return files;
}

base::Result<CertificateAndKey> make_member_certificate(const std::string& name) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return base::internal("member certificate: " + openssl_reason());
  const X509Ptr certificate = make_certificate(key.get(), name, nullptr, nullptr, {}, kMemberSeconds);
  const BioPtr text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_secmem()));
  if (!certificate || PEM_write_bio_X509(text.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return base::internal("member certificate: " + openssl_reason());
  }
  const auto content = [](BIO* bio) {
    char* start = nullptr;
    const long size = BIO_get_mem_data(bio, &start);
    return std::string_view(start, static_cast<size_t>(size));
  };
  return CertificateAndKey{std::string(content(text.get())), base::SecretBytes(content(key_text.get()))};
}

}  // namespace bao::crypto
