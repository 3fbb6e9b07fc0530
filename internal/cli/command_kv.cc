// bao kv get, put, list, scan, delete, enable-versioning.
#include "internal/cli/invocation.h"
#include "internal/cli/key_values.h"
#include "internal/cli/kv_flags.h"
#include "internal/cli/kv_output.h"
#include "internal/cli/kv_path.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"
#include "internal/cli/write_output.h"

namespace bao::cli {
namespace {

using codec::Json;

// -field of a versioned secret looks into its data; "data" is all of it unless there is such a key.
int print_kv_field(Invocation& run, const KvPath& path, const Secret& secret) {
  const std::string& field = run.field();
  if (!path.versioned) return print_field(run.ui(), secret, field);
  const Json& data = secret.data["data"];
  if (data.is_null()) return run.fail("No data found at " + path.path("data"));
  if (field == "data" && data.find("data") == nullptr) return print_field(run.ui(), secret, field);
  return print_field(run.ui(), data.find(field), field);
}

int print_kv_secret(Invocation& run, const KvPath& path, const Secret& secret) {
  if (secret.wrapped() || !run.table()) return print_secret(run.ui(), secret);
  print_warnings(run.ui(), secret);
  if (path.versioned) print_kv_path(run.ui(), "Secret Path", path.path("data"));
  const Json& metadata = secret.data["metadata"];
  if (metadata.is_object()) {
    run.ui().output(kv_heading("Metadata", metadata));
    print_data(run.ui(), metadata);
    run.ui().output("");
  }
  const Json& data = path.versioned ? secret.data["data"] : secret.data;
  if (data.is_object()) {
    run.ui().output(kv_heading("Data", data));
    print_data(run.ui(), data);
  }
  return 0;
}

int get(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string& argument = run.arguments()[0];
  const auto path = find_kv_path(run, *session, argument.starts_with('/') ? argument.substr(1) : argument);
  if (!path) return 2;
  Query query;
  if (path->versioned && run.flags().integer("version") > 0) {
    query.emplace_back("version", std::to_string(run.flags().integer("version")));
  }
  const std::string full = path->path("data");
  const auto secret = session->read(full, query);
  if (!secret.ok()) return run.fail("Error reading " + full + ": " + secret.error().message());
  if (!*secret) return run.fail("No value found at " + full);
  return run.field().empty() ? print_kv_secret(run, *path, **secret) : print_kv_field(run, *path, **secret);
}

int put(Invocation& run) {
  if (run.arguments().empty()) return run.fail(1, "Not enough arguments (expected >1, got 0)");
  if (run.arguments().size() == 1) return run.fail(1, "Must supply data");
  Session* session = run.session();
  if (session == nullptr) return 2;
  auto data = parse_key_values({run.arguments().begin() + 1, run.arguments().end()}, run.no_stdin());
  if (!data.ok()) return run.fail(1, "Failed to parse K=V data: " + data.error().message());
  const auto path = find_kv_path(run, *session, run.path_argument());
  if (!path) return 2;
  Json body = std::move(data).value();
  if (path->versioned) {
    Json options = Json::object();
    if (const int64_t cas = run.flags().integer("cas"); cas > -1) options.set("cas", Json(cas));
    body = Json::object({{"data", std::move(body)}, {"options", std::move(options)}});
  }
  const std::string full = path->path("data");
  const auto secret = session->write(full, body);
  if (!secret.ok() || !*secret) return print_written(run, full, secret);
  return print_kv_version(run, full, **secret);
}

int list_or_scan(Invocation& run, bool recursive) {
  const bool mount_alone = run.arguments().empty() && !run.flags().text("mount").empty();
  if (!mount_alone && !run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto path = find_kv_path(run, *session, run.path_argument());
  if (!path) return 2;
  const std::string full = path->path("metadata");
  const auto secret = recursive ? session->scan(full) : session->list(full);
  if (!secret.ok()) return run.fail((recursive ? "Error scanning " : "Error listing ") + full + ": " + secret.error().message());
  if (*secret && (*secret)->wrapped()) return print_secret(run.ui(), **secret);
  const bool has_keys = *secret && (*secret)->keys() != nullptr;
  if (!run.table() && !has_keys) {
    print_data(run.ui(), Json::object());
    return 2;
  }
  if (!*secret || (*secret)->data.is_null()) return run.fail("No value found at " + full);
  if (!has_keys) return run.fail("No entries found at " + full);
  return print_list(run.ui(), **secret);
}

int list(Invocation& run) { return list_or_scan(run, false); }
int scan(Invocation& run) { return list_or_scan(run, true); }

int remove(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto path = find_kv_path(run, *session, run.path_argument());
  if (!path) return 2;
  const auto& versions = run.flags().list("versions");
  if (path->versioned && !versions.empty()) {
    const Json body = Json::object({{"versions", Json::strings(versions)}});
    return print_deleted(run, path->path("data"), session->write(path->below("delete"), body));
  }
  return print_deleted(run, path->path("data"), session->remove(path->path("data")));
}

int enable_versioning(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string mount = with_trailing_slash(run.path_argument());
  const Json config = Json::record({{"options", Json::object({{"version", Json("2")}})},
                                    {"default_lease_ttl", Json("")},
                                    {"max_lease_ttl", Json("")},
                                    {"force_no_cache", Json(false)}});
  const auto tuned = session->call("POST", "sys/mounts/" + mount + "/tune", config);
  if (!tuned.ok()) return run.fail("Error tuning secrets engine " + mount + ": " + tuned.error().message());
  return run.succeed("Success! Tuned the secrets engine at: " + mount);
}

constexpr Flag kMountFlags[] = {kKvMountFlag};
constexpr Flag kGetFlags[] = {
    kKvMountFlag,
    {.name = "version", .kind = FlagKind::integer, .text = "The version to read; the newest unless given. For versioned engines.",
     .section = "Common Options"}};
constexpr Flag kPutFlags[] = {
    kKvMountFlag,
    {.name = "cas", .kind = FlagKind::integer,
     .text = "Write only if the key's current version is this one; 0: only if there is no such key.", .fallback = "-1",
     .section = "Common Options"}};
constexpr Flag kDeleteFlags[] = {
    kKvMountFlag,
    {.name = "versions", .kind = FlagKind::keys, .text = "The versions to delete, with commas between them.", .example = "string",
     .section = "Common Options"}};

constexpr Command kCommands[] = {
    {.path = "kv", .synopsis = "Interact with OpenBao's Key-Value storage", .usage = "<subcommand> [options] [args]",
     .text = "  Reads and writes secrets kept as keys and values, in engines with versions (KV v2) and without (KV v1).\n\n"
             "  Write two values, read them back, and read one of them:\n\n"
             "      $ bao kv put -mount=secret app/db user=app password=s3cr3t\n"
             "      $ bao kv get -mount=secret app/db\n"
             "      $ bao kv get -mount=secret -field=password app/db\n\n"
             "  Read an older version:\n\n      $ bao kv get -mount=secret -version=1 app/db"},
    {.path = "kv get", .synopsis = "Retrieves data from the KV store", .usage = "[options] KEY",
     .text = "  Shows a key's values, and of versioned engines what is known about the version.\n\n"
             "      $ bao kv get -mount=secret app/db",
     .output = kFormatField, .flags = kGetFlags, .run = get},
    {.path = "kv put", .synopsis = "Sets or updates data in the KV store", .usage = "[options] KEY [DATA]",
     .text = "  Writes a key's values, in place of those that it has. K=@file takes a file's content, K=- stdin's; a lone\n"
             "  @file or - is a whole JSON object.\n\n      $ bao kv put -mount=secret app/db password=@password.txt",
     .output = kFormatField, .flags = kPutFlags, .run = put},
    {.path = "kv list", .synopsis = "List data or secrets", .usage = "[options] PATH",
     .text = "  Lists the keys below a path.\n\n      $ bao kv list -mount=secret app/", .output = kFormat, .flags = kMountFlags,
     .run = list},
    {.path = "kv scan", .synopsis = "Scan data or secrets", .usage = "[options] PATH",
     .text = "  Lists the keys below a path at any depth.\n\n      $ bao kv scan -mount=secret app/", .output = kFormat,
     .flags = kMountFlags, .run = scan},
    {.path = "kv delete", .synopsis = "Deletes versions in the KV store", .usage = "[options] PATH",
     .text = "  Deletes a key's newest version, or those named by -versions. In versioned engines \"bao kv undelete\" brings\n"
             "  them back; without versions the key is gone.\n\n      $ bao kv delete -mount=secret -versions=3,4 app/db",
     .output = kFormatField, .flags = kDeleteFlags, .run = remove},
    {.path = "kv enable-versioning", .synopsis = "Turns on versioning for a KV store", .usage = "[options] KEY",
     .text = "  Makes an engine without versions one with versions. There is no way back.\n\n      $ bao kv enable-versioning kv",
     .output = kFormat, .run = enable_versioning},
};

}  // namespace

std::span<const Command> kv_commands() { return kCommands; }

}  // namespace bao::cli
