// What a health check found. Values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::cli::health {

// In the order of their weight; the numbers are exit statuses.
enum class Status : uint8_t { not_applicable, ok, informational, warning, critical, invalid_version, insufficient_permissions };
constexpr std::string_view status_name(Status status) {
  constexpr std::string_view kNames[] = {"not_applicable", "ok", "informational", "warning", "critical", "invalid_version", "insufficient_permissions"};
  return kNames[static_cast<size_t>(status)];
}

struct Finding {
  Status status = Status::ok;
  std::string endpoint;  // "/pki/issuer/…"
  std::string message;
};
using Findings = std::vector<Finding>;

}  // namespace bao::cli::health
