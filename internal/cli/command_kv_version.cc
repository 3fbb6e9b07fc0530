// bao kv patch, rollback, undelete, destroy: what only versioned engines do.
#include <algorithm>

#include "internal/cli/invocation.h"
#include "internal/cli/key_values.h"
#include "internal/cli/kv_flags.h"
#include "internal/cli/kv_output.h"
#include "internal/cli/kv_path.h"
#include "internal/cli/output.h"
#include "internal/cli/write_output.h"

namespace bao::cli {
namespace {

using codec::Json;

// One version as it was read, or why it cannot be worked with.
struct Version {
  Json metadata, data;
};

base::Result<Version> read_version(Session& session, const std::string& path, const std::string& purpose, Query query = {}) {
  const Session::Preflight preflight(session);
  const auto secret = session.read(path, std::move(query));
  if (!secret.ok()) return base::invalid("Error doing pre-read at " + path + ": " + secret.error().message());
  if (!*secret || (*secret)->data.is_null()) return base::invalid("No value found at " + path);
  const Json& metadata = (*secret)->data["metadata"];
  if (metadata.is_null()) return base::invalid("No metadata found at " + path + "; " + purpose + " only works on existing data");
  if (!metadata.is_object()) return base::invalid("Metadata found at " + path + " is not the expected type (JSON object)");
  return Version{metadata, (*secret)->data["data"]};
}

base::Status check_data(const Version& version, const std::string& path, const std::string& purpose) {
  if (version.data.is_null()) return base::invalid("No data found at " + path + "; " + purpose + " only works on existing data");
  if (!version.data.is_object()) return base::invalid("Data found at " + path + " is not the expected type (JSON object)");
  return {};
}

Json with_cas(Json data, const Json& version) {
  return Json::object({{"data", std::move(data)}, {"options", Json::object({{"cas", version}})}});
}

int print_new_version(Invocation& run, const std::string& path, const Answer& answer) {
  if (!answer.ok() || !*answer) return print_written(run, path, answer);
  return print_kv_version(run, path, **answer);
}

// Reads the newest version, changes it here, writes it unless another one was written meanwhile.
int read_then_write(Invocation& run, Session& session, const std::string& path, const Json& changes) {
  auto current = read_version(session, path, "patch");
  if (!current.ok()) return run.fail(current.error().message());
  if (const auto status = check_data(*current, path, "patch"); !status.ok()) return run.fail(status.error().message());
  for (const auto& [key, value] : changes.members()) current->data.set(key, value);
  return print_new_version(run, path, session.write(path, with_cas(current->data, current->metadata["version"])));
}

int merge_patch(Invocation& run, Session& session, const std::string& path, const Json& changes, bool may_fall_back) {
  Json options = Json::object();
  if (const int64_t cas = run.flags().integer("cas"); cas > 0) options.set("cas", Json(cas));
  const Json body = Json::object({{"data", changes}, {"options", std::move(options)}});
  api::HttpRequest request{"PATCH", "/v1/" + path, {}, codec::write_json(body), "application/merge-patch+json"};
  const auto response = session.send(request);
  if (!response.ok()) return run.fail("Error writing data to " + path + ": " + response.error().message());
  if (may_fall_back && (response->status == 405 || response->status == 403)) {
    if (response->status == 403) {
      run.ui().warn("Data was written to " + path + " but we recommend that you add the \"patch\" capability to your ACL policy "
                    "in order to use HTTP PATCH in the future.");
    }
    return read_then_write(run, session, path, changes);
  }
  if (!api::succeeded(*response)) return run.fail("Error writing data to " + path + ": " + api::error_text(*response));
  return print_new_version(run, path, parse_secret(response->body));
}

int patch(Invocation& run) {
  const auto& removed = run.flags().list("remove-data");
  if (run.arguments().empty()) return run.fail(1, "Not enough arguments (expected >1, got 0)");
  if (removed.empty() && run.arguments().size() == 1) return run.fail(1, "Must supply data");
  Session* session = run.session();
  if (session == nullptr) return 2;
  auto changes = parse_key_values({run.arguments().begin() + 1, run.arguments().end()}, run.no_stdin());
  if (!changes.ok()) return run.fail(1, "Failed to parse K=V data: " + changes.error().message());
  const auto path = find_kv_path(run, *session, run.path_argument());
  if (!path) return 2;
  if (!path->versioned) return run.fail("K/V engine mount must be version 2 for patch support");
  if (changes->is_null()) *changes = Json::object();
  for (const std::string& key : removed) changes->set(key, Json());  // null takes a member away
  const std::string& method = run.flags().text("method");
  if (method == "rw") return read_then_write(run, *session, path->below("data"), *changes);
  if (method.empty() || method == "patch") return merge_patch(run, *session, path->below("data"), *changes, method.empty());
  return run.fail("Unsupported method provided to -method flag: " + method);
}

base::Status check_undeleted(const Version& version) {
  if (!version.metadata["deletion_time"].as_string().empty()) {
    return base::invalid("Cannot roll back to a version that has been deleted");
  }
  if (version.metadata["destroyed"].as_bool()) return base::invalid("Cannot roll back to a version that has been destroyed");
  return {};
}

base::Result<Json> body_of_rollback(Session& session, const std::string& path, const std::string& version) {
  ASSIGN_OR_RETURN(const Version current, read_version(session, path, "rollback"));
  ASSIGN_OR_RETURN(const Version wanted, read_version(session, path, "rollback", {{"version", version}}));
  TRY(check_undeleted(wanted));
  TRY(check_data(wanted, path, "rollback"));
  return with_cas(wanted.data, current.metadata["version"]);
}

int rollback(Invocation& run) {
  if (run.arguments().size() != 1) {
    return run.fail(1, "Invalid number of arguments (expected 1, got " + std::to_string(run.arguments().size()) + ")");
  }
  if (!run.flags().given("version")) return run.fail(1, "Version flag must be specified");
  const int64_t version = run.flags().integer("version");
  if (version <= 0) return run.fail(1, "Invalid value " + std::to_string(version) + " for the version flag");
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto path = find_kv_path(run, *session, run.path_argument());
  if (!path) return 2;
  if (!path->versioned) return run.fail("K/V engine mount must be version 2 for rollback support");
  const std::string full = path->below("data");
  const auto body = body_of_rollback(*session, full, std::to_string(version));
  if (!body.ok()) return run.fail(body.error().message());
  return print_written(run, full, session->write(full, *body));
}

// undelete and destroy: the same but for names.
int change_versions(Invocation& run, std::string_view title, const std::string& part) {
  if (!run.takes(1)) return 1;
  const auto& versions = run.flags().list("versions");
  if (versions.empty()) {
    return run.fail(1, "No versions provided, use the \"-versions\" flag to specify the version to " + part + ".");
  }
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto path = find_kv_path(run, *session, run.path_argument());
  if (!path) return 2;
  if (!path->versioned) return run.fail(1, std::string(title) + " not supported on KV Version 1");
  const Json body = Json::object({{"versions", Json::strings(versions)}});
  return print_written(run, path->below(part), session->write(path->below(part), body));
}

int undelete(Invocation& run) { return change_versions(run, "Undelete", "undelete"); }
int destroy(Invocation& run) { return change_versions(run, "Destroy", "destroy"); }

constexpr Flag kPatchFlags[] = {
    kKvMountFlag,
    {.name = "cas", .kind = FlagKind::integer, .text = "Patch only if the key's current version is this one; 0: whatever it is.",
     .section = "Common Options"},
    {.name = "method",
     .text = "How to patch: \"patch\" sends the changes; \"rw\" reads, changes and writes all. Unless given, the second is used "
             "where the first is not allowed.",
     .section = "Common Options"},
    {.name = "remove-data", .kind = FlagKind::list, .text = "A key to take away. May be repeated.", .section = "Common Options"}};
constexpr Flag kRollbackFlags[] = {
    kKvMountFlag,
    {.name = "version", .kind = FlagKind::integer, .text = "The version to go back to.", .section = "Common Options"}};
constexpr Flag kUndeleteFlags[] = {
    kKvMountFlag,
    {.name = "versions", .kind = FlagKind::keys, .text = "The versions to bring back, with commas between them.",
     .example = "string", .section = "Common Options"}};
constexpr Flag kDestroyFlags[] = {
    kKvMountFlag,
    {.name = "versions", .kind = FlagKind::keys, .text = "The versions to destroy, with commas between them.",
     .example = "string", .section = "Common Options"}};

constexpr Command kCommands[] = {
    {.path = "kv patch", .synopsis = "Sets or updates data in the KV store without overwriting", .usage = "[options] KEY [DATA]",
     .text = "  Changes or adds the values that are given and keeps the others. For versioned engines.\n\n"
             "      $ bao kv patch -mount=secret app/db password=n3w\n"
             "      $ bao kv patch -mount=secret -remove-data=comment app/db",
     .output = kFormatField, .flags = kPatchFlags, .run = patch},
    {.path = "kv rollback", .synopsis = "Rolls back to a previous version of data", .usage = "[options] KEY",
     .text = "  Writes what a former version held as a new version.\n\n      $ bao kv rollback -mount=secret -version=2 app/db",
     .output = kFormat, .flags = kRollbackFlags, .run = rollback},
    {.path = "kv undelete", .synopsis = "Undeletes versions in the KV store", .usage = "[options] KEY",
     .text = "  Brings deleted versions back, unless they were destroyed.\n\n"
             "      $ bao kv undelete -mount=secret -versions=3 app/db",
     .output = kFormat, .flags = kUndeleteFlags, .run = undelete},
    {.path = "kv destroy", .synopsis = "Permanently removes one or more versions in the KV store", .usage = "[options] KEY",
     .text = "  Removes what versions hold for good.\n\n      $ bao kv destroy -mount=secret -versions=1,2 app/db",
     .output = kFormat, .flags = kDestroyFlags, .run = destroy},
};

}  // namespace

std::span<const Command> kv_version_commands() { return kCommands; }

}  // namespace bao::cli
