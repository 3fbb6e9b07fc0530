#include "internal/crypto/x509/crl.h"

#include "internal/base/ensure.h"
#include "internal/crypto/x509/der.h"
#include "internal/crypto/x509/extension_values.h"

namespace bao::crypto::x509 {
namespace {

base::Result<std::vector<Extension>> extensions_of(const CrlTemplate& content, const Certificate& issuer) {
  const std::string& key_id = issuer.subject_key_id.empty() ? issuer.public_key.key_id() : issuer.subject_key_id;
  std::vector<Extension> extensions{{extension::kAuthorityKeyId, false, encode_authority_key_id(key_id)},
                                    {extension::kCrlNumber, false, der::integer(content.number)}};
  if (content.delta_base) extensions.push_back({extension::kDeltaCrlIndicator, true, der::integer(*content.delta_base)});
  if (!content.delta_distribution_points.empty()) {
    extensions.push_back({extension::kFreshestCrl, false, encode_distribution_points(content.delta_distribution_points)});
  }
  extensions.insert(extensions.end(), content.extensions.begin(), content.extensions.end());
  return extensions;
}

base::Result<RevokedCertificate> read_revoked(std::string_view content) {
  der::Reader at(content);
  RevokedCertificate revoked;
  ASSIGN_OR_RETURN(const std::string_view serial, at.take(der::kInteger));
  ASSIGN_OR_RETURN(revoked.serial, der::read_magnitude(serial));
  ASSIGN_OR_RETURN(const der::Element time, at.next());
  ASSIGN_OR_RETURN(revoked.revoked_at, der::read_time(time));
  if (!at.at_end()) {
    ASSIGN_OR_RETURN(const der::Element extensions, at.next());
    ASSIGN_OR_RETURN(revoked.extensions, read_extensions(extensions.whole));
  }
  TRY(at.end());
  return revoked;
}

base::Status read_known_extensions(Crl& crl) {
  if (const Extension* found = find_extension(crl.extensions, extension::kCrlNumber)) {
    ASSIGN_OR_RETURN(crl.number, read_number_extension(found->value));
  }
  if (const Extension* found = find_extension(crl.extensions, extension::kDeltaCrlIndicator)) {
    ASSIGN_OR_RETURN(crl.delta_base, read_number_extension(found->value));
  }
  if (const Extension* found = find_extension(crl.extensions, extension::kAuthorityKeyId)) {
    ASSIGN_OR_RETURN(crl.authority_key_id, read_authority_key_id(found->value));
  }
  return {};
}

// The content of TBSCertList.
base::Status read_list(std::string_view content, std::string_view outer_algorithm, Crl& crl) {
  der::Reader at(content);
  TRY(at.take_if(der::kInteger));
  ASSIGN_OR_RETURN(const der::Element algorithm, at.next());
  if (algorithm.whole != outer_algorithm) return base::invalid("x509: inner and outer signature algorithm identifiers don't match");
  ASSIGN_OR_RETURN(const der::Element issuer, at.next());
  if (issuer.tag != der::kSequence) return der::malformed();
  crl.issuer_der = issuer.whole;
  ASSIGN_OR_RETURN(const der::Element this_update, at.next());
  ASSIGN_OR_RETURN(crl.this_update, der::read_time(this_update));
  if (at.next_is(der::kUtcTime) || at.next_is(der::kGeneralizedTime)) {
    ASSIGN_OR_RETURN(const der::Element next_update, at.next());
    ASSIGN_OR_RETURN(crl.next_update, der::read_time(next_update));
  }
  ASSIGN_OR_RETURN(const auto entries, at.take_if(der::kSequence));
  der::Reader entry(entries.value_or(""));
  while (!entry.at_end()) {
    ASSIGN_OR_RETURN(const std::string_view one, entry.take(der::kSequence));
    ASSIGN_OR_RETURN(RevokedCertificate revoked, read_revoked(one));
    crl.revoked.push_back(std::move(revoked));
  }
  ASSIGN_OR_RETURN(const auto extensions, at.take_if(der::context_constructed(0)));
  if (extensions) {
    ASSIGN_OR_RETURN(crl.extensions, read_extensions(*extensions));
    TRY(read_known_extensions(crl));
  }
  return at.end();
}

base::Result<Crl> read(std::string_view bytes) {
  der::Reader whole(bytes);
  ASSIGN_OR_RETURN(der::Reader outer, whole.open(der::kSequence));
  TRY(whole.end());
  ASSIGN_OR_RETURN(const der::Element list, outer.next());
  if (list.tag != der::kSequence) return der::malformed();
  ASSIGN_OR_RETURN(const der::Element algorithm, outer.next());
  ASSIGN_OR_RETURN(const std::string_view signature_bits, outer.take(der::kBitString));
  ASSIGN_OR_RETURN(const std::string_view signature, der::read_bit_string(signature_bits));
  TRY(outer.end());
  Crl crl;
  TRY(read_list(list.content, algorithm.whole, crl));
  crl.signature_algorithm = read_algorithm_identifier(algorithm.whole);
  crl.to_be_signed = list.whole;
  crl.signature = signature;
  return crl;
}

}  // namespace

base::Status RevokedList::add(const RevokedCertificate& revoked) {
  std::string extensions;
  if (!revoked.extensions.empty()) {
    ASSIGN_OR_RETURN(extensions, encode_extensions(revoked.extensions));
  }
  der_ += der::sequence({der::integer(revoked.serial), der::time(revoked.revoked_at), extensions});
  ++count_;
  return {};
}

base::Result<std::string> sign_crl(const CrlTemplate& content, const RevokedList& revoked, const Signer& signer) {
  ENSURE(signer.certificate != nullptr, "a CRL has an issuer");
  if (!signs_with(signer.key.type(), signer.algorithm)) return base::invalid("the signature algorithm does not go with the key");
  ASSIGN_OR_RETURN(const auto extensions, extensions_of(content, *signer.certificate));
  ASSIGN_OR_RETURN(const std::string encoded, encode_extensions(extensions));
  const std::string algorithm = algorithm_identifier(signer.algorithm);
  const std::string list = der::sequence({der::integer(1), algorithm, signer.certificate->subject_der, der::time(content.this_update),
                                          der::time(content.next_update), revoked.count() == 0 ? "" : der::sequence({revoked.der()}),
                                          der::element(der::context_constructed(0), {encoded})});
  ASSIGN_OR_RETURN(const std::string signature, sign(signer.key, signer.algorithm, list));
  return der::sequence({list, algorithm, der::bit_string(signature)});
}

base::Result<Crl> parse_crl(std::string_view bytes) {
  auto crl = read(bytes);
  if (crl.ok() || crl.error().message() != der::malformed().message()) return crl;
  return base::invalid("x509: malformed crl");
}

}  // namespace bao::crypto::x509
