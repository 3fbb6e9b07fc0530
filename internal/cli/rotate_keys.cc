#include "internal/cli/rotate_keys.h"

#include "internal/base/letters.h"
#include "internal/cli/columns.h"
#include "internal/cli/go_values.h"
#include "internal/cli/invocation.h"
#include "internal/cli/key_share.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"
#include "internal/cli/pgp_keys.h"
#include "internal/cli/wrap.h"

namespace bao::cli {
namespace {

using codec::Json;

enum class Target { barrier, recovery };

// rotate-keys and rekey do the same by two APIs: where those are, and what the commands say.
struct Words {
  std::string root, recovery, root_backup, recovery_backup;  // paths
  std::string command, process, operation, canceled, nonce_label, status, done;
  bool bare;  // its answers have no envelope
};
const Words kRotateKeys = {"sys/rotate/root/", "sys/rotate/recovery/", "sys/rotate/root/backup", "sys/rotate/recovery/backup",
                           "rotate-keys", "rotation", "rotation", "rotation", "Rotation nonce", "rotate", "rotated", false};
const Words kRekey = {"sys/rekey/", "sys/rekey-recovery-key/", "sys/rekey/backup", "sys/rekey/recovery-key-backup",
                      "rekey", "rekey", "rekey operation", "rekeying", "Rekey operation nonce", "rekey", "rekeyed", true};

std::string capitalised(std::string text) {
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

struct Rotation {
  const Words& words;
  Invocation& run;
  Session& session;
  Target target;
  bool verifying;

  std::string backup() const { return target == Target::barrier ? words.root_backup : words.recovery_backup; }
  std::string path(std::string_view part) const {
    return (target == Target::barrier ? words.root : words.recovery) + std::string(part);
  }
};

base::Result<Json> data_of(const std::string& body) {
  ASSIGN_OR_RETURN(const std::optional<Secret> secret, parse_secret(body));
  return secret ? secret->data : Json();
}

base::Result<Json> call(const Rotation& rotation, const std::string& method, std::string_view part, std::optional<Json> body = {}) {
  ASSIGN_OR_RETURN(const api::HttpResponse response, rotation.session.call(method, rotation.path(part), std::move(body)));
  if (!rotation.words.bare) return data_of(response.body);
  if (response.body.empty()) return Json();
  return codec::parse_json(response.body, {}, codec::Trailing::tolerate_json);
}

Json number_of(const Json& data, std::string_view name) { return data[name].is_number() ? data[name] : Json(0); }

// Members in the order of the reference's structs.
Json status_document(const Json& data) {
  Json out = Json::record();
  if (data["complete"].as_bool()) out.set("complete", Json(true));
  for (const char* name : {"keys", "keys_base64"}) {
    if (data[name].size() > 0) out.set(name, data[name]);
  }
  out.set("nonce", Json(data["nonce"].as_string()));
  out.set("started", Json(data["started"].as_bool()));
  for (const char* name : {"t", "n", "progress", "required"}) out.set(name, number_of(data, name));
  out.set("pgp_fingerprints", data["pgp_fingerprints"]);
  out.set("backup", Json(data["backup"].as_bool()));
  out.set("verification_required", Json(data["verification_required"].as_bool()));
  out.set("verification_nonce", Json(data["verification_nonce"].as_string()));
  return out;
}

Json verification_document(const Json& data) {
  return Json::record({{"nonce", Json(data["nonce"].as_string())}, {"started", Json(data["started"].as_bool())},
                       {"t", number_of(data, "t")}, {"n", number_of(data, "n")}, {"progress", number_of(data, "progress")}});
}

Json update_document(const Json& data) {
  Json out = Json::record({{"nonce", Json(data["nonce"].as_string())}, {"complete", Json(data["complete"].as_bool())},
                           {"keys", data["keys"]}, {"keys_base64", data["keys_base64"]},
                           {"pgp_fingerprints", data["pgp_fingerprints"]}, {"backup", Json(data["backup"].as_bool())},
                           {"verification_required", Json(data["verification_required"].as_bool())}});
  if (!data["verification_nonce"].as_string().empty()) out.set("verification_nonce", data["verification_nonce"]);
  return out;
}

std::string progress_of(const Json& status, std::string_view of) {
  return go_value(number_of(status, "progress")) + "/" + go_value(number_of(status, of));
}

std::string status_table(const Json& status) {
  std::vector<Row> rows = {{"Key", "Value"}, {"Nonce", status["nonce"].as_string()}, {"Started", go_value(status["started"])}};
  if (status["started"].as_bool()) {
    const bool all = status["progress"] == status["required"];
    rows.push_back({"Progress", progress_of(status, "required") + (all ? " (verification in progress)" : "")});
    if (status["n"].text() != "0") rows.push_back({"New Shares", go_value(status["n"])});
    if (status["t"].text() != "0") rows.push_back({"New Threshold", go_value(status["t"])});
    rows.push_back({"Verification Required", go_value(status["verification_required"])});
    const std::string& nonce = status["verification_nonce"].as_string();
    if (!nonce.empty()) rows.push_back({"Verification Nonce", nonce});
  }
  if (status["pgp_fingerprints"].size() > 0) {
    rows.push_back({"PGP Fingerprints", go_value(status["pgp_fingerprints"])});
    rows.push_back({"Backup", go_value(status["backup"])});
  }
  return table(rows);
}

std::string verification_table(const Json& status) {
  return table({{"Key", "Value"},
                {"Started", go_value(status["started"])},
                {"New Shares", go_value(status["n"])},
                {"New Threshold", go_value(status["t"])},
                {"Verification Nonce", status["nonce"].as_string()},
                {"Verification Progress", progress_of(status, "t")}});
}

int print_status(const Rotation& rotation, const Json& data) {
  const Json document = rotation.verifying ? verification_document(data) : status_document(data);
  if (!rotation.run.table()) return print_data(rotation.run.ui(), document);
  return rotation.run.succeed(rotation.verifying ? verification_table(document) : status_table(document));
}

int status(const Rotation& rotation) {
  const auto data = call(rotation, "GET", rotation.verifying ? "verify" : "init");
  if (!data.ok()) return rotation.run.fail("Error reading " + rotation.words.status + " status: " + data.error().message());
  return print_status(rotation, *data);
}

std::string key_kind(const Rotation& rotation) { return rotation.target == Target::barrier ? "unseal" : "recovery"; }

void print_keys(Ui& ui, const Json& data) {
  const Json& hex = data["keys"];
  const Json& shown = data["keys_base64"].size() == hex.size() ? data["keys_base64"] : hex;
  const Json& fingerprints = data["pgp_fingerprints"];
  for (size_t i = 0; i < shown.size(); ++i) {
    const std::string number = "Key " + std::to_string(i + 1);
    const std::string& key = shown.items()[i].as_string();
    ui.output(i < fingerprints.size() ? number + " fingerprint: " + fingerprints.items()[i].as_string() + "; value: " + key
                                      : number + ": " + key);
  }
}

void advise_on_backup(const Rotation& rotation) {
  const bool barrier = rotation.target == Target::barrier;
  rotation.run.ui().output("\n" + wrap("The encrypted " + key_kind(rotation) + " keys are backed up to \"core/" +
                                       key_kind(rotation) + "-keys-backup\" in the storage backend. Remove these keys at any time "
                                       "using \"bao operator " + rotation.words.command + " -backup-delete" +
                                       (barrier ? "" : " -target=recovery") +
                                       "\". OpenBao does not automatically remove these keys."));
}

int advise_on_verification(Rotation rotation, const std::string& shares, const std::string& threshold) {
  Ui& ui = rotation.run.ui();
  const bool barrier = rotation.target == Target::barrier;
  std::string text = "OpenBao has created a new " + key_kind(rotation) + " key, split into " + shares + " key shares and a key threshold of " +
                     threshold + ". These will not be active until after verification is complete. Please securely distribute the "
                     "key shares printed above.";
  if (barrier) {
    text += " When  OpenBao is re-sealed, restarted, or stopped, you must supply at least " + threshold +
            " of these keys to unseal it before it can start servicing requests.";
  }
  ui.output("\n" + wrap(text) + "\n");
  ui.warn(wrap("Again, these key shares are _not_ valid until verification is performed. Do not lose or discard your current key "
               "shares until after verification is complete or you will be unable to " +
               std::string(barrier ? "unseal" : "authenticate with") + " OpenBao. If you cancel the " + rotation.words.process + " process or seal "
               "OpenBao before verification is complete the new shares will be discarded and the current shares will remain valid."));
  ui.output("");
  ui.warn(wrap("The current verification status, including initial nonce, is shown below."));
  ui.output("");
  rotation.verifying = true;
  return status(rotation);
}

// What is said once there are new keys. `begun` is the attempt's status, `done` the answer with the keys.
int print_rotated(const Rotation& rotation, const Json& begun, const Json& done) {
  Ui& ui = rotation.run.ui();
  ui.output("");
  print_keys(ui, done);
  if (done["keys"].size() == 0) return rotation.run.succeed("\nBarrier root key rotated using recovery keys.");
  if (!done["nonce"].as_string().empty()) ui.output("\nOperation nonce: " + done["nonce"].as_string());
  if (done["pgp_fingerprints"].size() > 0 && done["backup"].as_bool()) advise_on_backup(rotation);
  const std::string shares = go_value(number_of(begun, "n")), threshold = go_value(number_of(begun, "t"));
  if (begun["verification_required"].as_bool()) return advise_on_verification(rotation, shares, threshold);
  std::string text = "OpenBao " + key_kind(rotation) + " keys " + rotation.words.done + " to " + shares + " key shares and a key threshold of " + threshold +
                     ". Please securely distribute the key shares printed above.";
  if (rotation.target == Target::barrier) {
    text += " When OpenBao is re-sealed, restarted, or stopped, you must supply at least " + threshold +
            " of these keys to unseal it before it can start servicing requests.";
  }
  return rotation.run.succeed("\n" + wrap(text));
}

void warn_of_loss(const Rotation& rotation) {
  const FlagValues& flags = rotation.run.flags();
  const bool encrypted = !flags.list("pgp-keys").empty();
  Ui& ui = rotation.run.ui();
  if (!encrypted) {
    ui.warn(wrap("WARNING! If you lose the keys after they are returned, there is no recovery. Consider canceling this operation and "
                 "re-initializing with the -pgp-keys flag to protect the returned " + key_kind(rotation) + " keys along with -backup to "
                 "allow recovery of the encrypted keys in case of emergency. You can delete the stored keys later using the -delete "
                 "flag."));
    ui.output("");
  } else if (!flags.boolean("backup")) {
    ui.warn(wrap("WARNING! You are using PGP keys for encryption of resulting " + key_kind(rotation) + " keys, but you did not enable "
                 "the option to backup the keys to OpenBao's core. If you lose the encrypted keys after they are returned, you will "
                 "not be able to recover them. Consider canceling this operation and re-running with -backup to allow recovery of "
                 "the encrypted unseal keys in case of emergency. You can delete the backed up keys later using the -delete flag."));
    ui.output("");
  }
}

int begin(const Rotation& rotation, const std::vector<std::string>& pgp_keys) {
  const FlagValues& flags = rotation.run.flags();
  const Json body = Json::record({{"secret_shares", Json(flags.integer("key-shares"))},
                                  {"secret_threshold", Json(flags.integer("key-threshold"))},
                                  {"pgp_keys", pgp_keys.empty() ? Json() : Json::strings(pgp_keys)},
                                  {"backup", Json(flags.boolean("backup"))},
                                  {"require_verification", Json(flags.boolean("verify"))}});
  const auto begun = call(rotation, "POST", "init", body);
  if (!begun.ok()) return rotation.run.fail("Error initializing " + rotation.words.process + ": " + begun.error().message());
  const Rotation plain{rotation.words, rotation.run, rotation.session, rotation.target, false};
  if (!rotation.run.table()) return print_status(plain, *begun);
  if ((*begun)["complete"].as_bool()) {
    warn_of_loss(rotation);
    return print_rotated(rotation, *begun, *begun);
  }
  if (number_of(*begun, "t").text() == "0" && number_of(*begun, "n").text() == "0") {
    rotation.run.ui().output("\nRotating barrier root key using recovery shares.\n");
  } else {
    warn_of_loss(rotation);
  }
  return print_status(plain, *begun);
}

int give_share(const Rotation& rotation) {
  const Words& words = rotation.words;
  const std::string part = rotation.verifying ? "verify" : "init";
  const auto begun = call(rotation, "GET", part);
  if (!begun.ok()) return rotation.run.fail("Error getting " + rotation.words.process + " status: " + begun.error().message());
  if (!(*begun)["started"].as_bool()) {
    return rotation.run.fail(1, wrap("No " + words.process + " is in progress. Start a " + words.process + " process by running \"bao operator " +
                                     words.command + " -init\"."));
  }
  const auto share = take_key_share(rotation.run, (*begun)["nonce"].as_string(), words.nonce_label,
                                    rotation.target == Target::barrier ? "Unseal" : "Recovery");
  if (!share) return 1;
  const auto done = call(rotation, "PUT", rotation.verifying ? "verify" : "update",
                         Json::object({{"key", Json(share->key)}, {"nonce", Json(share->nonce)}}));
  if (!done.ok()) return rotation.run.fail("Error posting unseal key: " + done.error().message());
  if (!(*done)["complete"].as_bool()) return status(rotation);
  if (rotation.verifying) {
    return rotation.run.succeed(wrap(capitalised(words.process) + " verification successful. The " + words.operation + " is complete and the new keys are now active."));
  }
  if (!rotation.run.table()) return print_data(rotation.run.ui(), update_document(*done));
  return print_rotated(rotation, *begun, *done);
}

int cancel(const Rotation& rotation) {
  const auto done = call(rotation, "DELETE", rotation.verifying ? "verify" : "init");
  if (!done.ok()) return rotation.run.fail("Error canceling " + rotation.words.process + ": " + done.error().message());
  return rotation.run.succeed("Success! Canceled " + rotation.words.canceled + " (if it was started)");
}

int retrieve_backup(const Rotation& rotation) {
  const auto response = rotation.session.call("GET", rotation.backup());
  auto data = response.ok() ? data_of(response->body) : base::Result<Json>(response.error());
  if (!data.ok()) return rotation.run.fail("Error retrieving " + rotation.words.process + " backed up keys: " + data.error().message());
  Secret secret;
  secret.data = std::move(data).value();
  return print_secret(rotation.run.ui(), secret);
}

int delete_backup(const Rotation& rotation) {
  const auto done = rotation.session.call("DELETE", rotation.backup());
  if (!done.ok()) return rotation.run.fail("Error deleting " + rotation.words.process + " backed up keys: " + done.error().message());
  return rotation.run.succeed("Success! Deleted backed up keys (if they existed)");
}

int change_keys(Invocation& run, const Words& words) {
  const FlagValues& flags = run.flags();
  const auto pgp_keys = pgp_keys_of(flags, "pgp-keys");
  if (!pgp_keys.ok()) return run.fail(1, pgp_keys.error().message());
  if (!run.takes(0, 1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string target = base::lower_case(trimmed(flags.text("target")));
  if (target != "barrier" && target != "recovery" && target != "hsm") return run.fail(1, "Unknown target: " + flags.text("target"));
  const Rotation rotation{words, run, *session, target == "barrier" ? Target::barrier : Target::recovery, flags.boolean("verify")};
  if (flags.boolean("backup-delete")) return delete_backup(rotation);
  if (flags.boolean("backup-retrieve")) return retrieve_backup(rotation);
  if (flags.boolean("cancel")) return cancel(rotation);
  if (flags.boolean("init")) return begin(rotation, *pgp_keys);
  if (flags.boolean("status")) return status(rotation);
  return give_share(rotation);
}

}  // namespace

int rotate_keys(Invocation& run) { return change_keys(run, kRotateKeys); }
int rekey(Invocation& run) { return change_keys(run, kRekey); }

}  // namespace bao::cli
