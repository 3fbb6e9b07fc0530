// Certificates and keys brought from elsewhere: config/ca, issuers/import, intermediate/set-signed.
#include "internal/crypto/x509/pem.h"
#include "internal/engines/pki/endpoints.h"
#include "internal/engines/pki/fields.h"
#include "internal/engines/pki/signer.h"

namespace bao::engines::pki {
namespace {

using codec::Json;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Response;

constexpr size_t kPemBytesMin = 64;

struct Bundle {
  std::vector<x509::Certificate> certificates;
  std::vector<x509::PrivateKey> keys;
};

base::Result<Bundle> read_bundle(const std::string& text, bool keys_allowed) {
  if (text.empty()) return base::invalid("'pem_bundle' and 'certificate' parameters were empty");
  if (text.size() < kPemBytesMin) {
    return base::invalid("provided data for import was too short; perhaps a path was passed to the API rather than the contents of a PEM file");
  }
  ASSIGN_OR_RETURN(const auto blocks, x509::parse_pem_bundle(text));
  if (blocks.empty()) return base::invalid("error when parsing block 1: invalid PEM data");
  Bundle bundle;
  for (const x509::PemBlock& block : blocks) {
    if (block.type != x509::kCertificateBlock) {
      if (!keys_allowed) {
        return base::invalid("private keys found in the PEM bundle but not allowed by the path; use /issuers/import/bundle");
      }
      auto key = x509::PrivateKey::parse_der(block.der.reveal());
      if (!key.ok()) return key.error().within("Error parsing key " + std::to_string(bundle.keys.size()) + ": failed to parse PEM block");
      bundle.keys.push_back(std::move(*key));
    } else {
      const std::string which = "Error parsing issuer " + std::to_string(bundle.certificates.size());
      auto certificate = x509::parse_certificate(block.der.reveal());
      if (!certificate.ok()) return certificate.error().within(which);
      if (!certificate->basic_constraints || !certificate->basic_constraints->ca) {
        return base::invalid(which + ": Refusing to import non-CA certificate\n" + x509::pem(x509::kCertificateBlock, certificate->der));
      }
      bundle.certificates.push_back(std::move(*certificate));
    }
  }
  return bundle;
}

struct Ids {
  std::vector<std::string> imported, existing;
  void add(const Authorities::Filed& filed) { (filed.is_new ? imported : existing).push_back(filed.id); }
};

Json list_or_null(const std::vector<std::string>& ids) { return ids.empty() ? Json() : Json::strings(ids); }

Reply import_bundle(const MountStore&, const Call& call, WriteView& view, const std::string& text, bool keys_allowed) {
  ASSIGN_OR_RETURN(const Bundle bundle, read_bundle(text, keys_allowed));
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  Ids keys, issuers;
  // Keys first, so that issuers find theirs.
  for (const x509::PrivateKey& key : bundle.keys) {
    ASSIGN_OR_RETURN(const Authorities::Filed filed, authorities.file_key(view, key, ""));
    keys.add(filed);
  }
  for (const x509::Certificate& certificate : bundle.certificates) {
    ASSIGN_OR_RETURN(const Authorities::Filed filed, authorities.file_issuer(view, certificate, "", 0, call.now));
    issuers.add(filed);
  }
  if (issuers.imported.size() == 1) TRY(authorities.follow_latest(view, issuers.imported.front()));
  if (!issuers.imported.empty() || !keys.imported.empty()) TRY(rebuild_lists(view, authorities, call.now));
  Json mapping = Json::object();
  for (const auto* ids : {&issuers.imported, &issuers.existing}) {
    for (const std::string& id : *ids) mapping.set(id, authorities.issuers.at(id).entry.key_id);
  }
  Response response = Response::of(Json::object({{"mapping", std::move(mapping)},
                                                 {"imported_keys", list_or_null(keys.imported)},
                                                 {"imported_issuers", list_or_null(issuers.imported)},
                                                 {"existing_keys", list_or_null(keys.existing)},
                                                 {"existing_issuers", list_or_null(issuers.existing)}}));
  if (authorities.urls.empty()) response.warnings.push_back(kNoUrls);
  return response;
}

Reply import_all(const MountStore& store, const Call& call, WriteView& view) {
  return import_bundle(store, call, view, call.fields.string("pem_bundle"), true);
}
Reply import_certificates(const MountStore& store, const Call& call, WriteView& view) {
  return import_bundle(store, call, view, call.fields.string("pem_bundle"), false);
}
Reply set_signed(const MountStore& store, const Call& call, WriteView& view) {
  return import_bundle(store, call, view, call.fields.string("certificate"), false);
}

using WriteFunction = Reply (*)(const MountStore&, const Call&, WriteView&);

void add(std::vector<Path>& paths, const MountStore& store, const char* pattern, const char* field, WriteFunction function) {
  Path path;
  path.pattern = pattern;
  path.fields = {{field, FieldType::string, "Certificates, and keys where they are allowed, PEM.", "", true}};
  path.handlers = {{Operation::update, logical::Writes{writing(function, store)}}};
  path.synopsis = "Import the specified issuing certificates.";
  paths.push_back(std::move(path));
}

}  // namespace

void add_import_paths(std::vector<Path>& paths, const MountStore& store) {
  add(paths, store, "config/ca", "pem_bundle", import_all);
  add(paths, store, "issuers/import/bundle", "pem_bundle", import_all);
  add(paths, store, "issuers/import/cert", "pem_bundle", import_certificates);
  add(paths, store, "intermediate/set-signed", "certificate", set_signed);
}

}  // namespace bao::engines::pki
