#include "internal/crypto/x509/ocsp.h"

#include "internal/base/ensure.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/x509/der.h"
#include "internal/crypto/x509/extension_values.h"

namespace bao::crypto::x509 {
namespace {

constexpr char kBasicResponse[] = "1.3.6.1.5.5.7.48.1.1", kNonce[] = "1.3.6.1.5.5.7.48.1.2";
constexpr uint8_t kSuccessful = 0;

// "" for other algorithms.
std::string hashed(std::string_view oid, std::string_view bytes) {
  if (oid == "1.3.14.3.2.26") return sha1(bytes);
  if (oid == "2.16.840.1.101.3.4.2.1") return sha256(bytes);
  if (oid == "2.16.840.1.101.3.4.2.2") return sha384(bytes);
  if (oid == "2.16.840.1.101.3.4.2.3") return sha512(bytes);
  return "";
}

// What SubjectPublicKeyInfo's bit string holds.
base::Result<std::string_view> key_bits(std::string_view public_der) {
  der::Reader whole(public_der);
  ASSIGN_OR_RETURN(der::Reader info, whole.open(der::kSequence));
  TRY(info.next());
  ASSIGN_OR_RETURN(const std::string_view bits, info.take(der::kBitString));
  return der::read_bit_string(bits);
}

base::Result<OcspCertificateId> read_id(std::string_view request) {
  der::Reader at(request);
  ASSIGN_OR_RETURN(der::Reader id, at.open(der::kSequence));
  TRY(at.take_if(der::context_constructed(0)));  // extensions of this one question
  TRY(at.end());
  ASSIGN_OR_RETURN(der::Reader algorithm, id.open(der::kSequence));
  ASSIGN_OR_RETURN(const std::string_view oid, algorithm.take(der::kOid));
  ASSIGN_OR_RETURN(const std::string_view name, id.take(der::kOctetString));
  ASSIGN_OR_RETURN(const std::string_view key, id.take(der::kOctetString));
  ASSIGN_OR_RETURN(const std::string_view serial, id.take(der::kInteger));
  TRY(id.end());
  OcspCertificateId read{.hash_algorithm{}, .issuer_name_hash = std::string(name), .issuer_key_hash = std::string(key), .serial{}};
  ASSIGN_OR_RETURN(read.hash_algorithm, der::read_oid(oid));
  ASSIGN_OR_RETURN(read.serial, der::read_magnitude(serial));
  return read;
}

base::Result<OcspRequest> read(std::string_view bytes) {
  der::Reader whole(bytes);
  ASSIGN_OR_RETURN(der::Reader outer, whole.open(der::kSequence));
  TRY(whole.end());
  ASSIGN_OR_RETURN(der::Reader at, outer.open(der::kSequence));
  TRY(outer.take_if(der::context_constructed(0)));  // its signature
  TRY(outer.end());
  TRY(at.take_if(der::context_constructed(0)));  // version
  TRY(at.take_if(der::context_constructed(1)));  // who asks
  ASSIGN_OR_RETURN(der::Reader questions, at.open(der::kSequence));
  OcspRequest request;
  while (!questions.at_end()) {
    ASSIGN_OR_RETURN(const std::string_view question, questions.take(der::kSequence));
    ASSIGN_OR_RETURN(OcspCertificateId id, read_id(question));
    request.certificates.push_back(std::move(id));
  }
  if (request.certificates.empty()) return der::malformed();
  ASSIGN_OR_RETURN(const auto extensions, at.take_if(der::context_constructed(2)));
  TRY(at.end());
  if (extensions) {
    ASSIGN_OR_RETURN(const auto read_all, read_extensions(*extensions));
    if (const Extension* nonce = find_extension(read_all, kNonce)) request.nonce = nonce->value;
  }
  return request;
}

std::string enumerated(int value) {
  const char byte = static_cast<char>(value);
  return der::element(der::kEnumerated, {std::string_view(&byte, 1)});
}

std::string status_of(const OcspAnswer& answer) {
  if (answer.status == OcspStatus::good) return der::element(der::context(0), {});
  if (answer.status == OcspStatus::unknown) return der::element(der::context(2), {});
  const auto& reason = answer.revocation.reason;
  return der::element(der::context_constructed(1), {der::generalized_time(answer.revocation.at),
                                                    reason ? der::element(der::context_constructed(0), {enumerated(*reason)}) : ""});
}

std::string single(const OcspAnswer& answer) {
  const OcspCertificateId& id = answer.certificate;
  const std::string certificate = der::sequence({der::sequence({der::oid(id.hash_algorithm), der::null()}), der::element(der::kOctetString, {id.issuer_name_hash}),
                                                 der::element(der::kOctetString, {id.issuer_key_hash}), der::integer(id.serial)});
  return der::sequence({certificate, status_of(answer), der::generalized_time(answer.this_update),
                        answer.next_update ? der::element(der::context_constructed(0), {der::generalized_time(*answer.next_update)}) : ""});
}

}  // namespace

bool is_about(const OcspCertificateId& id, const Certificate& issuer) {
  const std::string name = hashed(id.hash_algorithm, issuer.subject_der);
  if (name.empty() || name != id.issuer_name_hash) return false;
  const auto bits = key_bits(issuer.public_key.der());
  return bits.ok() && hashed(id.hash_algorithm, *bits) == id.issuer_key_hash;
}

base::Result<OcspRequest> parse_ocsp_request(std::string_view bytes) { return read(bytes); }

base::Result<std::string> sign_ocsp_response(const std::vector<OcspAnswer>& answers, const std::optional<std::string>& nonce, Seconds produced_at,
                                             const Signer& signer) {
  ENSURE(signer.certificate != nullptr, "an OCSP answer names who gives it");
  if (!signs_with(signer.key.type(), signer.algorithm)) return base::invalid("the signature algorithm does not go with the key");
  std::string singles, extensions;
  for (const OcspAnswer& answer : answers) {
    if (!is_oid(answer.certificate.hash_algorithm)) return base::invalid("not an OID: \"" + answer.certificate.hash_algorithm + "\"");
    singles += single(answer);
  }
  if (nonce) {
    ASSIGN_OR_RETURN(const std::string encoded, encode_extensions({{kNonce, false, *nonce}}));
    extensions = der::element(der::context_constructed(1), {encoded});
  }
  const std::string data = der::sequence({der::element(der::context_constructed(1), {signer.certificate->subject_der}),
                                          der::generalized_time(produced_at), der::sequence({singles}), extensions});
  ASSIGN_OR_RETURN(const std::string signature, sign(signer.key, signer.algorithm, data));
  const std::string basic = der::sequence({data, algorithm_identifier(signer.algorithm), der::bit_string(signature)});
  const std::string typed = der::sequence({der::oid(kBasicResponse), der::element(der::kOctetString, {basic})});
  return der::sequence({enumerated(kSuccessful), der::element(der::context_constructed(0), {typed})});
}

std::string ocsp_failure(OcspFailure failure) { return der::sequence({enumerated(static_cast<int>(failure))}); }

}  // namespace bao::crypto::x509
