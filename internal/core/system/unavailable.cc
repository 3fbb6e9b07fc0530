// What the reference has and this release has not: lists of nothing are empty, as they are there, and whoever asks to make
// such a thing is told that it isn't here, rather than that it worked.
#include <utility>

#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Access;
using logical::Call;
using logical::Effect;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

Effect refuses(std::string what) {
  return Reads{[text = std::move(what) + " not available yet in this release"](const Call&, const storage::ReadView&) -> Reply {
    return base::invalid(text);
  }};
}
Effect finds_nothing() {
  return Reads{[](const Call&, const storage::ReadView&) -> Reply { return logical::nothing(); }};
}
Effect does_nothing() {
  return Reads{[](const Call&, const storage::ReadView&) -> Reply { return Response::none(); }};
}
Effect answers_empty() {
  return Reads{[](const Call&, const storage::ReadView&) -> Reply { return Response::of(Json::object()); }};
}

Path path_of(const char* pattern, const char* capture, std::vector<std::pair<Operation, Effect>> effects, const char* synopsis) {
  Path path;
  path.pattern = pattern;
  if (capture != nullptr) path.fields = {{.name = capture, .description = "Its name."}};
  for (auto& [operation, effect] : effects) {
    path.handlers.push_back({.operation = operation, .effect = std::move(effect), .summary = synopsis});
  }
  path.takes_any_fields = true;
  path.synopsis = synopsis;
  return path;
}

void append_namespaces(Paths& paths) {
  paths.push_back(path_of("namespaces/?", nullptr, {{Operation::list, finds_nothing()}, {Operation::scan, answers_empty()}},
                          "Lists the namespaces below this one."));
  paths.push_back(path_of("namespaces/{path:any}", "path",
                          {{Operation::read, finds_nothing()}, {Operation::update, refuses("namespaces are")},
                           {Operation::patch, refuses("namespaces are")}, {Operation::remove, does_nothing()}},
                          "Namespaces."));
}

// Asked for without a token by clients of Vault. What needs none says plainly that there is no such path.
void append_replication(Paths& paths) {
  const Effect absent = Reads{[](const Call&, const storage::ReadView&) -> Reply { return base::Error(base::Code::absent, "unsupported path"); }};
  Path path = path_of("replication/status", nullptr, {{Operation::read, absent}, {Operation::update, absent}}, "Not in this release.");
  path.access = Access::unauthenticated;
  path.published = false;
  paths.push_back(std::move(path));
}

// Paths that want sudo whether or not they are there: who may not use them doesn't learn which. Last,
// so that those that are there come first.
void append_guarded(Paths& paths) {
  const Effect absent = Reads{[](const Call&, const storage::ReadView&) -> Reply { return logical::unsupported_path(); }};
  for (const char* pattern : {"raw[/{path:all}]", "internal/inspect/{path:any}", "config/auditing/{path:any}",
                              "revoke-prefix/{path:any}", "revoke-force/{path:any}"}) {
    std::vector<std::pair<Operation, Effect>> effects;
    for (const Operation operation :
         {Operation::read, Operation::update, Operation::patch, Operation::remove, Operation::list, Operation::scan}) {
      effects.emplace_back(operation, absent);
    }
    Path path = path_of(pattern, "path", std::move(effects), "Not in this release, or off.");
    path.access = Access::sudo;
    path.published = false;
    paths.push_back(std::move(path));
  }
}

}  // namespace

Paths unavailable_paths() {
  Paths paths;
  append_namespaces(paths);
  append_replication(paths);
  append_guarded(paths);
  return paths;
}

}  // namespace bao::core::sys
