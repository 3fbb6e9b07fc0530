#include "internal/logical/path.h"

#include <algorithm>

#include "internal/logical/path_pattern.h"

namespace bao::logical {

const Handler* Path::find(Operation operation) const {
  const auto of = [&](Operation wanted) -> const Handler* {
    const auto found = std::find_if(handlers.begin(), handlers.end(),
                                    [&](const Handler& handler) { return handler.operation == wanted; });
    return found == handlers.end() ? nullptr : &*found;
  };
  const Handler* handler = of(operation);
  return handler == nullptr && operation == Operation::create ? of(Operation::update) : handler;
}

base::Result<Fields> Path::read_fields(Operation operation, Captures captures, const codec::Json& data) const {
  const auto unknown = takes_any_fields ? Fields::Unknown::ignore : Fields::Unknown::collect;
  auto read = Fields::read(fields, std::move(captures), data, unknown);
  const bool writes = operation == Operation::create || operation == Operation::update;
  if (!read.ok() && !(writes && exists)) {
    return base::Error(read.error().code(), "Field validation failed: " + read.error().message());
  }
  return read;
}

PathTable::PathTable(std::vector<Path> paths) : paths_(std::move(paths)) {
  patterns_.reserve(paths_.size());
  for (const Path& path : paths_) patterns_.push_back(compile_pattern(path.pattern));
}

PathTable::PathTable() = default;
PathTable::~PathTable() = default;
PathTable::PathTable(PathTable&&) noexcept = default;
PathTable& PathTable::operator=(PathTable&&) noexcept = default;

std::optional<Match> PathTable::match(std::string_view relative_path) const {
  Match match;
  for (size_t i = 0; i < patterns_.size(); ++i) {
    if (!match_pattern(patterns_[i], relative_path, match.captures)) continue;
    match.path = &paths_[i];
    return match;
  }
  return std::nullopt;
}

}  // namespace bao::logical
