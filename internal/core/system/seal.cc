// sys/seal, step-down, key-status and the rotation of the barrier's key (openbao-api.md 2.1, 2.2).
#include <utility>

#include "internal/base/time_format.h"
#include "internal/core/ha/cluster.h"
#include "internal/core/life_cycle.h"
#include "internal/core/system/paths.h"

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

constexpr base::Duration kRotationIntervalMin = std::chrono::hours(24);
constexpr int64_t kOperationsMin = 1'000'000, kOperationsMax = 3'865'470'566;

Reply key_status(Core::Parts& parts) {
  ASSIGN_OR_RETURN(const KeyStatus status, parts.life_cycle->key_status());
  Json data = Json::object();
  data.set("term", static_cast<int64_t>(status.term));
  data.set("install_time", base::format_rfc3339(status.installed));
  data.set("encryptions", status.encryptions);
  return spread(std::move(data));
}

base::Result<barrier::RotationConfig> current_rotation(const Core::Parts& parts) {
  const auto keyring = parts.barrier.keyring();
  if (!keyring) return base::Error(base::Code::sealed, "Vault is sealed");
  return keyring->rotation();
}

Reply read_rotation(Core::Parts& parts) {
  ASSIGN_OR_RETURN(const barrier::RotationConfig config, current_rotation(parts));
  Json data = Json::object();
  data.set("max_operations", config.operations_max);
  data.set("enabled", !config.disabled);
  data.set("interval", config.interval.count() > 0 ? Json(base::format_go_duration(config.interval)) : Json(0));
  return Response::of(std::move(data));
}

base::Status check_rotation(const barrier::RotationConfig& config) {
  if (config.interval.count() != 0 && config.interval < kRotationIntervalMin) {
    return base::invalid("interval must be greater or equal to " + base::format_go_duration(kRotationIntervalMin));
  }
  if (config.operations_max < kOperationsMin || config.operations_max > kOperationsMax) {
    return base::invalid("max_operations must be in the range [" + std::to_string(kOperationsMin) + "," +
                         std::to_string(kOperationsMax) + "]");
  }
  return {};
}

Reply write_rotation(Core::Parts& parts, const Call& call) {
  ASSIGN_OR_RETURN(barrier::RotationConfig config, current_rotation(parts));
  if (call.fields.has("max_operations")) config.operations_max = call.fields.integer("max_operations");
  if (call.fields.has("interval")) config.interval = call.fields.duration("interval");
  if (call.fields.has("enabled")) config.disabled = !call.fields.boolean("enabled");
  TRY(check_rotation(config));
  TRY(parts.barrier.configure_rotation(config));
  return Response::none();
}

Path managing(const char* pattern, Access access, std::function<base::Status()> run, const char* summary,
              logical::Of of = logical::Of::cluster) {
  Path path;
  path.pattern = pattern;
  path.access = access;
  path.handlers = {{.operation = Operation::update,
                    .effect = Manages{[run = std::move(run)](const Call&) -> Reply {
                      TRY(run());
                      return Response::none();
                    }, of},
                    .summary = summary}};
  path.synopsis = summary;
  return path;
}

Path rotation_config(Core::Parts& parts, const char* pattern) {
  Path path;
  path.pattern = pattern;
  path.fields = {
      {.name = "max_operations", .type = FieldType::integer, .description = "The number of encryptions after which the key is rotated."},
      {.name = "interval", .type = FieldType::duration, .description = "How long after its making a key is rotated; 0: never by time."},
      {.name = "enabled", .type = FieldType::boolean, .description = "Whether the key is rotated automatically.", .default_value = true}};
  path.handlers = {
      {.operation = Operation::read, .effect = Reads{[&parts](const Call&, const storage::ReadView&) { return read_rotation(parts); }},
       .summary = "Reads when the encryption key is rotated."},
      {.operation = Operation::update, .effect = Manages{[&parts](const Call& call) { return write_rotation(parts, call); }},
       .summary = "Configures when the encryption key is rotated."}};
  path.synopsis = "Configures settings related to the backend encryption key management.";
  return path;
}

}  // namespace

Paths seal_paths(Core::Parts& parts) {
  const auto rotate = [&parts] { return parts.life_cycle->rotate_keyring(); };
  Paths paths;
  paths.push_back(managing("seal", Access::sudo, [&parts] { return parts.life_cycle->seal(); }, "Seal the node.", logical::Of::node));
  paths.push_back(managing("step-down", Access::sudo, [&parts] { return parts.life_cycle->step_down(); },
                           "Cause the node to give up active status."));
  paths.push_back(managing("rotate", Access::sudo, rotate, "Rotate the encryption key."));
  paths.push_back(managing("rotate/keyring", Access::sudo, rotate, "Rotate the encryption key."));
  paths.push_back(rotation_config(parts, "rotate/config"));
  paths.push_back(rotation_config(parts, "rotate/keyring/config"));
  Path status;
  status.pattern = "key-status";
  status.handlers = {{.operation = Operation::read,
                      .effect = Reads{[&parts](const Call&, const storage::ReadView&) { return key_status(parts); }},
                      .summary = "Provides information about the backend encryption key."}};
  status.synopsis = "Provides information about the backend encryption key.";
  paths.push_back(std::move(status));
  return paths;
}

}  // namespace bao::core::sys
