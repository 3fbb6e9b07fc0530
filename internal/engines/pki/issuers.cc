// Issuers: listed, read in every form, changed, removed.
#include <algorithm>

#include "internal/base/time_format.h"
#include "internal/engines/pki/certificate_answer.h"
#include "internal/engines/pki/endpoints.h"
#include "internal/engines/pki/fields.h"
#include "internal/engines/pki/layout.h"
#include "internal/engines/pki/signer.h"

namespace bao::engines::pki {
namespace {

using codec::Json;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Response;

Json lists_of(const UrlConfig& urls) {
  return Json::object({{"issuing_certificates", list_json(urls.issuing_certificates)},
                       {"crl_distribution_points", list_json(urls.crl_distribution_points)},
                       {"delta_crl_distribution_points", list_json(urls.delta_crl_distribution_points)},
                       {"ocsp_servers", list_json(urls.ocsp_servers)}});
}

Json answer_of(const IssuerEntry& entry) {
  const std::vector<std::string> none;
  Json data = lists_of(entry.urls ? *entry.urls : UrlConfig{none, none, none, none});
  if (entry.urls) data.set("enable_aia_url_templating", entry.urls->enable_templating);
  data.set("issuer_id", entry.id);
  data.set("issuer_name", entry.name);
  data.set("key_id", entry.key_id);
  data.set("certificate", entry.certificate);
  data.set("manual_chain", list_json(entry.manual_chain));
  data.set("ca_chain", Json::strings(entry.ca_chain));
  data.set("leaf_not_after_behavior", behavior_name(entry.not_after_behavior));
  data.set("usage", usage_names(entry.usage));
  const auto algorithm = static_cast<x509::SignatureAlgorithm>(entry.revocation_signature_algorithm);
  data.set("revocation_signature_algorithm", x509::signature_algorithm_name(algorithm));
  data.set("revoked", entry.revoked);
  if (entry.revoked) {
    data.set("revocation_time", entry.revocation_time);
    data.set("revocation_time_rfc3339", entry.revocation_time_utc);
  }
  return data;
}

base::Result<const Issuer*> asked_issuer(const Authorities& authorities, const Call& call) {
  const auto found = authorities.find_issuer(call.fields.string("issuer_ref"));
  if (!found.ok()) return failure(found.error().message());
  return *found;
}

Reply list_issuers(const MountStore& store, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  ASSIGN_OR_RETURN(const auto ids, view.list(layout::kIssuers, call.fields.string("after"), call.fields.integer("limit")));
  Json info = Json::object();
  for (const std::string& id : ids) {
    const auto found = authorities->issuers.find(id);
    if (found == authorities->issuers.end()) continue;
    const IssuerEntry& entry = found->second.entry;
    info.set(id, Json::object({{"issuer_name", entry.name},
                               {"is_default", id == authorities->issuer_config.default_id},
                               {"serial_number", entry.serial_number},
                               {"key_id", entry.key_id}}));
  }
  return Response::keys(ids, std::move(info));
}

Reply read_issuer(const MountStore& store, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  ASSIGN_OR_RETURN(const Issuer* issuer, asked_issuer(*authorities, call));
  return Response::of(answer_of(issuer->entry));
}

// For everybody: json, pem, der.
Reply read_form(const MountStore& store, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  const auto found = authorities->find_issuer(call.fields.string("issuer_ref"));
  if (!found.ok()) return base::internal(found.error().message());
  const IssuerEntry& entry = (*found)->entry;
  const std::string form = call.fields.string("form");
  if (form == "json") {
    return Response::of(Json::object({{"certificate", entry.certificate},
                                      {"ca_chain", Json::strings(entry.ca_chain)},
                                      {"issuer_id", entry.id},
                                      {"issuer_name", entry.name}}));
  }
  Response response;
  const bool der = form == "der";
  response.raw = logical::RawBody{200, der ? "application/pkix-cert" : "application/pem-certificate-chain",
                                  der ? (*found)->certificate.der : entry.certificate};
  return response;
}

base::Status take_name(Issuer& issuer, const Authorities& authorities, const std::string& name) {
  if (name != issuer.entry.name) TRY(authorities.check_new_issuer_name(name));
  issuer.entry.name = name;
  return {};
}

base::Status take_behavior(Issuer& issuer, const std::string& name) {
  const auto behavior = behavior_by_name(name);
  if (!behavior) {
    return base::invalid("Unknown value for field `leaf_not_after_behavior`. Possible values are `err`, `truncate`, and `permit`.");
  }
  issuer.entry.not_after_behavior = *behavior;
  return {};
}

std::string wrong_key_text(const Issuer& issuer, x509::SignatureAlgorithm algorithm) {
  const x509::KeyType type = issuer.certificate.public_key.type();
  const std::string kind = type == x509::KeyType::rsa ? "RSA" : type == x509::KeyType::ec ? "ECDSA" : "Ed25519";
  return "unable to use issuer of type " + kind + " to sign with " + std::string(x509::signature_algorithm_name(algorithm)) + " key type";
}

base::Status take_list_signature(Issuer& issuer, const std::string& name) {
  if (name.empty()) {
    issuer.entry.revocation_signature_algorithm = 0;
    return {};
  }
  const auto algorithm = x509::signature_algorithm_by_name(name);
  if (!algorithm) return base::invalid("Unknown signature algorithm: " + name);
  if (!x509::signs_with(issuer.certificate.public_key.type(), *algorithm)) return failure(wrong_key_text(issuer, *algorithm));
  issuer.entry.revocation_signature_algorithm = static_cast<int64_t>(*algorithm);
  return {};
}

base::Status take_usages(Issuer& issuer, uint32_t usages) {
  if (usages == issuer.entry.usage) return {};
  if (issuer.entry.revoked && (usages & kIssuing) != 0) {
    return base::invalid(
        "This issuer was revoked; unable to modify its usage to include certificate signing again. Reissue this certificate (preferably with a "
        "new key) and modify that entry instead.");
  }
  if ((usages & kCrlSigning) != 0 && !issuer.certificate.may_sign_crls()) {
    return base::invalid(
        "This issuer's underlying certificate lacks the CRLSign KeyUsage value; unable to set CRLSigningUsage on this issuer as a result.");
  }
  issuer.entry.usage = usages;
  return {};
}

base::Status take_manual_chain(Issuer& issuer, const Authorities& authorities, const std::vector<std::string>& references) {
  std::vector<std::string> ids;
  for (const std::string& reference : references) {
    if (reference == "self" && ids.empty()) {
      ids.push_back(issuer.entry.id);
      continue;
    }
    const auto found = authorities.find_issuer(reference);
    if (!found.ok()) return failure(found.error().message());
    ids.push_back((*found)->entry.id);
    if (ids.front() != issuer.entry.id) {
      return base::invalid("expected first cert in chain to be a self-reference, but was: " + reference + "/" + ids.front());
    }
  }
  issuer.entry.manual_chain = ids.empty() ? List() : List(std::move(ids));
  return {};
}

base::Status take_urls(Issuer& issuer, const logical::Fields& fields, bool all) {
  UrlConfig urls = issuer.entry.urls && !all ? *issuer.entry.urls : UrlConfig();
  if (all || fields.has("enable_aia_url_templating")) urls.enable_templating = fields.boolean("enable_aia_url_templating");
  const auto take = [&](const char* name, List& list) -> base::Status {
    if (!fields.has(name)) return {};
    std::vector<std::string> given = fields.strings(name);
    if (!urls.enable_templating) TRY(check_urls(given, name));
    list = given.empty() ? List() : List(std::move(given));
    return {};
  };
  TRY(take("issuing_certificates", urls.issuing_certificates));
  TRY(take("crl_distribution_points", urls.crl_distribution_points));
  // The reference takes delta_crl_distribution_points and stores nothing.
  TRY(take("ocsp_servers", urls.ocsp_servers));
  issuer.entry.urls = urls.empty() && !urls.enable_templating ? std::nullopt : std::optional(std::move(urls));
  return {};
}

// A POST sets every field, a PATCH those that are given.
Reply change_issuer(const Call& call, WriteView& view, bool all) {
  const logical::Fields& fields = call.fields;
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  ASSIGN_OR_RETURN(const Issuer* found, asked_issuer(authorities, call));
  const std::string id = found->entry.id;
  Issuer issuer = *found;
  const auto wanted = [&](const char* name) { return all || fields.has(name); };
  if (wanted("issuer_name")) TRY(take_name(issuer, authorities, fields.string("issuer_name")));
  if (wanted("leaf_not_after_behavior")) TRY(take_behavior(issuer, fields.string("leaf_not_after_behavior")));
  if (fields.has("usage")) {
    ASSIGN_OR_RETURN(const uint32_t usages, usages_by_names(fields.strings("usage")));
    TRY(take_usages(issuer, usages));
  } else if (all) {
    // Also where it may not have them: refused, as by the reference. Such an issuer is changed by PATCH, or with its usages named.
    TRY(take_usages(issuer, kAllUsages));
  }
  if (wanted("revocation_signature_algorithm")) TRY(take_list_signature(issuer, fields.string("revocation_signature_algorithm")));
  TRY(take_urls(issuer, fields, all));
  if (wanted("manual_chain")) TRY(take_manual_chain(issuer, authorities, fields.strings("manual_chain")));
  issuer.entry.last_modified = base::format_rfc3339(call.now);
  authorities.issuers.at(id) = issuer;
  TRY(authorities.save(view, issuer));
  TRY(authorities.rebuild_chains(view));
  return Response::of(answer_of(authorities.issuers.at(id).entry));
}

Reply write_issuer(const MountStore&, const Call& call, WriteView& view) { return change_issuer(call, view, true); }
Reply patch_issuer(const MountStore&, const Call& call, WriteView& view) { return change_issuer(call, view, false); }

Reply remove_issuer(const MountStore&, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  Response response = Response::of(Json());
  const auto found = authorities.find_issuer(call.fields.string("issuer_ref"));
  if (!found.ok()) return response;
  const std::string id = (*found)->entry.id;
  const bool was_default = authorities.issuer_config.default_id == id;
  TRY(authorities.remove_issuer(view, id));
  if (was_default) {
    response.warnings.push_back("Deleted issuer " + id + " was default issuer; no default issuer is configured for this mount any more");
  }
  TRY(authorities.rebuild_chains(view));
  TRY(rebuild_lists(view, authorities, call.now));
  return response;
}

std::vector<std::string> revocation_warnings(const Authorities& authorities, const Issuer& revoked) {
  std::vector<std::string> warnings;
  if (revoked.certificate.self_issued()) {
    warnings.emplace_back(
        "This issuer is a self-signed (potentially root) certificate. This means it may not be considered revoked if there is not an external, "
        "cross-signed variant of this certificate. This issuer's serial number will not appear on its own CRL.");
  }
  const bool has_parent = std::any_of(authorities.issuers.begin(), authorities.issuers.end(), [&](const auto& each) {
    return each.first != revoked.entry.id && x509::check_issued_by(revoked.certificate, each.second.certificate).ok();
  });
  if (!has_parent) {
    warnings.emplace_back(
        "This issuer lacks another parent issuer within the mount. This means it will not appear on any other CRLs and may not be considered "
        "revoked by clients. Consider adding this issuer to its issuer's CRL as well if it is not self-signed.");
  }
  if (authorities.issuer_config.default_id == revoked.entry.id) {
    warnings.emplace_back(
        "This issuer is currently configured as the default issuer for this mount; operations such as certificate issuance may not work until a "
        "new default issuer is selected.");
  }
  return warnings;
}

// It issues no more, and stands on the list of whoever issued it.
Reply revoke_issuer(const MountStore&, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  ASSIGN_OR_RETURN(const Issuer* found, asked_issuer(authorities, call));
  if (found->entry.revoked) return Response::of(answer_of(found->entry));
  Issuer& issuer = authorities.issuers.at(found->entry.id);
  issuer.entry.revoked = true;
  issuer.entry.revocation_time = base::unix_seconds(call.now);
  issuer.entry.revocation_time_utc = base::format_rfc3339(call.now);
  issuer.entry.usage &= ~static_cast<uint32_t>(kIssuing);
  issuer.entry.last_modified = issuer.entry.revocation_time_utc;
  TRY(authorities.save(view, issuer));
  TRY(rebuild_lists(view, authorities, call.now));
  Response response = Response::of(answer_of(issuer.entry));
  response.warnings = revocation_warnings(authorities, issuer);
  return response;
}

FieldList issuer_fields() {
  return {capture("issuer_ref", "The issuer: its id, name or default."),
          {"issuer_name", FieldType::string, "Its name."},
          {"leaf_not_after_behavior", FieldType::string, "For leaves that would outlive it: err, truncate or permit.", "err"},
          {"manual_chain", FieldType::comma_list, "Its chain, itself first: references, or self."},
          {"usage", FieldType::comma_list, "read-only, issuing-certificates, crl-signing, ocsp-signing."},
          {"revocation_signature_algorithm", FieldType::string, "What it signs its lists with."},
          {"issuing_certificates", FieldType::comma_list, "URLs of its certificate."},
          {"crl_distribution_points", FieldType::comma_list, "URLs of its lists."},
          {"delta_crl_distribution_points", FieldType::comma_list, "URLs of its delta lists."},
          {"ocsp_servers", FieldType::comma_list, "URLs of OCSP servers."},
          {"enable_aia_url_templating", FieldType::boolean, "Whether those URLs are templates."}};
}

}  // namespace

void add_issuer_paths(std::vector<Path>& paths, const MountStore& store) {
  Path list;
  list.pattern = "issuers/?";
  list.fields = paging_fields();
  list.handlers = {{Operation::list, logical::Reads{reading(list_issuers, store)}}};
  list.access = logical::Access::unauthenticated;
  list.synopsis = "Fetch a list of CA certificates.";
  paths.push_back(std::move(list));
  Path issuer;
  issuer.pattern = "issuer/{issuer_ref}";
  issuer.fields = issuer_fields();
  issuer.handlers = {{Operation::read, logical::Reads{reading(read_issuer, store)}},
                     {Operation::update, logical::Writes{writing(write_issuer, store)}},
                     {Operation::patch, logical::Writes{writing(patch_issuer, store)}},
                     {Operation::remove, logical::Writes{writing(remove_issuer, store)}}};
  issuer.synopsis = "Fetch a single issuer, or change it.";
  paths.push_back(std::move(issuer));
  Path revocation;
  revocation.pattern = "issuer/{issuer_ref}/revoke";
  revocation.fields = {capture("issuer_ref", "The issuer: its id, name or default.")};
  revocation.handlers = {{Operation::update, logical::Writes{writing(revoke_issuer, store)}}};
  revocation.synopsis = "Revoke the specified issuer certificate.";
  paths.push_back(std::move(revocation));
  Path form;
  form.pattern = "issuer/{issuer_ref}/{form:json|der|pem}";
  form.fields = {capture("issuer_ref", "The issuer: its id, name or default."), capture("form", "json, der or pem.")};
  form.handlers = {{Operation::read, logical::Reads{reading(read_form, store)}}};
  form.access = logical::Access::unauthenticated;
  form.synopsis = "Fetch an issuer's certificate.";
  paths.push_back(std::move(form));
}

}  // namespace bao::engines::pki
