// Roots: generated, rotated, chosen as default, removed.
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/certificate_answer.h"
#include "internal/engines/pki/endpoints.h"
#include "internal/engines/pki/fields.h"
#include "internal/engines/pki/layout.h"
#include "internal/engines/pki/legacy_bundle.h"
#include "internal/engines/pki/new_key.h"
#include "internal/engines/pki/signer.h"
#include "internal/engines/pki/subject.h"
#include "internal/engines/pki/validity.h"

namespace bao::engines::pki {
namespace {

using codec::Json;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Response;

constexpr char kIssuerIdIgnored[] =
    "When generating root CA, found global AIA configuration with issuer_id template unsuitable for root generation. This AIA "
    "configuration has been ignored. To include AIA on this root CA, set the global AIA configuration to not include issuer_id and instead "
    "to refer to a static issuer name.";

// A root can't name its own id, which it doesn't have yet.
base::Result<Urls> root_urls(const Authorities& authorities, std::vector<std::string>& warnings) {
  auto urls = fill_in(authorities.urls, authorities.cluster, "issuer-id");
  if (!urls.ok()) {
    return failure("unable to parse AIA URL information: " + urls.error().message() +
                   (names_issuer_id(authorities.urls)
                        ? "\nUsing templated AIA URL's {{issuer_id}} field when generating root certificates is not supported."
                        : ""));
  }
  if (!names_issuer_id(authorities.urls)) return urls;
  warnings.push_back(kIssuerIdIgnored);
  return Urls();
}

base::Result<x509::CertificateTemplate> root_template(const MountStore& store, const Call& call, const x509::PublicKey& key,
                                                      std::vector<std::string>& warnings) {
  x509::CertificateTemplate content{.public_key = key};
  ASSIGN_OR_RETURN(content.alternative_names, asked_names(call.fields, call.fields.string("common_name")));
  content.subject = subject_of(call.fields).name();
  // A root begins now, whatever not_before says: the reference ignores it too.
  ValidityRules rules;
  rules.mount_ttl = store.default_ttl;
  rules.mount_max_ttl = store.max_ttl;
  rules.not_before_duration = call.fields.duration("not_before_duration");
  const ValidityRequest asked{call.fields.duration("ttl"), "", call.fields.string("not_after")};
  ASSIGN_OR_RETURN(const Validity validity, choose_validity(asked, rules, call.now, warnings));
  content.not_before = validity.not_before;
  content.not_after = validity.not_after;
  content.key_usage = x509::kCertSign | x509::kCrlSign;
  content.basic_constraints = constraints_of(call.fields);
  content.permitted_dns_domains = call.fields.strings("permitted_dns_domains");
  return content;
}

Reply make_root(const Call& call, WriteView& view, const MountStore& store, std::string issuer_name, Authorities& authorities) {
  const logical::Fields& fields = call.fields;
  ASSIGN_OR_RETURN(const Format format, format_of(fields));
  ASSIGN_OR_RETURN(const std::string exported, exported_kind(fields));
  TRY(authorities.check_new_issuer_name(issuer_name));
  ASSIGN_OR_RETURN(const ChosenKey chosen, choose_key(authorities, fields, exported));

  Response response;
  ASSIGN_OR_RETURN(x509::CertificateTemplate content, root_template(store, call, chosen.key.public_key(), response.warnings));
  ASSIGN_OR_RETURN(const Urls urls, root_urls(authorities, response.warnings));
  add_urls(content, urls);
  ASSIGN_OR_RETURN(const auto algorithm, chosen_signature(fields, chosen.key));
  ASSIGN_OR_RETURN(const std::string der, x509::sign_certificate(content, x509::Signer{chosen.key, algorithm}));
  ASSIGN_OR_RETURN(const x509::Certificate certificate, x509::parse_certificate(der));

  ASSIGN_OR_RETURN(const Authorities::Filed key, authorities.file_key(view, chosen.key, chosen.name));
  ASSIGN_OR_RETURN(const Authorities::Filed issuer,
                   authorities.file_issuer(view, certificate, issuer_name, static_cast<int64_t>(algorithm), call.now));
  TRY(authorities.follow_latest(view, issuer.id));
  TRY(view.put(layout::kCertificates + x509::serial_text(certificate.serial, '-'), certificate.der));
  TRY(rebuild_lists(view, authorities, call.now));

  Json data = Json::object({{"issuer_id", issuer.id},
                            {"issuer_name", issuer_name},
                            {"key_id", key.id},
                            {"key_name", authorities.keys.at(key.id).entry.name},
                            {"serial_number", x509::serial_text(certificate.serial, ':')},
                            {"expiration", int64_t{certificate.not_after.time_since_epoch().count()}},
                            {"issuing_ca", text_of_der(certificate.der, format)}});
  add_certificate(data, certificate.der, {}, format);
  if (exported == "exported") {
    if (format == Format::pem_bundle) put_key_before(data, "certificate", chosen.key);
    add_key(data, chosen.key, fields.string("private_key_format"), format);
  }
  response.data = std::move(data);
  if (content.subject.empty()) response.warnings.insert(response.warnings.begin(), kNoSubject);
  if (urls.empty()) response.warnings.push_back(kNoUrls);
  return response;
}

Reply generate_root(const MountStore& store, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  return make_root(call, view, store, call.fields.string("issuer_name"), authorities);
}

// The new root is named "next" where nothing is said and nothing has that name.
Reply rotate_root(const MountStore& store, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  std::string name = call.fields.string("issuer_name");
  if (name.empty() && !authorities.find_issuer("next").ok()) name = "next";
  return make_root(call, view, store, name, authorities);
}

Reply replace_root(const MountStore&, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  TRY(authorities.choose_default_issuer(call.fields.string("default")));
  TRY(authorities.save_issuer_config(view));
  return Response::of(issuer_config_answer(authorities));
}

Reply remove_roots(const MountStore&, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  for (const auto& [id, unused] : authorities.issuers) TRY(view.remove(layout::kIssuers + id));
  for (const auto& [id, unused] : authorities.keys) TRY(view.remove(layout::kKeys + id));
  authorities.issuer_config.default_id.clear();
  authorities.key_config.default_id.clear();
  TRY(authorities.save_issuer_config(view));
  TRY(authorities.save_key_config(view));
  authorities.issuers.clear();
  authorities.keys.clear();
  TRY(remove_legacy_bundle(view));
  TRY(rebuild_lists(view, authorities, call.now));  // those of issuers that are no more go with them
  Response response;
  response.warnings.push_back(
      "DELETE /root deletes all keys and issuers; prefer the new DELETE /key/:key_ref and DELETE /issuer/:issuer_ref for finer "
      "granularity, unless removal of all keys and issuers is desired.");
  return response;
}

using WriteFunction = Reply (*)(const MountStore&, const Call&, WriteView&);

}  // namespace

void add_root_paths(std::vector<Path>& paths, const MountStore& store) {
  for (const auto& [pattern, function] : {std::pair<const char*, WriteFunction>("root/generate/{exported}", &generate_root),
                                          std::pair<const char*, WriteFunction>("issuers/generate/root/{exported}", &generate_root),
                                          std::pair<const char*, WriteFunction>("root/rotate/{exported}", &rotate_root)}) {
    Path path;
    path.pattern = pattern;
    path.fields = joined({{capture("exported", "internal, exported or existing.")}, name_fields(), subject_fields(), validity_fields(),
                          key_fields(), authority_fields(), {{"issuer_name", FieldType::string, "A name for the new issuer."}}});
    path.handlers = {{Operation::update, logical::Writes{writing(function, store)}}};
    path.synopsis = "Generate a new CA certificate and private key used for signing.";
    paths.push_back(std::move(path));
  }
  Path replace;
  replace.pattern = "root/replace";
  replace.fields = {{"default", FieldType::string, "The issuer that becomes the default.", "next"}};
  replace.handlers = {{Operation::update, logical::Writes{writing(replace_root, store)}}};
  replace.synopsis = "Choose the default issuer.";
  paths.push_back(std::move(replace));
  Path root;
  root.pattern = "root";
  root.handlers = {{Operation::remove, logical::Writes{writing(remove_roots, store)}}};
  root.access = logical::Access::sudo;
  root.synopsis = "Deletes the root CA key to allow a new one to be generated.";
  paths.push_back(std::move(root));
}

}  // namespace bao::engines::pki
