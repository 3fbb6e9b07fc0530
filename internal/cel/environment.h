// What an expression may name beside the language itself: message types, constants, variables; and the container that names are looked
// for in, innermost first. Immutable once built.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "internal/cel/message.h"

namespace bao::cel {

struct Types {
  std::map<std::string, MessageType, std::less<>> messages;  // by full name
  std::map<std::string, int64_t, std::less<>> constants;     // of enumerations: "openbao.pki.KeyUsage.KeyUsageCertSign"
};

using Variables = std::map<std::string, Value, std::less<>>;

struct Environment {
  std::string container;  // "openbao.pki"
  const Types* types = nullptr;

  // "openbao.pki.x", "openbao.x", "x" for x; just x for ".x".
  std::vector<std::string> candidates(std::string_view name) const;
  const MessageType* find_message(std::string_view name) const;
  // A type's name or a constant; nothing for what is neither.
  std::optional<Value> find_constant(std::string_view full_name) const;
};

}  // namespace bao::cel
