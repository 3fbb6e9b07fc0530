// One request, or its answer, as audit devices are told of it: looks at what the request handler holds, owns nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/core/mounts/mount_entry.h"
#include "internal/core/token/token_entry.h"
#include "internal/logical/request.h"
#include "internal/logical/response.h"

namespace bao::core::audit {

struct Event {
  const logical::Request& request;
  const std::vector<std::pair<std::string, std::string>>* withheld_headers = nullptr;  // that came with it; nullptr: none
  const logical::Response* response = nullptr;  // nullptr: none yet, or an error
  const base::Error* error = nullptr;           // what it was refused with
  const TokenEntry* token = nullptr;            // nullptr where none is needed, or it is unknown
  const std::vector<std::string>* identity_policies = nullptr;  // what the token's entity adds; nullptr: it has none
  const MountEntry* mount = nullptr;            // nullptr: no such route
  bool allowed = true;                          // by policy
  std::vector<std::string_view> granting_policies{};  // those that grant what is asked; none where no token is needed
  bool entity_created = false;                  // by this login
  std::string_view forwarded_from;              // the node that passed it on; "": the client came here
  std::string_view certificate_serial_number{};  // of the client's certificate, that the listener required and verified; "": none
};

}  // namespace bao::core::audit
