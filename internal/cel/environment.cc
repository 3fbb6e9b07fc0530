#include "internal/cel/environment.h"

#include <algorithm>

namespace bao::cel {

std::vector<std::string> Environment::candidates(std::string_view name) const {
  if (name.starts_with('.')) return {std::string(name.substr(1))};
  std::vector<std::string> all;
  for (std::string_view prefix = container; !prefix.empty();) {
    all.push_back(std::string(prefix) + "." + std::string(name));
    const size_t dot = prefix.rfind('.');
    prefix = dot == std::string_view::npos ? std::string_view() : prefix.substr(0, dot);
  }
  all.emplace_back(name);
  return all;
}

const MessageType* Environment::find_message(std::string_view name) const {
  if (types == nullptr) return nullptr;
  for (const std::string& candidate : candidates(name)) {
    if (const auto found = types->messages.find(candidate); found != types->messages.end()) return &found->second;
  }
  return nullptr;
}

std::optional<Value> Environment::find_constant(std::string_view full_name) const {
  static constexpr std::string_view kTypes[] = {"bool", "int",  "uint",      "double", "string",        "bytes",
                                                "list", "map",  "null_type", "type",   "optional_type", "google.protobuf.Timestamp",
                                                "google.protobuf.Duration"};
  if (std::find(std::begin(kTypes), std::end(kTypes), full_name) != std::end(kTypes)) return Value(Type{std::string(full_name)});
  if (types == nullptr) return {};
  if (types->messages.contains(full_name)) return Value(Type{std::string(full_name)});
  const auto constant = types->constants.find(full_name);
  return constant == types->constants.end() ? std::nullopt : std::optional(Value(constant->second));
}

}  // namespace bao::cel
