// sys/rotate/root and rotate/recovery: the paths of key_rotation, and shares that were kept encrypted (openbao-api.md 2.2).
#include "internal/core/system/rotate_root.h"

#include <memory>
#include <utility>

#include "internal/codec/encoding.h"
#include "internal/core/system/key_rotation.h"
#include "internal/core/system/raft.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Access;
using logical::Call;
using logical::FieldType;
using logical::Manages;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;
using logical::Writes;

Path path_of(std::string pattern, std::vector<logical::Handler> handlers, const char* synopsis) {
  Path path;
  path.pattern = std::move(pattern);
  path.handlers = std::move(handlers);
  path.synopsis = synopsis;
  return path;
}

const std::vector<logical::Field>& share_fields() {
  static const std::vector<logical::Field> kFields = {{.name = "key", .description = "One share, in hex or base64."},
                                                      {.name = "nonce", .description = "The nonce of the operation."}};
  return kFields;
}

Path begin_path(const Core::Parts& parts, const std::shared_ptr<KeyRotation>& rotation, const std::string& folder) {
  Path path = path_of(
      folder + "init",
      {{.operation = Operation::read, .effect = reads_on_leader(parts, [rotation](const Call&, const storage::ReadView&) { return rotation->status(); }),
        .summary = "Read the progress of the rotation."},
       {.operation = Operation::update, .effect = Manages{[rotation](const Call& call) { return rotation->begin(call); }},
        .summary = "Start a rotation."},
       {.operation = Operation::remove, .effect = Manages{[rotation](const Call&) { return rotation->cancel(); }},
        .summary = "Cancel the rotation."}},
      "Starts, shows and cancels a rotation of the key behind the shares.");
  path.fields = {{.name = "secret_shares", .type = FieldType::integer, .description = "How many shares the new key is cut into."},
                 {.name = "secret_threshold", .type = FieldType::integer, .description = "How many of them suffice."},
                 {.name = "pgp_keys", .type = FieldType::comma_list, .description = "PGP public keys to encrypt the shares with."},
                 {.name = "backup", .type = FieldType::boolean, .description = "Whether to keep the encrypted shares."},
                 {.name = "require_verification", .type = FieldType::boolean, .description = "Whether the new shares must be given back first."}};
  return path;
}

// Encrypted shares that a node of OpenBao kept: {"Nonce", "Keys": {fingerprint: [hex]}}. Its older API wrote them past the barrier.
Reply read_backup(const Core::Parts& parts, const std::string& key) {
  const barrier::Reader all(parts.barrier);
  ASSIGN_OR_RETURN(auto stored, all.get_plain(key));
  if (!stored) return base::invalid("no backed-up keys found");
  if (!stored->starts_with('{')) {
    ASSIGN_OR_RETURN(stored, all.get(key));
  }
  ASSIGN_OR_RETURN(const Json backup, codec::parse_json(*stored));
  const Json* keys = backup.find_ignoring_case("keys");
  const Json* nonce = backup.find_ignoring_case("nonce");
  Json base64 = Json::object();
  if (keys != nullptr && keys->is_object()) {
    for (const auto& [fingerprint, shares] : keys->members()) {
      Json texts = Json::array();
      for (const Json& share : shares.items()) {
        ASSIGN_OR_RETURN(const std::string bytes, codec::from_hex(share.as_string()));
        texts.push_back(codec::to_base64(bytes));
      }
      base64.set(fingerprint, std::move(texts));
    }
  }
  Json data = Json::object();
  data.set("nonce", nonce == nullptr ? "" : nonce->as_string());
  data.set("keys", keys == nullptr ? Json() : *keys);
  data.set("keys_base64", std::move(base64));
  return Response::of(std::move(data));
}

Path backup_path(const Core::Parts& parts, const std::string& folder, const std::string& key) {
  return path_of(folder + "backup",
                 {{.operation = Operation::read,
                   .effect = Reads{[&parts, key](const Call&, const storage::ReadView&) { return read_backup(parts, key); }},
                   .summary = "The kept shares."},
                  {.operation = Operation::remove,
                   .effect = Writes{[key](const Call&, storage::WriteView& all) -> Reply {
                     TRY(all.remove(key));
                     return Response::none();
                   }},
                   .summary = "Forget the kept shares."}},
                 "Shares that were kept encrypted.");
}

void add_ceremony(Core::Parts& parts, Target target, const std::string& folder, Paths& paths) {
  const auto rotation = std::make_shared<KeyRotation>(parts, target);
  parts.ceremonies.add(rotation);
  paths.push_back(begin_path(parts, rotation, folder));
  paths.push_back(path_of(folder + "update",
                          {{.operation = Operation::update, .effect = Manages{[rotation](const Call& call) { return rotation->update(call); }},
                            .summary = "Give a share towards the rotation."}},
                          "Give a share towards the rotation."));
  paths.back().fields = share_fields();
  paths.push_back(path_of(
      folder + "verify",
      {{.operation = Operation::read,
        .effect = reads_on_leader(parts, [rotation](const Call&, const storage::ReadView&) { return rotation->verification_status(); }),
        .summary = "Read the progress of the verification."},
       {.operation = Operation::update, .effect = Manages{[rotation](const Call& call) { return rotation->verify(call); }},
        .summary = "Give a new share back."},
       {.operation = Operation::remove, .effect = Manages{[rotation](const Call&) { return rotation->restart_verification(); }},
        .summary = "Start the verification over."}},
      "Verifies that the new shares were received."));
  paths.back().fields = share_fields();
  if (target == Target::recovery) return;
  paths.push_back(path_of("rotate/root",
                          {{.operation = Operation::update, .effect = Manages{[rotation](const Call&) { return rotation->rotate_now(); }},
                            .summary = "Rotate the root key."}},
                          "Rotate the root key without shares."));
  paths.back().access = Access::sudo;
}

}  // namespace

Paths rotate_root_paths(Core::Parts& parts) {
  Paths paths;
  paths.push_back(backup_path(parts, "rotate/root/", "core/unseal-keys-backup"));
  paths.push_back(backup_path(parts, "rotate/recovery/", "core/recovery-keys-backup"));
  add_ceremony(parts, Target::root, "rotate/root/", paths);
  add_ceremony(parts, Target::recovery, "rotate/recovery/", paths);
  return paths;
}

}  // namespace bao::core::sys
