// The lines that audit devices write: one JSON object each, with the members and their order of the reference's entries
// (audit/format.go). Pure functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "internal/core/audit/event.h"
#include "internal/core/audit/hashing.h"

namespace bao::core::audit {

struct LineOptions {
  std::string prefix;                 // before the object
  bool raw = false;                   // nothing is hashed
  bool hmac_accessor = true;          // accessors of tokens are hashed, too
  bool elide_list_responses = false;  // of a list only how long it is
  bool operator==(const LineOptions&) const = default;
};

// Lower-case names of the headers that are shown, and whether their values are hashed.
using AuditedHeaders = std::map<std::string, bool, std::less<>>;

// With the line feed.
std::string request_line(const Event& event, const LineOptions& options, const Salted& salted, const AuditedHeaders& headers);
std::string response_line(const Event& event, const LineOptions& options, const Salted& salted, const AuditedHeaders& headers);

}  // namespace bao::core::audit
