#include "internal/engines/pki/acme/external_key.h"

#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"
#include "internal/engines/pki/acme/directory.h"
#include "internal/engines/pki/acme/layout.h"
#include "internal/engines/pki/acme/stored.h"

namespace bao::engines::pki::acme {
namespace {

using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Reply;
using logical::Response;

constexpr size_t kKeyBytes = 32;
constexpr char kPrefix[] = "vault-eab-0-";  // in base64url: keys that don't begin with a hyphen

Json shown(const ExternalKey& key) {
  return Json::object({{"key_type", key.type},
                       {"acme_directory", key.directory + "directory"},
                       {"created_on", base::format_rfc3339_seconds(key.created)}});
}

Reply create(const Call& call, storage::WriteView& view) {
  ExternalKey made;
  made.id = crypto::random_uuid();
  made.directory = directory_name(call.request.relative_path());
  made.created = call.now;
  ASSIGN_OR_RETURN(std::string bytes, codec::from_base64url(kPrefix));
  made.key = std::make_shared<const base::SecretBytes>(base::SecretBytes::take(bytes + crypto::random_bytes(kKeyBytes)));
  TRY(put_entry(view, layout::external_key(made.id), made.entry()));
  Json data = shown(made);
  data.set("id", made.id);
  data.set("key", codec::to_base64url(made.key->reveal()));
  return Response::of(std::move(data));
}

Reply list(const Call& call, const storage::ReadView& view) {
  const int64_t limit = call.fields.integer("limit");
  ASSIGN_OR_RETURN(const auto names, view.list(layout::kExternalKeys, call.fields.string("after"), limit > 0 ? limit : -1));
  std::vector<std::string> ids;
  Json details = Json::object();
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const auto key, read_external_key(view, name));
    if (!key) continue;
    ids.push_back(name);
    details.set(name, shown(*key));
  }
  return Response::keys(ids, std::move(details));
}

Reply remove(const Call& call, storage::WriteView& view) {
  const std::string id = call.fields.string("key_id");
  if (!layout::is_id(id)) return logical::unsupported_path();
  Response response = Response::of(Json());
  ASSIGN_OR_RETURN(const auto entry, view.get(layout::external_key(id)));
  if (!entry) response.warnings.push_back("No key id found with id: " + id);
  TRY(remove_external_key(view, id));
  return response;
}

}  // namespace

Json ExternalKey::entry() const {
  return Json::record({{"key-type", type},
                       {"private-bytes", codec::to_base64(key->reveal())},
                       {"acme-directory", directory},
                       {"created-on", base::format_rfc3339(created)}});
}

base::Result<ExternalKey> ExternalKey::parse(std::string id, const Json& entry) {
  auto bytes = codec::from_base64(entry["private-bytes"].as_string());
  if (!bytes.ok()) return base::corrupt("a stored key for external account binding can't be read");
  ExternalKey key{.id = std::move(id), .directory = entry["acme-directory"].as_string(), .type = entry["key-type"].as_string()};
  key.created = time_of(entry["created-on"]);
  key.key = std::make_shared<const base::SecretBytes>(base::SecretBytes::take(std::move(*bytes)));
  return key;
}

base::Result<std::optional<ExternalKey>> read_external_key(const storage::ReadView& view, const std::string& id) {
  ASSIGN_OR_RETURN(auto entry, read_entry(view, layout::external_key(id)));
  if (!entry) return std::optional<ExternalKey>();
  auto key = ExternalKey::parse(id, *entry);
  entry->wipe();
  if (!key.ok()) return key.error();
  return std::optional<ExternalKey>(std::move(*key));
}

base::Status remove_external_key(storage::WriteView& view, const std::string& id) { return view.remove(layout::external_key(id)); }

std::vector<logical::Path> external_key_paths() {
  std::vector<logical::Path> paths;
  for (logical::Path& path : in_every_directory("new-eab")) {
    path.handlers = {{Operation::update, logical::Writes{create}, "Make a key for binding an account of this directory."}};
    path.synopsis = "Generate external account bindings to be used for ACME";
    path.description = "A key and its id, good for one account.";
    path.access = logical::Access::token;
    paths.push_back(std::move(path));
  }
  logical::Path listing;
  listing.pattern = "eab/?";
  listing.fields = {{"after", FieldType::string, "Entry to begin listing after; it need not exist."},
                    {"limit", FieldType::integer, "Number of entries to return; all by default."}};
  listing.handlers = {{Operation::list, logical::Reads{list}, "List keys for external account binding that no account has used."}};
  listing.synopsis = "list external account bindings to be used for ACME";
  paths.push_back(std::move(listing));
  logical::Path removing;
  removing.pattern = "eab/{key_id:segment}";
  removing.fields = {{"key_id", FieldType::string, "The key's id.", {}, true}};
  removing.handlers = {{Operation::remove, logical::Writes{remove}, "Remove a key that no account has used."}};
  removing.synopsis = "Delete an external account binding id prior to its use within an ACME account";
  paths.push_back(std::move(removing));
  return paths;
}

}  // namespace bao::engines::pki::acme
