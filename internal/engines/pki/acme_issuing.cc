#include "internal/engines/pki/acme_issuing.h"

#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/fields.h"
#include "internal/engines/pki/leaf.h"
#include "internal/engines/pki/leaf_signing.h"
#include "internal/engines/pki/name_rules.h"
#include "internal/engines/pki/san_rules.h"

namespace bao::engines::pki {
namespace {

using acme::Failure;
using acme::Issued;
using acme::Outcome;
using acme::ProblemType;

constexpr std::chrono::hours kLongest{90 * 24};  // as the reference has it

// What `sign` would be asked with: a common name, where the role wants one and the request has none.
base::Result<logical::Fields> fields_of(const RoleEntry& role, const x509::CertificateRequest& request) {
  static const FieldList kSchema = joined({name_fields(), validity_fields(), {{"user_ids", logical::FieldType::comma_list, ""}}});
  codec::Json data = codec::Json::object();
  const x509::AlternativeNames& names = request.alternative_names;
  if (role.require_cn && request.subject.last(x509::attribute::kCommonName).empty()) {
    if (!names.dns.empty()) {
      const auto wildcard = std::find_if(names.dns.begin(), names.dns.end(), [](const std::string& name) { return name.find('*') != std::string::npos; });
      data.set("common_name", wildcard != names.dns.end() ? *wildcard : names.dns.front());
    } else if (!names.addresses.empty()) {
      data.set("common_name", x509::address_text(names.addresses.front()));
    }
  }
  return logical::Fields::read(kSchema, {}, data);
}

class AcmeIssuing final : public acme::Issuing {
 public:
  AcmeIssuing(const MountStore& store, AuthoritiesPointer authorities, std::string issuer_id, std::string role_name, RoleEntry role)
      : store_(store), authorities_(std::move(authorities)), issuer_id_(std::move(issuer_id)), role_name_(std::move(role_name)), role_(std::move(role)) {}

  Outcome<> check_name(const std::string& name) const override {
    if (allows_name(role_, name)) return {};
    return Failure::namely(ProblemType::rejected_identifier, "role (" + role_name_ + ") will not issue certificate for name " + name);
  }

  Outcome<> check_address(const std::string& text) const override {
    const auto bytes = x509::parse_address(text);
    if (role_.allow_ip_sans && bytes && check_addresses(role_, {*bytes}).ok()) return {};
    return Failure::namely(ProblemType::rejected_identifier, "role (" + role_name_ + ") does not allow IP sans, so cannot issue certificate for " + text);
  }

  Outcome<Issued> issue(storage::WriteView& view, const x509::CertificateRequest& request, base::Time now) const override {
    const auto certificate = signed_leaf(request, now);
    if (!certificate.ok()) return Failure::namely(ProblemType::bad_csr, "refusing to sign CSR: " + certificate.error().message());
    TRY(store_leaf(view, *certificate));
    return Issued{x509::serial_text(certificate->serial, '-'), issuer_id_, certificate->not_after};
  }

 private:
  base::Result<SignedCertificate> signed_leaf(const x509::CertificateRequest& request, base::Time now) const {
    ASSIGN_OR_RETURN(const IssuingAuthority authority, find_issuing(*authorities_, issuer_id_));
    TRY(check_key(role_, request.public_key));
    ASSIGN_OR_RETURN(const logical::Fields fields, fields_of(role_, request));
    std::vector<std::string> warnings;  // nobody sees them
    ASSIGN_OR_RETURN(x509::CertificateTemplate content, leaf_template(role_, fields, request.public_key, &request, warnings));
    const NotAfterBehavior behavior = authority.issuer->entry.not_after_behavior;
    const LeafSigning by{store_, role_, authority, behavior == NotAfterBehavior::err ? NotAfterBehavior::truncate : behavior, kLongest};
    return sign_leaf(by, std::move(content), {}, now, warnings);
  }

  const MountStore& store_;
  const AuthoritiesPointer authorities_;
  const std::string issuer_id_, role_name_;
  const RoleEntry role_;
};

}  // namespace

RoleEntry verbatim_acme_role() {
  RoleEntry role;
  role.allow_any_name = true;
  role.enforce_hostnames = false;
  role.key_type = "any";
  role.require_cn = false;
  role.cn_validations = {"disabled"};
  role.issuer_ref.clear();
  return role;
}

std::shared_ptr<const acme::Issuing> make_acme_issuing(const MountStore& store, AuthoritiesPointer authorities, std::string issuer_id,
                                                       std::string role_name, RoleEntry role, bool own_usages) {
  if (!own_usages) {
    role.ext_key_usage = {"serverauth"};
    role.ext_key_usage_oids.clear();
    role.server_flag = true;
    role.client_flag = role.code_signing_flag = role.email_protection_flag = false;
  }
  return std::make_shared<const AcmeIssuing>(store, std::move(authorities), std::move(issuer_id), std::move(role_name), std::move(role));
}

}  // namespace bao::engines::pki
