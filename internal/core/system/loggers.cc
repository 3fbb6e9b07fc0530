// sys/loggers: the log levels of this node until it restarts (openbao-api.md 2.1).
#include <optional>
#include <utility>

#include "internal/base/log.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::Manages;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

Reply levels(const Call& call) {
  const Json* wanted = call.fields.find("name");
  Json data = Json::object();
  for (const auto& [component, level] : base::component_log_levels()) {
    if (wanted == nullptr || wanted->as_string() == component) data.set(component, base::log_level_name(level));
  }
  Response response = Response::of(std::move(data));
  response.lists_warnings = true;
  return response;
}

base::Result<base::LogLevel> read_level(const Call& call) {
  if (!call.fields.has("level")) return base::invalid("level is required");
  const std::string word = call.fields.string("level");
  if (word.empty()) return base::invalid("level is empty");
  base::LogLevel level{};
  if (base::parse_log_level(word, level) && level != base::LogLevel::off) return level;
  return base::invalid("invalid level provided: unknown log level: " + word);
}

Reply override_level(const Call& call, std::optional<base::LogLevel> level) {
  const Json* name = call.fields.find("name");
  if (name == nullptr) {
    base::override_log_level(level);
  } else if (!base::override_log_level_of(name->as_string(), level)) {
    return base::invalid("logger \"" + name->as_string() + "\" not found");
  }
  return Response::none();
}

Reply write(const Call& call) {
  ASSIGN_OR_RETURN(const base::LogLevel level, read_level(call));
  return override_level(call, level);
}

Path path_of(const char* pattern, bool named) {
  Path path;
  path.pattern = pattern;
  if (named) path.fields.push_back({.name = "name", .description = "The name of the logger."});
  path.fields.push_back({.name = "level", .description = "trace, debug, info (notice), warn (warning), error (err)."});
  path.handlers = {
      {.operation = Operation::read, .effect = Reads{[](const Call& call, const storage::ReadView&) { return levels(call); }},
       .summary = "Read the log level of loggers."},
      {.operation = Operation::update, .effect = Manages{write, logical::Of::node}, .summary = "Modify the log level of loggers."},
      {.operation = Operation::remove, .effect = Manages{[](const Call& call) { return override_level(call, std::nullopt); }, logical::Of::node},
       .summary = "Revert loggers to the configured log level."}};
  path.synopsis = "Log levels until the node restarts.";
  return path;
}

}  // namespace

Paths logger_paths() {
  Paths paths;
  paths.push_back(path_of("loggers", false));
  paths.push_back(path_of("loggers/{name:any}", true));
  return paths;
}

}  // namespace bao::core::sys
