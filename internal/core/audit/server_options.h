// What the server's configuration says about audit devices. Plain values.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace bao::core::audit {

// One `audit "TYPE" "PATH"` block.
struct DeclaredDevice {
  std::string type, path, description;
  std::map<std::string, std::string> options;
  bool local = false;
};

struct ServerOptions {
  std::vector<DeclaredDevice> declared;
  bool api_creation = false;  // unsafe_allow_api_audit_creation
  bool prefixing = false;     // allow_audit_log_prefixing
  bool raw = false;           // unsafe_allow_audit_log_raw; api_creation allows it, too
  // Of devices made by the API:
  std::vector<std::string> file_folders;  // audit_file_folders: where their files may lie; none: anywhere
  std::vector<std::string> outbound;      // outbound_requests.allow_private: what their requests may reach besides public addresses
};

}  // namespace bao::core::audit
