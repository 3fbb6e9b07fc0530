#include "internal/cli/mount_change.h"

#include <chrono>
#include <thread>

#include "internal/cli/mount_flags.h"
#include "internal/cli/paths.h"

namespace bao::cli {
namespace {

using codec::Json;

constexpr auto kMovePoll = std::chrono::seconds(10);

std::string name_of(MountKind kind) { return kind == MountKind::auth_method ? "auth method" : "secrets engine"; }

// "in-progress", "success" or "failure".
base::Result<std::string> move_status(Session& session, const std::string& id) {
  ASSIGN_OR_RETURN(const api::HttpResponse response, session.call("GET", "sys/remount/status/" + id));
  ASSIGN_OR_RETURN(const std::optional<Secret> secret, parse_secret(response.body));
  if (!secret || secret->data.is_null()) return base::invalid("data from server response is empty");
  return secret->data["migration_info"]["status"].as_string();
}

}  // namespace

int disable_mount(Invocation& run, MountKind kind) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string path = with_trailing_slash(run.path_argument());
  const auto response = session->call("DELETE", (kind == MountKind::auth_method ? "sys/auth/" : "sys/mounts/") + path);
  if (!response.ok()) return run.fail("Error disabling " + name_of(kind) + " at " + path + ": " + response.error().message());
  return run.succeed("Success! Disabled the " + name_of(kind) + " (if it existed) at: " + path);
}

int tune_mount(Invocation& run, MountKind kind) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string path = with_trailing_slash(run.path_argument());
  const std::string tune = (kind == MountKind::auth_method ? "sys/mounts/auth/" : "sys/mounts/") + path + "/tune";
  const auto response = session->call("POST", tune, config_of_tuned_mount(run.flags()));
  if (!response.ok()) return run.fail("Error tuning " + name_of(kind) + " " + path + ": " + response.error().message());
  return run.succeed("Success! Tuned the " + name_of(kind) + " at: " + path);
}

int move_mount(Invocation& run, MountKind kind) {
  if (!run.takes(2)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string from = with_trailing_slash(run.arguments()[0]), to = with_trailing_slash(run.arguments()[1]);
  const std::string what = name_of(kind) + " " + from + " to " + to;
  const auto started = session->call("POST", "sys/remount", Json::object({{"from", Json(from)}, {"to", Json(to)}}));
  if (!started.ok()) return run.fail("Error moving " + what + ": " + started.error().message());
  const auto answer = parse_secret(started->body);
  if (!answer.ok() || !*answer) return run.fail("Error moving " + what + ": data from server response is empty");
  const std::string id = (*answer)->data["migration_id"].as_string();
  const std::string with_id = what + ", with migration ID " + id;
  run.ui().output("Started moving " + with_id);
  for (;;) {
    const auto status = move_status(*session, id);
    if (!status.ok()) return run.fail("Error checking migration status of " + what + ": " + status.error().message());
    if (*status == "success") return run.succeed("Success! Finished moving " + with_id);
    if (*status == "failure") return run.fail(0, "Failure! Error encountered moving " + with_id);  // 0, as scripts know it
    run.ui().output("Waiting for terminal status in migration of " + with_id);
    std::this_thread::sleep_for(kMovePoll);
  }
}

}  // namespace bao::cli
