// sys/rekey and rekey-recovery-key: the older form of sys/rotate/root and rotate/recovery. Shares alone authorise, so a listener has to
// say that it takes it (http/node_endpoints); the answers are bare JSON in the order of the reference's structs (openbao-api.md 2.2).
// What it began is not what sys/rotate began: both may be under way.
#include <iterator>
#include <utility>

#include "internal/core/system/key_paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Access;
using logical::Reply;

Json member_or(const Json& data, const char* name, Json otherwise) {
  const Json* value = data.find_ignoring_case(name);
  return value == nullptr ? otherwise : *value;
}

// Absent rather than empty.
void add_verification_nonce(Json& shown, const Json& data) {
  if (!data["verification_nonce"].as_string().empty()) shown.set("verification_nonce", data["verification_nonce"]);
}

Json status_record(const Json& data) {
  Json shown = Json::record({{"nonce", member_or(data, "nonce", "")},
                             {"started", data["started"]},
                             {"t", data["t"]},
                             {"n", data["n"]},
                             {"progress", member_or(data, "progress", 0)},
                             {"required", data["required"]},
                             {"pgp_fingerprints", data["pgp_fingerprints"]},
                             {"backup", member_or(data, "backup", false)},
                             {"verification_required", member_or(data, "verification_required", false)}});
  add_verification_nonce(shown, data);
  return shown;
}

Json new_shares_record(const Json& data) {
  Json shown = Json::record();
  for (const char* name : {"nonce", "complete", "keys", "keys_base64", "pgp_fingerprints", "backup", "verification_required"}) {
    shown.set(name, data[name]);
  }
  add_verification_nonce(shown, data);
  return shown;
}

Json verification_record(const Json& data) {
  Json shown = Json::record();
  for (const char* name : {"nonce", "complete", "started", "t", "n", "progress"}) {
    if (!data[name].is_null()) shown.set(name, data[name]);
  }
  return shown;
}

// By what it holds: shares, how far the ceremony is, or how far its verification.
Json record_of(const Json& data) {
  if (!data["keys"].is_null()) return new_shares_record(data);
  return data["required"].is_null() ? verification_record(data) : status_record(data);
}

Reply bare(Reply reply) {
  if (!reply.ok() || !reply->data) return reply;
  logical::Response response;
  response.raw = logical::RawBody{200, "application/json", codec::write_json(record_of(*reply->data)) + "\n"};
  return response;
}

void add_ceremony(Core::Parts& parts, Target target, const std::string& folder, Paths& paths) {
  Paths ceremony = ceremony_paths(parts, rekey_api(target), folder, Access::unauthenticated, bare);
  paths.insert(paths.end(), std::make_move_iterator(ceremony.begin()), std::make_move_iterator(ceremony.end()));
}

}  // namespace

Paths rekey_paths(Core::Parts& parts) {
  Paths paths;
  paths.push_back(backup_path(parts, "rekey/backup", kUnsealKeysBackup));
  paths.push_back(backup_path(parts, "rekey/recovery-key-backup", kRecoveryKeysBackup));
  add_ceremony(parts, Target::root, "rekey/", paths);
  add_ceremony(parts, Target::recovery, "rekey-recovery-key/", paths);
  return paths;
}

}  // namespace bao::core::sys
