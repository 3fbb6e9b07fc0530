#include "internal/core/system/key_paths.h"

#include <utility>

#include "internal/codec/encoding.h"
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

using Step = Reply (KeyRotation::*)(const Call&);
using Look = Reply (KeyRotation::*)() const;

// The ceremony of one pair of key and API, and how its answers are shown.
struct Ceremony {
  Core::Parts& parts;
  std::shared_ptr<KeyRotation> rotation;
  Shown shown;

  logical::Effect step(Step what) const {
    return Manages{[rotation = rotation, shown = shown, what](const Call& call) { return shown((rotation.get()->*what)(call)); }};
  }
  logical::Effect look(Look what) const {
    return reads_on_leader(parts, [rotation = rotation, shown = shown, what](const Call&, const storage::ReadView&) {
      return shown((rotation.get()->*what)());
    });
  }
};

const std::vector<logical::Field>& share_fields() {
  static const std::vector<logical::Field> kFields = {{.name = "key", .description = "One share, in hex or base64."},
                                                      {.name = "nonce", .description = "The nonce of the operation."}};
  return kFields;
}

Path begin_path(const Ceremony& ceremony) {
  Path path;
  path.pattern = "init";
  path.handlers = {{.operation = Operation::read, .effect = ceremony.look(&KeyRotation::status), .summary = "Read the progress."},
                   {.operation = Operation::update, .effect = ceremony.step(&KeyRotation::begin), .summary = "Start the change of the key."},
                   {.operation = Operation::remove, .effect = ceremony.step(&KeyRotation::cancel), .summary = "Cancel it."}};
  path.synopsis = "Starts, shows and cancels a change of the key behind the shares.";
  path.fields = {{.name = "secret_shares", .type = FieldType::integer, .description = "How many shares the new key is cut into."},
                 {.name = "secret_threshold", .type = FieldType::integer, .description = "How many of them suffice."},
                 {.name = "pgp_keys", .type = FieldType::comma_list, .description = "PGP public keys to encrypt the shares with."},
                 {.name = "backup", .type = FieldType::boolean, .description = "Whether to keep the encrypted shares."},
                 {.name = "require_verification", .type = FieldType::boolean, .description = "Whether the new shares must be given back first."}};
  return path;
}

Path update_path(const Ceremony& ceremony) {
  Path path;
  path.pattern = "update";
  path.handlers = {{.operation = Operation::update, .effect = ceremony.step(&KeyRotation::update), .summary = "Give a share."}};
  path.synopsis = "Takes a share towards the change of the key.";
  path.fields = share_fields();
  return path;
}

Path verify_path(const Ceremony& ceremony) {
  Path path;
  path.pattern = "verify";
  path.handlers = {
      {.operation = Operation::read, .effect = ceremony.look(&KeyRotation::verification_status), .summary = "Read the progress of the verification."},
      {.operation = Operation::update, .effect = ceremony.step(&KeyRotation::verify), .summary = "Give a new share back."},
      {.operation = Operation::remove, .effect = ceremony.step(&KeyRotation::restart_verification), .summary = "Start the verification over."}};
  path.synopsis = "Verifies that the new shares were received.";
  path.fields = share_fields();
  return path;
}

base::Result<std::optional<std::string>> stored_backup(const Core::Parts& parts, std::string_view key) {
  const barrier::Reader all(parts.barrier);
  auto stored = all.get_plain(key);
  const bool encrypted = stored.ok() && *stored && !(*stored)->starts_with('{');
  return encrypted ? all.get(key) : stored;
}

// {"Nonce", "Keys": {fingerprint: [hex]}}.
Reply read_backup(const Core::Parts& parts, std::string_view key) {
  ASSIGN_OR_RETURN(const auto stored, stored_backup(parts, key));
  if (!stored) return base::invalid("no backed-up keys found");
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
  return spread(std::move(data));
}

}  // namespace

Paths ceremony_paths(Core::Parts& parts, RotationApi api, const std::string& folder, Access access, const Shown& shown) {
  const Ceremony ceremony{parts, std::make_shared<KeyRotation>(parts, std::move(api)), shown};
  parts.ceremonies.add(ceremony.rotation);
  Paths paths = {begin_path(ceremony), update_path(ceremony), verify_path(ceremony)};
  for (Path& path : paths) {
    path.pattern = folder + path.pattern;
    path.access = access;
  }
  return paths;
}

Path backup_path(const Core::Parts& parts, std::string pattern, std::string_view key) {
  Path path;
  path.pattern = std::move(pattern);
  path.handlers = {{.operation = Operation::read,
                    .effect = Reads{[&parts, key](const Call&, const storage::ReadView&) { return read_backup(parts, key); }},
                    .summary = "The kept shares."},
                   {.operation = Operation::remove,
                    .effect = Writes{[key](const Call&, storage::WriteView& all) -> Reply {
                      TRY(all.remove(key));
                      return Response::none();
                    }},
                    .summary = "Forget the kept shares."}};
  path.synopsis = "Shares that were kept encrypted.";
  return path;
}

}  // namespace bao::core::sys
