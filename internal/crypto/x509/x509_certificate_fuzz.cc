// Certificates, alone and in PEM bundles: bytes are refused or read; OpenSSL reads what we read, and what was read can be signed
// anew and reads back the same.
#include "internal/base/ensure.h"
#include "internal/crypto/openssl_handles.h"
#include "internal/crypto/x509/certificate.h"
#include "internal/crypto/x509/certificate_template.h"
#include "internal/crypto/x509/extension_values.h"
#include "internal/crypto/x509/pem.h"

namespace {

using namespace bao::crypto;
using namespace bao::crypto::x509;

void openssl_agrees(const Certificate& certificate) {
  const auto* at = reinterpret_cast<const unsigned char*>(certificate.der.data());
  const X509Ptr read(d2i_X509(nullptr, &at, static_cast<long>(certificate.der.size())));
  ERR_clear_error();
  if (!read) return;  // it looks into names and times when it reads
  const ASN1_INTEGER* serial = X509_get0_serialNumber(read.get());
  BIGNUM* number = ASN1_INTEGER_to_BN(serial, nullptr);
  std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  ENSURE(bytes == certificate.serial, "the same serial number");
  ENSURE(X509_get_ext_count(read.get()) == static_cast<int>(certificate.extensions.size()), "as many extensions");
}

void reads_back(const Certificate& certificate) {
  static const PrivateKey kKey = *PrivateKey::generate(KeyType::ec, 256);
  if (certificate.serial.size() > 20) return;
  CertificateTemplate content = template_of(certificate);
  const auto made = sign_certificate(content, {kKey, SignatureAlgorithm::ecdsa_sha256});
  if (!made.ok()) return;  // URLs that are not ASCII
  const auto again = parse_certificate(*made);
  ENSURE(again.ok() && again->subject == certificate.subject && again->alternative_names == certificate.alternative_names && is_signed_by(*again, kKey.public_key()),
         "signed anew it says the same");
}

void look_at(std::string_view der) {
  const auto certificate = parse_certificate(der);
  if (!certificate.ok()) return;
  openssl_agrees(*certificate);
  reads_back(*certificate);
  (void)certificate->subject.text();
  (void)check_issued_by(*certificate, *certificate);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  look_at(bytes);
  const auto blocks = parse_pem_bundle(bytes);
  if (!blocks.ok()) return 0;
  std::string written;
  for (const PemBlock& block : *blocks) {
    look_at(block.der.reveal());
    written += pem(block.type, block.der.reveal());
  }
  const auto again = parse_pem_bundle(written);
  ENSURE(again.ok() && again->size() == blocks->size(), "written blocks read back");
  return 0;
}
