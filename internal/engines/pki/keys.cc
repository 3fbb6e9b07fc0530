// Keys: listed, read, named, made, imported, removed. A private key leaves the mount once: when it was made to be exported.
#include "internal/crypto/x509/pem.h"
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/certificate_answer.h"
#include "internal/engines/pki/endpoints.h"
#include "internal/engines/pki/fields.h"
#include "internal/engines/pki/layout.h"
#include "internal/engines/pki/new_key.h"
#include "internal/engines/pki/signer.h"

namespace bao::engines::pki {
namespace {

using codec::Json;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Response;

constexpr size_t kPemBytesMin = 64;

Json answer_of(const KeyEntry& entry) {
  return Json::object({{"key_id", entry.id}, {"key_name", entry.name}, {"key_type", entry.type}});
}

base::Result<const Key*> asked_key(const Authorities& authorities, const Call& call) {
  const auto found = authorities.find_key(call.fields.string("key_ref"));
  if (!found.ok()) return failure(found.error().message());
  return *found;
}

Reply list_keys(const MountStore& store, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  ASSIGN_OR_RETURN(const auto ids, view.list(layout::kKeys, call.fields.string("after"), call.fields.integer("limit")));
  Json info = Json::object();
  for (const std::string& id : ids) {
    const auto found = authorities->keys.find(id);
    if (found == authorities->keys.end()) continue;
    info.set(id, Json::object({{"key_name", found->second.entry.name}, {"is_default", id == authorities->key_config.default_id}}));
  }
  return Response::keys(ids, std::move(info));
}

Reply read_key(const MountStore& store, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  ASSIGN_OR_RETURN(const Key* key, asked_key(*authorities, call));
  Json data = answer_of(key->entry);
  if (key->pair) data.set("subject_key_id", x509::serial_text(key->pair->public_key().key_id(), ':'));
  return Response::of(std::move(data));
}

Reply rename_key(const MountStore&, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  ASSIGN_OR_RETURN(const Key* found, asked_key(authorities, call));
  const std::string name = call.fields.string("key_name");
  if (!name.empty() && !is_reference_name(name)) return base::invalid("new key name outside of valid character limits");
  Key& key = authorities.keys.at(found->entry.id);
  Response response;
  if (name.empty() && !key.entry.name.empty()) response.warnings.push_back("Name successfully deleted, you will now need to reference this key by it's Id");
  if (name != key.entry.name) {
    key.entry.name = name;
    TRY(authorities.save(view, key));
  }
  response.data = answer_of(key.entry);
  return response;
}

Reply remove_key(const MountStore&, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  Response response;
  const auto found = authorities.find_key(call.fields.string("key_ref"));
  if (!found.ok()) return response;
  const std::string id = (*found)->entry.id;
  for (const auto& [issuer_id, issuer] : authorities.issuers) {
    if (issuer.entry.key_id == id) {
      return base::invalid("Failed to Delete Key. Key in Use by Issuer: " + issuer_id);
    }
  }
  TRY(view.remove(layout::kKeys + id));
  if (authorities.key_config.default_id == id) {
    authorities.key_config.default_id.clear();
    TRY(authorities.save_key_config(view));
    response.warnings.push_back("Deleted key " + id + " was default key; no default key is configured for this mount any more");
  }
  return response;
}

Reply generate_key(const MountStore&, const Call& call, WriteView& view) {
  const std::string kind = call.fields.string("kind");
  if (kind == "kms") return base::invalid("keys of external key management systems are not supported");
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  const std::string name = call.fields.string("key_name");
  TRY(authorities.check_new_key_name(name));
  const auto key = make_key(call.fields.string("key_type"), call.fields.integer("key_bits"));
  if (!key.ok()) return key.error().within("Validation for key_type, key_bits failed");
  ASSIGN_OR_RETURN(const Authorities::Filed filed, authorities.file_key(view, *key, name));
  Json data = answer_of(authorities.keys.at(filed.id).entry);
  if (kind == "exported") data.set("private_key", without_last_newline(key->traditional_pem().reveal()));
  return Response::of(std::move(data));
}

base::Result<x509::PrivateKey> only_key(const std::string& bundle) {
  if (bundle.size() < kPemBytesMin) {
    return base::invalid("provided data for import was too short; perhaps a path was passed to the API rather than the contents of a PEM file");
  }
  auto blocks = x509::parse_pem_bundle(bundle);
  if (!blocks.ok()) return blocks.error();
  if (blocks->size() != 1) return base::invalid("only a single key can be present within the pem_bundle for importing");
  auto key = x509::PrivateKey::parse_der(blocks->front().der.reveal());
  if (!key.ok()) return key.error().within("failed to parse PEM block");
  return key;
}

Reply import_key(const MountStore&, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  ASSIGN_OR_RETURN(const x509::PrivateKey key, only_key(call.fields.string("pem_bundle")));
  const std::string name = call.fields.string("key_name");
  TRY(authorities.check_new_key_name(name));
  ASSIGN_OR_RETURN(const Authorities::Filed filed, authorities.file_key(view, key, name));
  Response response = Response::of(answer_of(authorities.keys.at(filed.id).entry));
  if (!filed.is_new) response.warnings.push_back("Key already imported, use key/ endpoint to update name.");
  TRY(authorities.rebuild_chains(view));
  return response;
}

}  // namespace

void add_key_paths(std::vector<Path>& paths, const MountStore& store) {
  Path list;
  list.pattern = "keys/?";
  list.fields = paging_fields();
  list.handlers = {{Operation::list, logical::Reads{reading(list_keys, store)}}};
  list.synopsis = "Fetch a list of all key identifiers.";
  paths.push_back(std::move(list));
  Path generate;
  generate.pattern = "keys/generate/{kind:internal|exported|kms}";
  generate.fields = {capture("kind", "internal or exported."),
                     {"key_name", FieldType::string, "Its name."},
                     {"key_type", FieldType::string, "rsa, ec or ed25519.", "rsa"},
                     {"key_bits", FieldType::integer, "Its size; 0 for the usual one."}};
  generate.handlers = {{Operation::update, logical::Writes{writing(generate_key, store)}}};
  generate.synopsis = "Generate a new private key used for signing.";
  paths.push_back(std::move(generate));
  Path import;
  import.pattern = "keys/import";
  import.fields = {{"pem_bundle", FieldType::string, "The key, PEM.", "", true}, {"key_name", FieldType::string, "Its name."}};
  import.handlers = {{Operation::update, logical::Writes{writing(import_key, store)}}};
  import.synopsis = "Import the specified key.";
  paths.push_back(std::move(import));
  Path key;
  key.pattern = "key/{key_ref}";
  key.fields = {capture("key_ref", "The key: its id, name or default."), {"key_name", FieldType::string, "Its name."}};
  key.handlers = {{Operation::read, logical::Reads{reading(read_key, store)}},
                  {Operation::update, logical::Writes{writing(rename_key, store)}},
                  {Operation::remove, logical::Writes{writing(remove_key, store)}}};
  key.synopsis = "Fetch a single key, or name it.";
  paths.push_back(std::move(key));
}

}  // namespace bao::engines::pki
