// What decides about members by itself (openbao-ha.md 5.10): which are healthy, which learners get a vote, which dead servers are
// removed. Settings as they are stored; decided by internal/cluster on the leader, set and shown by core/system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/storage/view.h"

namespace bao::core {

inline constexpr std::string_view kAutopilotKey = "core/raft/autopilot/configuration";

// As stored (by the reference, too): 0 is not set, and so the default.
struct AutopilotSettings {
  enum class Cleanup : uint8_t { unset = 0, yes = 1, no = 2 } cleanup = Cleanup::unset;
  base::Duration last_contact{0};              // without it for longer: unhealthy
  base::Duration dead_server_last_contact{0};  // without it for longer: dead
  base::Duration stabilization{0};             // a server has kept up for that long before it votes
  int64_t max_trailing_logs = 0;               // entries that a healthy server may be behind
  int64_t min_quorum = 0;                      // voters that stay, whatever is dead

  bool cleans_up() const { return cleanup == Cleanup::yes; }
  bool operator==(const AutopilotSettings&) const = default;
};

// With the defaults where nothing is set.
AutopilotSettings effective(const AutopilotSettings& stored);
codec::Json to_json(const AutopilotSettings& settings);
std::string serialize(const AutopilotSettings& settings);
// Errors: corrupt.
base::Result<AutopilotSettings> stored_autopilot(const storage::ReadView& all);

struct MemberHealth {
  uint64_t id = 0;
  bool healthy = false;
  base::Duration since_contact{0};  // counted from this leadership's beginning
  base::Time stable_since{};        // healthy, or not, since then
};

}  // namespace bao::core
