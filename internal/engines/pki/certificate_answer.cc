#include "internal/engines/pki/certificate_answer.h"

#include "internal/codec/encoding.h"
#include "internal/crypto/x509/pem.h"

namespace bao::engines::pki {

namespace x509 = crypto::x509;
using codec::Json;

base::Result<Format> format_of(const logical::Fields& fields) {
  const std::string format = fields.string("format");
  if (format == "pem") return Format::pem;
  if (format == "der") return Format::der;
  if (format == "pem_bundle") return Format::pem_bundle;
  return base::invalid("the \"format\" path parameter must be \"pem\", \"der\", or \"pem_bundle\"");
}

std::string without_last_newline(std::string_view pem) {
  while (pem.ends_with('\n')) pem.remove_suffix(1);
  return std::string(pem);
}

std::string text_of_der(std::string_view der, Format format) {
  if (format == Format::der) return codec::to_base64(der);
  return without_last_newline(x509::pem(x509::kCertificateBlock, der));
}

base::Result<std::string> text_of_pem(const std::string& pem, Format format) {
  if (format != Format::der) return without_last_newline(pem);
  ASSIGN_OR_RETURN(const x509::PemBlock block, x509::parse_pem(pem));
  return codec::to_base64(block.der.reveal());
}

void add_certificate(Json& data, std::string_view der, const std::vector<std::string>& chain, Format format) {
  std::string text = text_of_der(der, format);
  if (format == Format::pem_bundle) {
    for (const std::string& pem : chain) text += "\n" + without_last_newline(pem);
  }
  data.set("certificate", std::move(text));
}

void add_key(Json& data, const x509::PrivateKey& key, const std::string& key_format, Format format) {
  const bool pkcs8 = key_format == "pkcs8";
  if (format == Format::der) {
    data.set("private_key", codec::to_base64((pkcs8 ? key.pkcs8_der() : key.traditional_der()).reveal()));
  } else {
    data.set("private_key", without_last_newline((pkcs8 ? key.pkcs8_pem() : key.traditional_pem()).reveal()));
  }
  data.set("private_key_type", x509::key_type_name(key.type()));
}

void put_key_before(Json& data, const char* member, const x509::PrivateKey& key) {
  data.set(member, without_last_newline(key.traditional_pem().reveal()) + "\n" + data[member].as_string());
}

bool is_root(const std::string& pem) {
  const auto certificate = crypto::x509::parse_certificate_pem(pem);
  return certificate.ok() && certificate->self_issued() && crypto::x509::is_signed_by(*certificate, certificate->public_key);
}

}  // namespace bao::engines::pki
