// issue, sign and sign-verbatim: leaf certificates. What a role neither stores nor leases is signed by whoever is asked.
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/certificate_answer.h"
#include "internal/engines/pki/endpoints.h"
#include "internal/engines/pki/fields.h"
#include "internal/engines/pki/leaf.h"
#include "internal/engines/pki/leaf_signing.h"
#include "internal/engines/pki/new_key.h"
#include "internal/engines/pki/signer.h"
#include "internal/engines/pki/validity.h"

namespace bao::engines::pki {
namespace {

using codec::Json;
using logical::Operation;
using logical::Path;
using logical::Response;
using logical::Where;

enum class Kind : uint8_t { issue, sign, sign_verbatim };

// What certificates are made from: the mount, and who asks.
struct Source {
  const MountStore& store;
  IdentityOf identity_of;

  std::shared_ptr<const logical::Identity> caller(const Call& call) const {
    const std::string& entity = call.request.caller.entity_id;
    return entity.empty() || !identity_of ? nullptr : identity_of(entity);
  }
};

// What sign-verbatim goes by: the role's times and storage, but none of its other rules.
RoleEntry verbatim_role(const RoleEntry* named, const logical::Fields& fields) {
  RoleEntry role;
  if (named != nullptr) {
    role.ttl = named->ttl;
    role.max_ttl = named->max_ttl;
    role.generate_lease = named->generate_lease;
    role.no_store = named->no_store;
    role.issuer_ref = named->issuer_ref;
    role.not_before_duration = named->not_before_duration;
  }
  role.key_type = "any";
  role.server_flag = role.client_flag = false;
  role.key_usage = fields.strings("key_usage");
  role.ext_key_usage = fields.strings("ext_key_usage");
  role.ext_key_usage_oids = fields.strings("ext_key_usage_oids");
  std::erase_if(role.ext_key_usage_oids, [](const std::string& oid) { return !x509::is_oid(oid); });  // as the reference passes them over
  role.basic_constraints_valid_for_non_ca = fields.boolean("basic_constraints_valid_for_non_ca");
  role.signature_bits = fields.integer("signature_bits");
  role.use_pss = fields.boolean("use_pss");
  return role;
}

// Nullptr for sign-verbatim without a role.
base::Result<RolePointer> named_role(const MountStore& store, const Call& call, const ReadView& view) {
  const std::string name = call.fields.string("role");
  if (name.empty()) return RolePointer();
  ASSIGN_OR_RETURN(RolePointer role, store.role(view, name));
  if (role == nullptr) return base::invalid("unknown role: " + name);
  return role;
}

base::Result<Where> where_it_runs(const MountStore& store, const Call& call, const ReadView& view) {
  const auto role = named_role(store, call, view);
  if (!role.ok()) return Where::local;  // the answer says why
  static const RoleEntry kNone;
  const RoleEntry& rules = *role == nullptr ? kNone : **role;
  return rules.no_store && !rules.generate_lease ? Where::local : Where::active;
}

base::Result<x509::PrivateKey> new_key(const RoleEntry& role, const logical::Fields& fields) {
  if (role.key_type != "any") return make_key(role.key_type, role.key_bits);
  const std::string type = fields.string("key_type");
  if (!type.empty()) return make_key(type, fields.integer("key_bits"));
  return base::invalid(
      "role key type \"any\" not allowed for issuing certificates without providing key_type and/or key_bits request parameters");
}

base::Result<Json> answer_of(const logical::Fields& fields, const IssuingAuthority& authority, const SignedCertificate& certificate,
                             const x509::PrivateKey* key) {
  ASSIGN_OR_RETURN(const Format format, format_of(fields));
  Json data = Json::object();
  const std::vector<std::string>& chain = authority.issuer->entry.ca_chain;
  Json shown = Json::array();
  for (const std::string& pem : chain) {
    if (fields.boolean("remove_roots_from_chain") && is_root(pem)) continue;
    ASSIGN_OR_RETURN(std::string text, text_of_pem(pem, format));
    shown.push_back(std::move(text));
  }
  add_certificate(data, certificate.der, chain, format);
  if (key != nullptr) {
    if (format == Format::pem_bundle) put_key_before(data, "certificate", *key);
    add_key(data, *key, fields.string("private_key_format"), format);
  }
  data.set("ca_chain", std::move(shown));
  ASSIGN_OR_RETURN(std::string issuing, text_of_pem(authority.issuer->entry.certificate, format));
  data.set("issuing_ca", std::move(issuing));
  data.set("serial_number", x509::serial_text(certificate.serial, ':'));
  data.set("expiration", int64_t{certificate.not_after.time_since_epoch().count()});
  data.set("not_before", int64_t{certificate.not_before.time_since_epoch().count()});
  return data;
}

// `writer` is nullptr where nothing is stored.
Reply make_leaf(const Source& source, const Call& call, const ReadView& view, WriteView* writer, Kind kind) {
  const MountStore& store = source.store;
  const logical::Fields& fields = call.fields;
  TRY(format_of(fields));
  ASSIGN_OR_RETURN(RolePointer rules, named_role(store, call, view));
  if (rules != nullptr) rules = role_for(std::move(rules), source.caller(call).get(), call.now);
  if (kind == Kind::sign_verbatim) rules = std::make_shared<const RoleEntry>(verbatim_role(rules.get(), fields));
  const RoleEntry& role = *rules;
  const std::string issuer = fields.has("issuer_ref") ? fields.string("issuer_ref") : role.issuer_ref;
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  ASSIGN_OR_RETURN(const IssuingAuthority authority, find_issuing(*authorities, issuer));

  Response response;
  std::optional<x509::CertificateRequest> request;
  std::optional<x509::PrivateKey> key;
  if (kind == Kind::issue) {
    ASSIGN_OR_RETURN(key, new_key(role, fields));
  } else {
    ASSIGN_OR_RETURN(request, read_csr(fields));
    TRY(check_key(role, request->public_key));
  }
  ASSIGN_OR_RETURN(x509::CertificateTemplate content,
                   kind == Kind::sign_verbatim
                       ? base::Result<x509::CertificateTemplate>(verbatim_template(role, *request, response.warnings))
                       : leaf_template(role, fields, key ? key->public_key() : request->public_key, request ? &*request : nullptr,
                                       response.warnings));
  const ValidityRequest asked{fields.duration("ttl"), fields.string("not_before"), fields.string("not_after")};
  const LeafSigning by{store, role, authority, authority.issuer->entry.not_after_behavior};
  ASSIGN_OR_RETURN(const SignedCertificate certificate, sign_leaf(by, std::move(content), asked, call.now, response.warnings));
  ASSIGN_OR_RETURN(response.data, answer_of(fields, authority, certificate, key ? &*key : nullptr));
  if (writer != nullptr && !role.no_store) TRY(store_leaf(*writer, certificate));
  if (role.generate_lease) response.lease = lease_of(certificate, call.now);
  return response;
}

logical::ReadsUnless effect(const Source& source, Kind kind) {
  return {[source](const Call& call, const ReadView& view) { return where_it_runs(source.store, call, view); },
          [source, kind](const Call& call, const ReadView& view) { return make_leaf(source, call, view, nullptr, kind); },
          [source, kind](const Call& call, WriteView& view) { return make_leaf(source, call, view, &view, kind); }};
}

FieldList leaf_fields(Kind kind) {
  FieldList own = {capture("issuer_ref", "The issuer that signs: its id, name or default."),
                   capture("role", "The role that says what is allowed."),
                   {"user_ids", logical::FieldType::comma_list, "User ids of the subject."},
                   {"remove_roots_from_chain", logical::FieldType::boolean, "Whether ca_chain is shown without roots."}};
  if (kind == Kind::issue) {
    own.push_back({"key_type", logical::FieldType::string, "The kind of key, for roles that allow any."});
    own.push_back({"key_bits", logical::FieldType::integer, "Its size."});
  } else {
    own.push_back({"csr", logical::FieldType::string, "The certificate request, PEM.", "", true});
  }
  FieldList all = joined({own, name_fields(), validity_fields()});
  if (kind == Kind::sign_verbatim) {
    all = joined({all, usage_fields(),
                  {{"signature_bits", logical::FieldType::integer, "Bits of the hash that an RSA issuer signs with."},
                   {"use_pss", logical::FieldType::boolean, "Whether an RSA issuer signs with PSS."}}});
  }
  return all;
}

void add(std::vector<Path>& paths, const Source& source, const std::string& pattern, Kind kind, const char* synopsis) {
  Path path;
  path.pattern = pattern;
  path.fields = leaf_fields(kind);
  path.handlers = {{Operation::update, effect(source, kind)}};
  path.synopsis = synopsis;
  paths.push_back(std::move(path));
}

}  // namespace

void add_issue_paths(std::vector<Path>& paths, const MountStore& store, const IdentityOf& identity_of) {
  const Source source{store, identity_of};
  for (const char* prefix : {"", "issuer/{issuer_ref}/"}) {
    const std::string before = prefix;
    add(paths, source, before + "issue/{role}", Kind::issue, "Request a certificate using a certain role with the provided details.");
    add(paths, source, before + "sign/{role}", Kind::sign, "Request certificates using a certain role with the provided details.");
    add(paths, source, before + "sign-verbatim[/{role}]", Kind::sign_verbatim, "Sign a certificate request as it stands.");
  }
}

}  // namespace bao::engines::pki
