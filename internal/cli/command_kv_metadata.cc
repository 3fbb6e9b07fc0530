// bao kv metadata get, put, patch, delete.
#include <algorithm>
#include <charconv>

#include "internal/base/time_format.h"
#include "internal/cli/invocation.h"
#include "internal/cli/kv_flags.h"
#include "internal/cli/kv_output.h"
#include "internal/cli/kv_path.h"
#include "internal/cli/output.h"
#include "internal/cli/write_output.h"

namespace bao::cli {
namespace {

using codec::Json;

// The path of the key's metadata; nothing when there is none to be had, which was said, with the exit status in `status`.
std::optional<std::string> metadata_path(Invocation& run, int& status) {
  status = 1;
  if (!run.takes(1)) return std::nullopt;
  status = 2;
  Session* session = run.session();
  if (session == nullptr) return std::nullopt;
  const auto path = find_kv_path(run, *session, run.path_argument());
  if (!path) return std::nullopt;
  if (path->versioned) return path->below("metadata");
  status = run.fail(1, "Metadata not supported on KV Version 1");
  return std::nullopt;
}

struct NumberedVersion {
  int64_t number;
  const Json* metadata;
};

std::vector<NumberedVersion> sorted_versions(const Json& versions) {
  std::vector<NumberedVersion> sorted;
  for (const auto& [name, metadata] : versions.members()) {
    int64_t number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    sorted.push_back({number, &metadata});
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return sorted;
}

int get(Invocation& run) {
  int status = 0;
  const auto path = metadata_path(run, status);
  if (!path) return status;
  auto secret = run.session()->read(*path);
  if (!secret.ok()) return run.fail("Error reading " + *path + ": " + secret.error().message());
  if (!*secret) return run.fail("No value found at " + *path);
  if ((*secret)->wrapped() || !run.table()) return print_secret(run.ui(), **secret);
  const Json versions = (*secret)->data["versions"];
  if (!versions.is_object()) {
    run.fail("No value found at " + *path);
    print_secret(run.ui(), **secret);
    return 2;
  }
  (*secret)->data.erase("versions");
  print_kv_path(run.ui(), "Metadata Path", *path);
  run.ui().output(kv_heading("Metadata", (*secret)->data));
  print_secret(run.ui(), **secret);
  for (const NumberedVersion& version : sorted_versions(versions)) {
    run.ui().output("\n" + kv_heading("Version " + std::to_string(version.number), *version.metadata));
    print_data(run.ui(), *version.metadata);
  }
  return 0;
}

// What put and patch have in common: only what is given is sent.
Json settings_of(const FlagValues& flags) {
  Json data = Json::object();
  if (const int64_t max = flags.integer("max-versions"); max >= 0) data.set("max_versions", Json(max));
  if (flags.given("cas-required")) data.set("cas_required", Json(flags.boolean("cas-required")));
  if (const auto after = flags.duration("delete-version-after"); after.count() >= 0) {
    data.set("delete_version_after", Json(base::format_go_duration(after)));
  }
  return data;
}

int put(Invocation& run) {
  int status = 0;
  const auto path = metadata_path(run, status);
  if (!path) return status;
  Json data = settings_of(run.flags());
  Json custom = Json::object();
  for (const auto& [key, value] : run.flags().map("custom-metadata")) custom.set(key, Json(value));
  if (!custom.empty()) data.set("custom_metadata", std::move(custom));
  return print_written(run, *path, run.session()->write(*path, data));
}

int patch(Invocation& run) {
  int status = 0;
  const auto path = metadata_path(run, status);
  if (!path) return status;
  Json data = settings_of(run.flags());
  Json custom = Json::object();
  for (const auto& [key, value] : run.flags().map("custom-metadata")) custom.set(key, Json(value));
  for (const std::string& key : run.flags().list("remove-custom-metadata")) custom.set(key, Json());
  data.set("custom_metadata", std::move(custom));
  return print_written(run, *path, run.session()->merge_patch(*path, data));
}

int remove(Invocation& run) {
  int status = 0;
  const auto path = metadata_path(run, status);
  if (!path) return status;
  const auto answer = run.session()->remove(*path);
  if (!answer.ok()) return print_deleted(run, *path, answer);
  return run.succeed("Success! Data deleted (if it existed) at: " + *path);
}

constexpr Flag kMountFlags[] = {kKvMountFlag};
constexpr Flag kCasRequired{.name = "cas-required", .kind = FlagKind::boolean_or_unset,
                            .text = "Whether writes of this key must say which version they replace.", .section = "Common Options"};
constexpr Flag kMaxVersions{.name = "max-versions", .kind = FlagKind::integer,
                            .text = "How many versions to keep; 0: what the engine says.", .fallback = "-1",
                            .section = "Common Options"};
constexpr Flag kDeleteAfter{.name = "delete-version-after", .kind = FlagKind::duration,
                            .text = "How long after it was written a version is deleted; 0s: never.", .fallback = "-1ns",
                            .section = "Common Options"};
constexpr Flag kCustom{.name = "custom-metadata", .kind = FlagKind::map,
                       .text = "A name and a value to keep beside the key. May be repeated.", .section = "Common Options"};
constexpr Flag kPutFlags[] = {kKvMountFlag, kCasRequired, kMaxVersions, kDeleteAfter, kCustom};
constexpr Flag kPatchFlags[] = {
    kKvMountFlag, kCasRequired, kMaxVersions, kDeleteAfter, kCustom,
    {.name = "remove-custom-metadata", .kind = FlagKind::list, .text = "A name to take away. May be repeated.",
     .section = "Common Options"}};

constexpr Command kCommands[] = {
    {.path = "kv metadata", .synopsis = "Interact with OpenBao's Key-Value storage", .usage = "<subcommand> [options] [args]",
     .text = "  Works on what a versioned engine knows about a key: its versions, its settings, and names and values of the\n"
             "  user's own.\n\n      $ bao kv metadata get -mount=secret app/db"},
    {.path = "kv metadata get", .synopsis = "Retrieves key metadata from the KV store", .usage = "[options] KEY",
     .text = "  Shows a key's settings and versions.\n\n      $ bao kv metadata get -mount=secret app/db", .output = kFormat,
     .flags = kMountFlags, .run = get},
    {.path = "kv metadata put", .synopsis = "Sets or updates key settings in the KV store", .usage = "[options] KEY",
     .text = "  Sets a key's settings; makes the key where there is none.\n\n"
             "      $ bao kv metadata put -mount=secret -max-versions=5 -custom-metadata=owner=ops app/db",
     .output = kFormat, .flags = kPutFlags, .run = put},
    {.path = "kv metadata patch", .synopsis = "Patches key settings in the KV store", .usage = "[options] KEY",
     .text = "  Changes the settings that are given and keeps the others.\n\n"
             "      $ bao kv metadata patch -mount=secret -remove-custom-metadata=owner app/db",
     .output = kFormat, .flags = kPatchFlags, .run = patch},
    {.path = "kv metadata delete", .synopsis = "Deletes all versions and metadata for a key in the KV store",
     .usage = "[options] PATH",
     .text = "  Deletes a key with all its versions, for good.\n\n      $ bao kv metadata delete -mount=secret app/db",
     .flags = kMountFlags, .run = remove},
};

}  // namespace

std::span<const Command> kv_metadata_commands() { return kCommands; }

}  // namespace bao::cli
